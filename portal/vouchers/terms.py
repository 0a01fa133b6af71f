"""Say what a code bought, as it is when it is made."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from portal.models import Plan, VoucherBatch

# A code lies in a drawer before anybody uses it: the clock of a plan that counts from its
# purchase begins when the code is first used.
CLOCK_OF = {"purchase": "first_use", "first_use": "first_use", "connected": "connected"}


@dataclass(frozen=True)
class VoucherTerms:
    """Hold a plan's terms as they are now. `amount` in centavos, 0 for a courtesy."""

    plan_name: str
    amount: int
    currency: str
    profile_name: str
    duration_seconds: int | None
    duration_from: str | None
    data_limit: int | None
    max_devices: int | None
    speed: str | None
    all_sites: bool

    def values(self) -> dict[str, Any]:
        """Give them as a batch keeps them."""
        return asdict(self)

    def of_voucher(self) -> dict[str, Any]:
        """Give what a code's own record keeps of them."""
        return {"plan_name": self.plan_name, "amount": self.amount, "currency": self.currency}

    def of_access(self) -> dict[str, Any]:
        """Give what the access that it opens keeps of them."""
        return {
            "profile_name": self.profile_name,
            "duration_seconds": self.duration_seconds,
            "duration_from": self.duration_from,
            "data_limit": self.data_limit,
            "max_devices": self.max_devices,
            "speed": self.speed,
            "all_sites": self.all_sites,
        }


def terms_of(plan: Plan, amount: int | None = None) -> VoucherTerms:
    """Give what a code of this plan buys, at the plan's price where no other is named."""
    return VoucherTerms(
        plan_name=plan.name,
        amount=plan.amount if amount is None else amount,
        currency=plan.currency,
        profile_name=plan.profile_name,
        duration_seconds=plan.duration_seconds,
        duration_from=CLOCK_OF[plan.duration_from] if plan.duration_from else None,
        data_limit=plan.data_limit,
        max_devices=plan.max_devices,
        speed=plan.speed,
        all_sites=plan.all_sites,
    )


def terms_of_batch(batch: VoucherBatch) -> VoucherTerms:
    """Give what the codes of a batch buy, as it was when the batch was ordered."""
    return VoucherTerms(**{name: getattr(batch, name) for name in VoucherTerms.__annotations__})
