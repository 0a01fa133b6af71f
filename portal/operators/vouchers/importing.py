"""Import the codes that another tool left on a router, for the worker to make them ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.access.desired_state import plan_rounds
from portal.core.database import reading, writing
from portal.core.records import from_now, new_id
from portal.core.rows.inserting import insert_those_new
from portal.core.statements import add_rows, values_of
from portal.hotspot.adoption import LeftKind, LeftProfile, LeftUser
from portal.models import Access, Plan, Voucher, VoucherBatch, utc_now
from portal.models.access import AccessState
from portal.models.voucher import VoucherOrigin
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import owned_in
from portal.operators.vouchers.batches import refuse_too_many
from portal.operators.vouchers.left_codes import LeftCodes, LeftOfProfile, left_codes
from portal.operators.vouchers.offers import CodeOffer, code_offer
from portal.operators.vouchers.sellers import seller_named
from portal.vouchers.drawing import voucher_row
from portal.vouchers.terms import VoucherTerms, terms_of

SELLER = "Importadas de Mikhmon"
# Accesses written by one statement; SQLite binds at most 32,766 values.
AT_ONCE = 500


@dataclass(frozen=True)
class ImportOrder:
    """Say whose codes are wanted: a plan for each profile. Profiles without one stay out."""

    router_id: str
    plans: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Imported:
    """Hold what was found on the router, and the batches that were made of it."""

    found: LeftCodes
    batches: Sequence[VoucherBatch] = ()


def import_codes(actor: Actor, company_id: str, order: ImportOrder) -> Imported:
    """Write down the codes of these profiles, for the worker to make theirs ours on the router.

    Those that still open the door, that is; one whose name a record of the router's has already
    is passed over, so that the same order once more makes no batch. Raises NotFound, Invalid,
    Conflict, Unavailable, VaultError.
    """
    found = left_codes(company_id, order.router_id)
    made, import_id = [], new_id("imp_", 12, upper=False)
    with writing() as session:
        for one in found.profiles:
            plan_id = order.plans.get(one.profile.name)
            if plan_id is not None and one.open:
                offer = code_offer(session, company_id, plan_id, order.router_id, lock=True)
                made.append(_import(session, actor, offer, one, import_id))
    return Imported(found, [batch for batch in made if batch is not None])


def look_only(company_id: str, order: ImportOrder) -> Imported:
    """Read what an order would import, and change nothing. Raises as `import_codes` does."""
    with reading() as session:
        for plan_id in order.plans.values():
            owned_in(session, Plan, plan_id, company_id)
    return Imported(left_codes(company_id, order.router_id))


def terms_for(offer: CodeOffer, profile: LeftProfile) -> VoucherTerms:
    """Give what a profile's codes bought: what Mikhmon says of them, and the rest of the plan's.

    The profile stays the router's own, so that nobody's speed changes.
    """
    terms = replace(terms_of(offer.plan, profile.price), profile_name=profile.name, data_limit=None)
    if profile.validity is None:
        return terms
    return replace(terms, duration_seconds=profile.validity, duration_from="first_use")


def _import(
    session: Session, actor: Actor, offer: CodeOffer, left: LeftOfProfile, import_id: str
) -> VoucherBatch | None:
    refuse_too_many(session, offer.company.id, len(left.open))
    terms = terms_for(offer, left.profile)
    accesses = [_access(offer, terms, left.profile, user) for user in left.open]
    new = _insert(session, accesses)
    pairs = [
        (access, user) for access, user in zip(accesses, left.open, strict=True) if access.id in new
    ]
    if not pairs:
        return None
    batch = _batch(session, actor, offer, terms, [access for access, _ in pairs])
    batch.import_id = import_id
    rows = [_voucher(batch, terms, n, *pair) for n, pair in enumerate(pairs, start=1)]
    add_rows(session, Voucher, *rows)
    plan_rounds(session, offer.router.id, offer.company.id)
    _record(session, actor, batch, left.profile)
    return batch


def _insert(session: Session, accesses: Sequence[Access]) -> set[str]:
    new: set[str] = set()
    for start in range(0, len(accesses), AT_ONCE):
        rows = [values_of(access) for access in accesses[start : start + AT_ONCE]]
        new |= insert_those_new(session, Access, rows)
    return new


def _access(offer: CodeOffer, terms: VoucherTerms, profile: LeftProfile, user: LeftUser) -> Access:
    """Give the access of a code; what has been counted of it the worker learns from the router."""
    is_code = user.name == user.password
    access = Access(
        id=new_id("acc_", 20, upper=False),
        company_id=offer.company.id,
        router_id=offer.router.id,
        kind="pin" if is_code else "user_password",
        pin_digits=len(user.name) if is_code else None,
        wanted=AccessState.ENABLED,
        actual=AccessState.UNKNOWN,
        expires_at=user.expires_at and user.expires_at.astimezone(UTC),
        started_at=_begun(profile, user),
        **terms.of_access() | _own_terms(profile, user),
    )
    access.name, access.password = user.name, user.password
    return access


def _own_terms(profile: LeftProfile, user: LeftUser) -> dict[str, Any]:
    """Give what the user's own limits say, which hold before the plan's."""
    own: dict[str, Any] = {"data_limit": user.limit_bytes}
    # Time online is the router's to count, unless the clock alone says when it is over.
    if user.limit_uptime and (profile.validity is None or user.expires_at):
        own |= {"duration_seconds": user.limit_uptime, "duration_from": "connected"}
    if user.is_bound:
        own["max_devices"] = 1
    return own


def _begun(profile: LeftProfile, user: LeftUser) -> datetime | None:
    """Tell when a code was first used, as far as its end and its validity say."""
    if user.expires_at is None:
        return None
    ago = timedelta(seconds=profile.validity or 0)
    return min(user.expires_at.astimezone(UTC) - ago, utc_now())


def _batch(
    session: Session,
    actor: Actor,
    offer: CodeOffer,
    terms: VoucherTerms,
    accesses: Sequence[Access],
) -> VoucherBatch:
    kinds = {access.kind for access in accesses}
    batch = VoucherBatch(
        company_id=offer.company.id,
        router_id=offer.router.id,
        plan_id=offer.plan.id,
        seller_id=seller_named(session, offer.company.id, SELLER).id,
        origin=VoucherOrigin.IMPORT,
        kind="pin" if kinds == {"pin"} else "user_password",
        number=len(accesses),
        drawn=len(accesses),
        created_by=actor.name,
        next_attempt_at=from_now(),
        **terms.values(),
    )
    session.add(batch)
    session.flush()
    return batch


def _voucher(
    batch: VoucherBatch, terms: VoucherTerms, number: int, access: Access, user: LeftUser
) -> dict[str, Any]:
    # Cash of a code that was used before it came here is nobody's to hand over.
    used_at = (access.started_at or utc_now()) if user.kind == LeftKind.USED else None
    more = {"former_comment": user.comment, "used_at": used_at}
    return voucher_row(batch, access.id, terms, number, **more)


def _record(session: Session, actor: Actor, batch: VoucherBatch, profile: LeftProfile) -> None:
    record(
        session,
        actor,
        AuditAction.VOUCHER_IMPORT,
        batch.id,
        batch.company_id,
        number=batch.number,
        amount=batch.amount,
        currency=batch.currency,
        plan=batch.plan_id,
        router=batch.router_id,
        profile=profile.name,
    )
