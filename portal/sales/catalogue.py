"""Say what a router sells and who is paid for it: the one query behind every surface."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, or_, select
from sqlalchemy.orm import aliased

from portal.models import Company, GatewayAccount, Plan, Router

# The one rule for it: a charge is entered with the private key.
CAN_BE_PAID = GatewayAccount.private_key_sealed.is_not(None).label("can_be_paid")


def _as_record(record: Any) -> Sequence[Any]:
    return (record,)


def catalogue(
    *more: Any,
    of_company: Any = Company,
    whole: Callable[[Any], Sequence[Any]] = _as_record,
    wanted: Any = None,
) -> Select[*tuple[Any, ...]]:
    """Select Router, Company, GatewayAccount, Plan and `can_be_paid`, a row for each plan.

    Plans come as they are shown: by position, then those that are featured. A router without any
    has one row whose Plan is None; so is GatewayAccount where the company never entered keys.
    Who needs little of the company, whose texts may be long, names it in `of_company`; `whole`
    gives what is selected of each of the others; `wanted` is the name of the provider that goes
    before the company's preferred one.
    """
    router, account, plan = whole(Router), whole(GatewayAccount), whole(Plan)
    return (
        select(*router, of_company, *account, *plan, CAN_BE_PAID, *more)
        .select_from(Router)
        .join(Company, Company.id == Router.company_id)
        .outerjoin(GatewayAccount, GatewayAccount.id == _account_paid(wanted))
        .outerjoin(Plan, _on_sale())
        .order_by(Plan.position, Plan.featured.desc(), Plan.id)
    )


def _on_sale() -> ColumnElement[bool]:
    return and_(
        Plan.company_id == Router.company_id,
        Plan.active,
        or_(Plan.router_id.is_(None), Plan.router_id == Router.id),
    )


def _wish(account: Any, wanted: Any) -> tuple[Any, ...]:
    """Order by what the buyer asked for, then by what the operator prefers."""
    asked = () if wanted is None else ((account.provider == wanted).desc(),)
    return (*asked, account.preferred.desc(), account.provider)


def _account_paid(wanted: Any) -> ScalarSelect[str]:
    """Choose one of the company's accounts, so that several gateways double no plan.

    One that can be paid goes first; of several the choice stays the same when keys are replaced.
    """
    account = aliased(GatewayAccount)
    return (
        select(account.id)
        .where(account.company_id == Router.company_id, account.current)
        .order_by(account.private_key_sealed.is_(None), *_wish(account, wanted))
        .limit(1)
        .scalar_subquery()
    )
