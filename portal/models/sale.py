"""Keep a sale, which is about money, and the history of its states."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, new_id, utc_now
from portal.models.sale_states import TRYING, UNDECIDED, CancelReason, SaleState
from portal.models.shared.sold_terms import SoldTerms
from portal.models.shared.vat import USUAL_VAT
from portal.payments.methods import Method

STATES = tuple(SaleState)
CANCEL_REASONS = tuple(CancelReason)
METHODS = tuple(Method)


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


# Told as text and not as values, so that a query that says it the same way meets the index.
CARD_REFUSED = text("cancel_reason IN ('declined', 'refused')")
MONEY_IS_IN = text("state = 'paid'")
# A sale that goes well never stands among these, so that it pays nothing for their indexes.
ENDED_OTHERWISE = text(
    "state IN ('canceling', 'canceled', 'refunding', 'refunded', 'charged_back')"
)
GIVEN_UP_OTHERWISE = text(
    "state IN ('canceling', 'canceled')"
    " AND (cancel_reason IS NULL OR cancel_reason NOT IN ('declined', 'refused'))"
)
PARKED = text("parked_reason IS NOT NULL")
MONEY_CAME = text("paid_at IS NOT NULL")
_due = text("next_attempt_at IS NOT NULL AND parked_reason IS NULL")
_due_with_money = text(f"{MONEY_IS_IN} AND next_attempt_at IS NOT NULL AND parked_reason IS NULL")
# Only what waits for its buyer enters the index: no card pays for it that is charged at once.
WAITS_FOR_BUYER = text("state = 'pending'")
CARD_TRIED = text(f"state IN ({_listed(TRYING)})")
UNDECIDED_STATES = text(f"state IN ({_listed(UNDECIDED)})")


class Sale(SoldTerms, Base):
    """Keep a purchase by one device on one router, with plan and price as they were.

    `amount`, `amount_refunded` and `fee`, what the gateway kept of it as far as it told, are in
    centavos; `vat_rate` is the tax within the price, in basis points.
    `idempotency_key` is a digest that names the purchase on its router; a purchase without a key
    carries its own id there.
    `cancel_reason` says why a sale ended without money: declined or refused by the gateway,
    failed before the charge, abandoned by a request that died, expired undecided, replaced by
    another way to pay, returned by the operator's hand.
    `method` says how it is paid; of a deferred payment, `payable_until` when the time for it
    ends, `instructions` how it is done, as `sales/deferred/instructions.py` writes it, and
    `amount_received` (centavos) what came where it was not the amount, `amount_returned` what of it
    the operator gave back by hand because it was too little.
    `client_address` is the address that asked, which a whole café may share.
    `extends`: it adds to an access that stood before. `taken_seconds` and `taken_data` (bytes)
    are what its refund took back. `erased_at`: personal data was deleted. `language` is the
    one that the buyer chose on the pages: es or en. `checkout_id` is by which the gateway's own
    frame knows the order, where the card is charged there.
    `lease` names who works on it until `lease_until`; `next_attempt_at` is when it is due.
    """

    __tablename__ = "sale"
    __table_args__ = (
        UniqueConstraint("router_id", "idempotency_key"),
        UniqueConstraint("gateway_account_id", "order_id"),
        Index(
            "uq_sale_undecided_device",
            "router_id",
            "device",
            unique=True,
            sqlite_where=UNDECIDED_STATES,
            postgresql_where=UNDECIDED_STATES,
        ),
        Index(
            "ix_sale_ended",
            "company_id",
            "state",
            "created_at",
            sqlite_where=ENDED_OTHERWISE,
            postgresql_where=ENDED_OTHERWISE,
        ),
        Index(
            "ix_sale_declined_company",
            "company_id",
            "created_at",
            "id",
            sqlite_where=CARD_REFUSED,
            postgresql_where=CARD_REFUSED,
        ),
        Index(
            "ix_sale_given_up",
            "company_id",
            "created_at",
            "id",
            sqlite_where=GIVEN_UP_OTHERWISE,
            postgresql_where=GIVEN_UP_OTHERWISE,
        ),
        Index("ix_sale_parked", "company_id", sqlite_where=PARKED, postgresql_where=PARKED),
        Index("ix_sale_company_id_created_at", "company_id", "created_at", "id"),
        Index("ix_sale_router_id_created_at", "router_id", "created_at", "id"),
        Index("ix_sale_plan_id_created_at", "plan_id", "created_at", "id"),
        Index(
            "ix_sale_money_came",
            "company_id",
            "paid_at",
            "id",
            sqlite_where=MONEY_CAME,
            postgresql_where=MONEY_CAME,
        ),
        Index(
            "ix_sale_declined",
            "router_id",
            "created_at",
            sqlite_where=CARD_REFUSED,
            postgresql_where=CARD_REFUSED,
        ),
        Index(
            "ix_sale_declined_address",
            "client_address",
            "created_at",
            sqlite_where=CARD_REFUSED,
            postgresql_where=CARD_REFUSED,
        ),
        Index(
            "ix_sale_due",
            "next_attempt_at",
            sqlite_where=_due,
            postgresql_where=_due,
        ),
        Index(
            "ix_sale_paid_due",
            "next_attempt_at",
            sqlite_where=_due_with_money,
            postgresql_where=_due_with_money,
        ),
        Index(
            "ix_sale_waiting_until",
            "payable_until",
            sqlite_where=WAITS_FOR_BUYER,
            postgresql_where=WAITS_FOR_BUYER,
        ),
        Index("ix_sale_order_id", "order_id"),
        Index("ix_sale_company_id_customer_email", "company_id", "customer_email"),
        Index("ix_sale_company_id_mac", "company_id", "mac"),
        Index(
            "ix_sale_trying_address",
            "client_address",
            sqlite_where=CARD_TRIED,
            postgresql_where=CARD_TRIED,
        ),
        CheckConstraint(f"state IN ({_listed(STATES)})", name="state"),
        CheckConstraint(f"cancel_reason IN ({_listed(CANCEL_REASONS)})", name="cancel_reason"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("amount_refunded >= 0", name="amount_refunded"),
        CheckConstraint(f"method IN ({_listed(METHODS)})", name="method"),
        CheckConstraint("currency IN ('MXN', 'USD')", name="currency"),
        CheckConstraint("vat_rate BETWEEN 0 AND 10000", name="vat_rate"),
    )

    id: Mapped[str] = mapped_column(
        String(36), primary_key=True, default=lambda: new_id("sal_", 32, upper=False)
    )
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    router_id: Mapped[str] = mapped_column(ForeignKey("router.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    gateway_account_id: Mapped[str] = mapped_column(ForeignKey("gateway_account.id"))
    access_id: Mapped[str] = mapped_column(ForeignKey("access.id"), index=True)

    idempotency_key: Mapped[str] = mapped_column(String(80))
    request_digest: Mapped[str] = mapped_column(String(64))
    card_token_digest: Mapped[str | None] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(String(254))
    mac: Mapped[str | None] = mapped_column(String(17))
    ip: Mapped[str | None] = mapped_column(String(15))
    client_address: Mapped[str | None] = mapped_column(String(45))
    customer_name: Mapped[str] = mapped_column(String(100))
    customer_email: Mapped[str] = mapped_column(String(254))
    customer_phone: Mapped[str | None] = mapped_column(String(20))
    device_info: Mapped[str | None] = mapped_column(String(500))
    language: Mapped[str | None] = mapped_column(String(2))
    auto_connect: Mapped[bool] = mapped_column(default=False)
    extends: Mapped[bool] = mapped_column(default=False)

    vat_rate: Mapped[int] = mapped_column(default=USUAL_VAT, server_default=str(USUAL_VAT))
    taken_seconds: Mapped[int | None] = mapped_column(BigInteger)
    taken_data: Mapped[int | None] = mapped_column(BigInteger)

    method: Mapped[str] = mapped_column(
        String(8), default=Method.CARD.value, server_default=Method.CARD.value
    )
    payable_until: Mapped[datetime | None]
    instructions: Mapped[str | None] = mapped_column(Text)
    instructions_sent_at: Mapped[datetime | None]
    amount_received: Mapped[int | None] = mapped_column(BigInteger)
    amount_returned: Mapped[int | None] = mapped_column(BigInteger)

    state: Mapped[str] = mapped_column(String(12))
    order_id: Mapped[str | None] = mapped_column(String(64))
    cancel_reason: Mapped[str | None] = mapped_column(String(12))
    action_url: Mapped[str | None] = mapped_column(String(2048))
    checkout_id: Mapped[str | None] = mapped_column(String(64))
    buyer_message: Mapped[str | None] = mapped_column(String(500))
    decline_reason: Mapped[str | None] = mapped_column(String(20))
    card_last4: Mapped[str | None] = mapped_column(String(4))
    amount_refunded: Mapped[int] = mapped_column(BigInteger, default=0)
    fee: Mapped[int | None] = mapped_column(BigInteger)
    parked_reason: Mapped[str | None] = mapped_column(String(200))
    session_id: Mapped[str | None] = mapped_column(String(64))
    session_ip: Mapped[str | None] = mapped_column(String(15))

    next_attempt_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    charging_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    receipt_sent_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    @property
    def is_deferred(self) -> bool:
        """Tell whether its payment is deferred: made later and elsewhere."""
        return self.method != Method.CARD


def is_over_for_buyer(now: datetime) -> ColumnElement[bool]:
    """Select what no buyer has time to pay any more, so that it should be decided."""
    return or_(Sale.payable_until.is_(None), Sale.payable_until < now)


class SaleMove(Base):
    """Keep one line of a sale's history: a move from one state to another, by whom and why."""

    __tablename__ = "sale_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    sale_id: Mapped[str] = mapped_column(ForeignKey("sale.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)
    from_state: Mapped[str | None] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))
    actor: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(200))
