"""Hold a sale with all that its steps need: read in one go, kept without a connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import ports
from portal.access.desired_state import hold_access, release_access
from portal.access.provisioning import mark_of, owner_of
from portal.core.clock_guard import clock_is_trusted
from portal.core.database import reading, writing
from portal.core.leases import Claim, LostRace, claim_one, put_off, release
from portal.hotspot.deadline import Deadline
from portal.hotspot.presence import Presence
from portal.hotspot.provisioning import Provisioner
from portal.hotspot.router import HotspotRouter
from portal.models import Access, Company, GatewayAccount, Router, Sale, utc_now
from portal.models.sale_states import SaleActor
from portal.payments.gateway import Customer, Gateway, Purchase
from portal.payments.methods import Method
from portal.ports import retry_in, settings
from portal.sales.decision_values import Complaint, Limits, Now, SaleFacts
from portal.sales.request import assumed_name


@dataclass
class SaleContext:
    """Hold one sale, its access and the two ends it is settled with.

    `user_id` is the hotspot user's id where this process has just learnt it; `order_is_closed`,
    that nothing more can be charged; `complaint`, what the buyer is told instead of a sale.
    `in_frame`: the order is to be opened for the gateway's own frame.
    """

    sale: Sale
    access: Access
    router: Router
    account: GatewayAccount
    deadline: Deadline
    actor: SaleActor
    user_id: str | None = None
    order_is_closed: bool = False
    complaint: Complaint | None = None
    in_frame: bool = False

    @property
    def facts(self) -> SaleFacts:
        """Give the sale as a decision needs to know it."""
        return facts_of(self.sale, is_returned_by_hand=self.is_returned_by_hand)

    @property
    def is_returned_by_hand(self) -> bool:
        """Tell whether the gateway cannot give this sale's money back."""
        method = self.sale.method
        return method != Method.CARD and not can_be_refunded(self.account, method)

    @cached_property
    def gateway(self) -> Gateway:
        """Give the gateway, entered with the credentials that the sale was opened with."""
        return ports.gateway_of(self.account)

    @property
    def gateway_label(self) -> str:
        """Give the gateway's name for people."""
        return ports.provider_of(self.account).label

    @cached_property
    def hotspot(self) -> HotspotRouter:
        """Give the router, whose password is opened for this once."""
        return ports.hotspot_of(self.router)

    @property
    def provisioner(self) -> Provisioner:
        """Give the router's users."""
        return self.hotspot.provisioner

    @property
    def presence(self) -> Presence:
        """Give the devices in the router's hotspot."""
        return self.hotspot.presence

    @property
    def mark(self) -> str:
        """Give the comment that makes the hotspot user ours."""
        return mark_of(self.access.id)

    @property
    def purchase(self) -> Purchase:
        """Give the sale as the gateway is told of it."""
        sale = self.sale
        return Purchase(
            reference=sale.id,
            owner=owner_of(sale.company_id),
            description=sale.plan_name,
            amount=sale.amount,
            currency=sale.currency,
            customer=Customer(sale.customer_name, sale.customer_email, sale.customer_phone),
            return_url=self.return_url,
            frame_until=self._frame_until if self.in_frame else None,
        )

    @property
    def _frame_until(self) -> datetime:
        """As long as a sale waits for a buyer, before its order is closed."""
        return self.sale.created_at + timedelta(minutes=settings().three_ds_minutes)

    @property
    def return_url(self) -> str:
        """Tell where the bank sends the buyer back to: the sale's page, in the language they chose.

        Who visits is kept with the sale, since the gateway reads this address.
        """
        sale, base = self.sale, settings().public_url.rstrip("/")
        page = f"{base}/r/{sale.router_id}/pago/{sale.id}"
        return f"{page}?lang={sale.language}" if sale.language else page

    def router_time(self) -> float:
        """Give the seconds for the next call to the router."""
        return self.deadline.remaining(settings().router_timeout)

    def gateway_time(self) -> float:
        """Give the seconds for the next call to the gateway."""
        return self.deadline.remaining(settings().gateway_timeout)


