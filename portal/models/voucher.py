"""Keep codes sold for cash: who sells them, in which batches, and the cash handed over."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, new_id, utc_now
from portal.models.shared.sold_terms import SoldTerms
from portal.models.shared.vat import USUAL_VAT


class VoucherOrigin(StrEnum):
    """Say how a code came to be ours."""

    COUNTER = "counter"
    BATCH = "batch"
    IMPORT = "import"


class VoucherState(StrEnum):
    """Say how a code stands, as far as is known."""

    AVAILABLE = "available"
    SOLD = "sold"
    USED = "used"
    EXPIRED = "expired"
    VOIDED = "voided"


# Told as text and not as values, so that a query that says it the same way meets the index.
UNUSED = text("used_at IS NULL AND expired_at IS NULL AND voided_at IS NULL")
CASH_HELD = text("sold_at IS NOT NULL AND voided_at IS NULL AND handover_id IS NULL")
CASH_OWED_BACK = text(
    "voided_at IS NOT NULL AND handover_id IS NOT NULL AND returned_in_id IS NULL"
)
HAS_EXPIRED, WAS_VOIDED = text("expired_at IS NOT NULL"), text("voided_at IS NOT NULL")
WAS_USED = text("used_at IS NOT NULL AND voided_at IS NULL")
# In which order codes are listed.
LATEST = ("company_id", "created_at")
_due = text("next_attempt_at IS NOT NULL")


class VoucherSeller(Base):
    """Keep who answers for the cash: a person at the counter (`user_id`), or whoever has sheets."""

    __tablename__ = "voucher_seller"
    __table_args__ = (
        UniqueConstraint("company_id", "name"),
        UniqueConstraint("company_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("admin_user.id"))
    name: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class VoucherBatch(SoldTerms, Base):
    """Keep an order for `number` codes on one router, with the plan's terms as they were.

    `amount` is what one costs, in centavos; 0 is a courtesy. `drawn` of them have records,
    `made` of those stand on the router. `import_id` is shared by the batches of one import, which
    was taken back at `undone_at`. `pin_digits` is how many digits are drawn, `prefix` what
    stands before them. What is not used by `use_before` expires. `problem`: why it waits.
    `lease` names who works on it until `lease_until`; `next_attempt_at` is when it is due.
    """

    __tablename__ = "voucher_batch"
    __table_args__ = (
        Index("ix_voucher_batch_company_id", "company_id", "created_at"),
        Index("ix_voucher_batch_due", "next_attempt_at", sqlite_where=_due, postgresql_where=_due),
        UniqueConstraint("company_id", "request_key"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("currency IN ('MXN', 'USD')", name="currency"),
        CheckConstraint("kind IN ('user_password', 'pin')", name="kind"),
        CheckConstraint("origin IN ('batch', 'import')", name="origin"),
    )

    id: Mapped[str] = mapped_column(
        String(16), primary_key=True, default=lambda: new_id("lot_", 12, upper=False)
    )
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    router_id: Mapped[str] = mapped_column(ForeignKey("router.id"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    seller_id: Mapped[int] = mapped_column(ForeignKey("voucher_seller.id"))
    origin: Mapped[str] = mapped_column(String(8), default=VoucherOrigin.BATCH)
    import_id: Mapped[str | None] = mapped_column(String(16))
    request_key: Mapped[str | None] = mapped_column(String(64))
    prefix: Mapped[str | None] = mapped_column(String(3))
    kind: Mapped[str] = mapped_column(String(16))
    pin_digits: Mapped[int | None]
    number: Mapped[int]
    drawn: Mapped[int] = mapped_column(default=0)
    made: Mapped[int] = mapped_column(default=0)

    speed: Mapped[str | None] = mapped_column(String(40))
    use_before: Mapped[datetime | None]

    created_by: Mapped[str] = mapped_column(String(254))
    problem: Mapped[str | None] = mapped_column(String(300))
    next_attempt_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)


class Voucher(Base):
    """Keep a code sold for cash, or given away (`amount` 0), and the access that it opens.

    `number` is its place in its batch. A code of a batch counts as sold (`sold_at`) when it is
    first used, one from the counter when it is handed out; `vat_rate` is the tax within its price
    then, in basis points. `handover_id` is the settlement in
    which its seller gave the cash, `returned_in_id` the one that took off what a code voided
    after that had brought. `request_key` names the tap on the button that sold it.
    `former_comment` is what stood in the comment of a user that another tool had made.
    """

    __tablename__ = "voucher"
    __table_args__ = (
        Index("ix_voucher_company_id", *LATEST),
        Index("ix_voucher_used", *LATEST, sqlite_where=WAS_USED, postgresql_where=WAS_USED),
        Index(
            "ix_voucher_expired",
            *LATEST,
            sqlite_where=HAS_EXPIRED,
            postgresql_where=HAS_EXPIRED,
        ),
        Index("ix_voucher_voided", *LATEST, sqlite_where=WAS_VOIDED, postgresql_where=WAS_VOIDED),
        Index("ix_voucher_batch_id", "batch_id", "number"),
        Index(
            "ix_voucher_unused",
            "company_id",
            "use_before",
            sqlite_where=UNUSED,
            postgresql_where=UNUSED,
        ),
        Index("ix_voucher_sold_at", "company_id", "sold_at", "id"),
        Index("ix_voucher_cash", "seller_id", sqlite_where=CASH_HELD, postgresql_where=CASH_HELD),
        Index(
            "ix_voucher_owed_back",
            "seller_id",
            sqlite_where=CASH_OWED_BACK,
            postgresql_where=CASH_OWED_BACK,
        ),
        Index("ix_voucher_seller_id", "seller_id"),
        UniqueConstraint("access_id"),
        UniqueConstraint("company_id", "request_key"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("currency IN ('MXN', 'USD')", name="currency"),
        CheckConstraint("origin IN ('counter', 'batch', 'import')", name="origin"),
        CheckConstraint("vat_rate BETWEEN 0 AND 10000", name="vat_rate"),
    )

    id: Mapped[str] = mapped_column(
        String(24), primary_key=True, default=lambda: new_id("vou_", 20, upper=False)
    )
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    router_id: Mapped[str] = mapped_column(ForeignKey("router.id"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    seller_id: Mapped[int] = mapped_column(ForeignKey("voucher_seller.id"))
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("voucher_batch.id"))
    access_id: Mapped[str] = mapped_column(ForeignKey("access.id"))
    origin: Mapped[str] = mapped_column(String(8))
    number: Mapped[int | None]
    request_key: Mapped[str | None] = mapped_column(String(64))
    former_comment: Mapped[str | None] = mapped_column(Text)
    plan_name: Mapped[str] = mapped_column(String(100))
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    vat_rate: Mapped[int] = mapped_column(default=USUAL_VAT, server_default=str(USUAL_VAT))
    use_before: Mapped[datetime | None]
    sold_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None] = mapped_column(String(200))
    handover_id: Mapped[int | None] = mapped_column(ForeignKey("cash_handover.id"))
    returned_in_id: Mapped[int | None] = mapped_column(ForeignKey("cash_handover.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    @property
    def is_courtesy(self) -> bool:
        """Tell whether it was given away."""
        return self.amount == 0

    @property
    def state(self) -> VoucherState:
        """Tell how it stands."""
        if self.voided_at is not None:
            return VoucherState.VOIDED
        if self.used_at is not None:
            return VoucherState.USED
        if self.expired_at is not None:
            return VoucherState.EXPIRED
        return VoucherState.AVAILABLE if self.sold_at is None else VoucherState.SOLD


class CashHandover(Base):
    """Keep that a seller handed over what their codes had brought: `amount` in centavos.

    `vouchers` were sold since the one before; `returned` had been voided after they were handed
    over, and their price is taken off.
    """

    __tablename__ = "cash_handover"
    __table_args__ = (
        Index("ix_cash_handover_company_id", "company_id", "created_at"),
        CheckConstraint("currency IN ('MXN', 'USD')", name="currency"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    seller_id: Mapped[int] = mapped_column(ForeignKey("voucher_seller.id"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    vouchers: Mapped[int]
    returned: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
