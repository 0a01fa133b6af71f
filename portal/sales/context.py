"""A sale under way with all that its steps need, read in one go and held without a connection."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import ports
from portal.access.ownership import mark_of, owner_of
from portal.hotspot.deadline import Deadline
from portal.hotspot.presence import Presence
from portal.hotspot.provisioning import Provisioner
from portal.models import Access, Company, GatewayAccount, Router, Sale
from portal.payments.gateway import Customer, Gateway, Purchase


@dataclass
class SaleContext:
    """One sale, its access and the two ends it is settled with.

    `actor` is who works: request, worker, webhook or operator. `user_id` is the hotspot
    user's id where this process has just learnt it; `order_is_closed`, that nothing more can
    be charged; `access_was_renamed`, that its new name is not stored yet;
    `refused_field`, what the buyer typed that the gateway does not take.
    """

    sale: Sale
    access: Access
    router: Router
    account: GatewayAccount
    deadline: Deadline
    actor: str
    user_id: str | None = None
    order_is_closed: bool = False
    access_was_renamed: bool = False
    refused_field: str | None = None

    @cached_property
    def gateway(self) -> Gateway:
        """The gateway, entered with the credentials that the sale was opened with."""
        return ports.gateway_of(self.account)

    @property
    def gateway_label(self) -> str:
        """The gateway's name for people."""
        return ports.provider_of(self.account).label

    @cached_property
    def provisioner(self) -> Provisioner:
        """The router's users."""
        return ports.provisioner_of(self.router)

    @cached_property
    def presence(self) -> Presence:
        """The devices in the router's hotspot."""
        return ports.presence_of(self.router)

    @property
    def mark(self) -> str:
        """The comment that makes the hotspot user ours."""
        return mark_of(self.access.id)

    @property
    def purchase(self) -> Purchase:
        """The sale as the gateway is told of it."""
        sale = self.sale
        return Purchase(
            reference=sale.id,
            owner=owner_of(sale.company_id),
            description=sale.plan_name,
            amount=sale.amount,
            currency=sale.currency,
            customer=Customer(sale.customer_name, sale.customer_email, sale.customer_phone),
            return_url=self.return_url,
        )

    @property
    def return_url(self) -> str:
        """Where the bank sends the buyer back to: the sale's page, in the language they chose.

        Who visits is kept with the sale, since the gateway reads this address.
        """
        sale, base = self.sale, ports.settings().public_url.rstrip("/")
        page = f"{base}/r/{sale.router_id}/pago/{sale.id}"
        return f"{page}?lang={sale.language}" if sale.language else page

    def router_time(self) -> float:
        """Seconds for the next call to the router."""
        return self.deadline.remaining(ports.settings().router_timeout)

    def gateway_time(self) -> float:
        """Seconds for the next call to the gateway."""
        return self.deadline.remaining(ports.settings().gateway_timeout)


def load_context(session: Session, sale_id: str, deadline: Deadline, actor: str) -> SaleContext:
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
    """How long the company lets a paid sale wait for its router, in minutes."""
    return session.get_one(Company, company_id).refund_after_minutes