@contextmanager
def held(
    sale_id: str, actor: SaleActor, claim: Claim | None = None, deadline: Deadline | None = None
) -> Iterator[SaleContext | None]:
    """Hold a sale and its access for the block; give None while somebody else works on either.

    Due or not, whatever its state; `claim` is the lease of who has claimed it already. Both
    are let go of however the block ends. Raises LostRace.
    """
    claim = claim or claim_one(Sale, sale_id, settings().sale_lease)
    if claim is None:
        yield None
        return
    with reading() as session:
        time_left = deadline or Deadline(settings().sale_deadline)
        context = load_context(session, sale_id, time_left, actor)
    if context.sale.lease != claim.lease:
        raise LostRace
    with kept(context):
        yield context if _hold_access(context) else None


@contextmanager
def kept(context: SaleContext) -> Iterator[SaleContext]:
    """Hold as `held` does a sale that whoever asks holds already: it has just written it."""
    try:
        yield context
    except Exception:
        put_off(Sale, context.sale, retry_in(context.sale.attempts))
        raise
    finally:
        release_access(context.access)
        # Most often what was written last has let go of it.
        if context.sale.lease is not None:
            release(Sale, context.sale)


def _hold_access(context: SaleContext) -> bool:
    """Take the access' lease with the sale's; where it is not free put the sale off, give False."""
    # The lease that was read is not ours to give back.
    context.access.lease = None
    with writing() as session:
        if hold_access(session, context.access):
            # What was read before the lease was ours may have been changed since.
            context.access = session.get_one(Access, context.access.id)
            return True
    put_off(Sale, context.sale, settings().retry_first)
    return False


def can_be_refunded(account: GatewayAccount, method: str) -> bool:
    """Tell whether the account's gateway gives back what came by this method."""
    terms = ports.provider_of(account).methods.get(Method(method))
    return terms is not None and terms.refundable


def facts_of(sale: Sale, *, is_returned_by_hand: bool = False) -> SaleFacts:
    """Give the sale as a decision needs to know it."""
    return SaleFacts(
        id=sale.id,
        account_id=sale.gateway_account_id,
        state=sale.state,
        extends=sale.extends,
        created_at=sale.created_at,
        charging_at=sale.charging_at,
        paid_at=sale.paid_at,
        delivered_at=sale.delivered_at,
        amount_refunded=sale.amount_refunded,
        parked_reason=sale.parked_reason,
        fee_is_known=sale.fee is not None,
        name_is_assumed=sale.customer_name == assumed_name(sale.customer_email),
        in_frame=sale.checkout_id is not None,
        is_deferred=sale.method != Method.CARD,
        amount=sale.amount,
        amount_received=sale.amount_received,
        amount_returned=sale.amount_returned or 0,
        payable_until=sale.payable_until,
        knows_how=sale.instructions is not None,
        cancel_reason=sale.cancel_reason,
        is_returned_by_hand=is_returned_by_hand,
    )


def now() -> Now:
    """Give this moment, and whether this machine's clock can be trusted to tell it."""
    return Now(utc_now(), clock_is_trusted())


def limits() -> Limits:
    """Give the deployment's own limits."""
    numbers = settings()
    return Limits(
        card_token_minutes=numbers.card_token_minutes,
        three_ds_minutes=numbers.three_ds_minutes,
        park_after_hours=numbers.park_after_hours,
    )


def load_context(
    session: Session, sale_id: str, deadline: Deadline, actor: SaleActor
) -> SaleContext:
    """Read all that the sale's steps need, in one query."""
    query = (
        select(Sale, Access, Router, GatewayAccount)
        .select_from(Sale)
        .join(Access, Access.id == Sale.access_id)
        .join(Router, Router.id == Sale.router_id)
        .join(GatewayAccount, GatewayAccount.id == Sale.gateway_account_id)
        .where(Sale.id == sale_id)
    )
    sale, access, router, account = session.execute(query).one()
    return SaleContext(sale, access, router, account, deadline, actor)


def refund_after_minutes(session: Session, company_id: str) -> int:
    """Tell how long the company lets a paid sale wait for its router, in minutes."""
    return session.get_one(Company, company_id).refund_after_minutes
