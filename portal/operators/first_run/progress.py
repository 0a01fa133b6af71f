"""Tell how far a company has come on its way to a first sale, by its records alone.

Nothing is noted of where somebody stopped: whoever logs in at any later time is shown what is
missing as of then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.models import Company, GatewayAccount, Plan, Router, Sale
from portal.operators.gateway_lookup import paid_in
from portal.operators.lookup import company_in


class FirstStep(StrEnum):
    """Name what stands between a new company and its first sale, in order."""

    COMPANY = "empresa"
    KEYS = "llaves"
    ROUTER = "router"
    PLANS = "planes"
    SALE = "venta"


@dataclass(frozen=True)
class SetupProgress:
    """Hold the records that say how far a company is.

    `router` is the one to go on with: the first that is ready, else the first there is.
    `first_sale` is its first delivered one.
    """

    company: Company | None = None
    account: GatewayAccount | None = None
    router: Router | None = None
    plans: Sequence[Plan] = ()
    first_sale: Sale | None = None

    @property
    def done(self) -> frozenset[FirstStep]:
        """List the steps that are done."""
        reached = {
            FirstStep.COMPANY: self.company is not None and bool(self.company.contact_email),
            FirstStep.KEYS: has_good_keys(self.account) or self._sold_with(self.account),
            FirstStep.ROUTER: self.router is not None and self._is_ready(self.router),
            FirstStep.PLANS: bool(self.plans),
            FirstStep.SALE: self.first_sale is not None,
        }
        return frozenset(step for step, is_done in reached.items() if is_done)

    def _sold_with(self, account: GatewayAccount | None) -> bool:
        """Keys that were never tried have proved themselves by a sale."""
        if self.first_sale is None or account is None:
            return False
        return account.refused_at is None and account.answers_live is None

    def _is_ready(self, router: Router) -> bool:
        """So has a router that was never checked."""
        sold = self.first_sale is not None and self.first_sale.router_id == router.id
        return is_ready(router) or (sold and router.active and router.setup_missing is None)

    @property
    def next(self) -> FirstStep | None:
        """Give the first step that is not done; None when all are."""
        return next((step for step in FirstStep if step not in self.done), None)

    def is_open(self, step: FirstStep) -> bool:
        """Tell whether a step may be done: all before it are."""
        before = list(FirstStep)[: list(FirstStep).index(step)]
        return self.done.issuperset(before)


def progress_of(company_id: str | None) -> SetupProgress:
    """Read how far the company is; without one nothing is done. Raises NotFound."""
    if company_id is None:
        return SetupProgress()
    with reading() as session:
        company = company_in(session, company_id)
        router = _router(session, company_id)
        return SetupProgress(
            company=company,
            account=paid_in(session, company_id),
            router=router,
            plans=_plans(session, router) if router else (),
            first_sale=session.scalar(_delivered(company_id)),
        )


def has_good_keys(account: GatewayAccount | None) -> bool:
    """Tell whether the keys were tried, and act in the mode that they are meant for."""
    if account is None or account.private_key_sealed is None or not account.public_key:
        return False
    is_refused = account.refused_at is not None
    return not is_refused and account.answers_live is (account.mode == "live")


def is_ready(router: Router) -> bool:
    """Tell whether the last check of the router found nothing missing."""
    return router.active and router.setup_missing == 0


def _router(session: Session, company_id: str) -> Router | None:
    query = select(Router).where(Router.company_id == company_id)
    found = session.scalars(query.order_by(Router.created_at, Router.id)).all()
    return next(filter(is_ready, found), found[0] if found else None)


def _plans(session: Session, router: Router) -> Sequence[Plan]:
    sold = or_(Plan.router_id == router.id, Plan.router_id.is_(None))
    query = select(Plan).where(Plan.company_id == router.company_id, Plan.active, sold)
    return session.scalars(query.order_by(Plan.position, Plan.id)).all()


def _delivered(company_id: str) -> Select[Sale]:
    query = select(Sale).where(Sale.company_id == company_id, Sale.delivered_at.is_not(None))
    return query.order_by(Sale.created_at).limit(1)
