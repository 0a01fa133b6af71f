"""Sell one code at the counter, or give one away: written down first, then made on the router."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.access.desired_state import NAME_DRAWS, plan_rounds
from portal.core.database import reading, writing
from portal.core.errors import Conflict, Invalid
from portal.core.records import new_id
from portal.core.rows.columns import FromNow
from portal.core.statements import add_record
from portal.models import Access, Voucher, utc_now
from portal.models.access import AccessState
from portal.models.voucher import VoucherOrigin
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.people.sessions import Administrator
from portal.operators.vouchers.offers import CodeOffer, after_days, code_offer
from portal.operators.vouchers.sellers import seller_of
from portal.ports import settings
from portal.vouchers.codes import digits_for, draw_code
from portal.vouchers.on_router import make_now
from portal.vouchers.terms import VoucherTerms, terms_of

# Paper that was never used opens no door years later; it is said on it.
VALID_DAYS = 90
OTHER_SALE = "Ese botón ya vendió otra ficha: vuelva a la lista de planes."
NO_NAME = "No se encontró un código libre en el router. Intente otra vez."


@dataclass(frozen=True)
class CounterSale:
    """Say what is sold: a plan, on one router. `key` names the tap on the button that sells it.

    `is_courtesy`: it costs nothing.
    """

    plan_id: int
    router_id: str | None = None
    is_courtesy: bool = False
    kind: str | None = None
    key: str | None = None


def sell_code(actor: Actor, company_id: str, who: Administrator, sale: CounterSale) -> str:
    """Sell a code and give its id; the same tap gives the same code, however often it arrives.

    The cash is booked to whoever sells before the router hears of it. A router that does not
    answer gets the code from the worker. Raises NotFound, Invalid, Conflict, VaultError.
    """
    for _ in range(NAME_DRAWS):
        if (sold := _sold_before(company_id, sale)) is not None:
            return sold
        try:
            offer, access, voucher_id = _write(actor, company_id, who, sale)
        except IntegrityError:
            continue
        make_now(offer.router, access)
        return voucher_id
    raise Conflict(NO_NAME)


def _sold_before(company_id: str, sale: CounterSale) -> str | None:
    if sale.key is None:
        return None
    query = select(Voucher).where(Voucher.company_id == company_id, Voucher.request_key == sale.key)
    with reading() as session:
        found = session.scalar(query)
    if found is None:
        return None
    if found.plan_id != sale.plan_id or found.is_courtesy != sale.is_courtesy:
        raise Invalid(OTHER_SALE)
    return found.id


def _write(
    actor: Actor, company_id: str, who: Administrator, sale: CounterSale
) -> tuple[CodeOffer, Access, str]:
    with writing() as session:
        offer = code_offer(session, company_id, sale.plan_id, sale.router_id)
        terms = terms_of(offer.plan, 0 if sale.is_courtesy else None)
        access = _new_access(session, offer, terms, sale.kind or offer.company.portal_credentials)
        seller = seller_of(session, company_id, who)
        lease = FromNow(settings().sale_lease)
        add_record(session, access, lease_until=lease, next_attempt_at=lease)
        plan_rounds(session, access.router_id, company_id)
        voucher = _new_voucher(offer, terms, sale, access.id, seller.id)
        add_record(session, voucher)
        record(
            session,
            actor,
            AuditAction.VOUCHER_SELL,
            voucher.id,
            company_id,
            amount=terms.amount,
            currency=terms.currency,
            plan=offer.plan.id,
            router=offer.router.id,
        )
    return offer, access, voucher.id


def _new_access(session: Session, offer: CodeOffer, terms: VoucherTerms, kind: str) -> Access:
    digits = digits_for(session, offer.company, offer.router.id, 1, None) if kind == "pin" else None
    access = Access(
        id=new_id("acc_", 20, upper=False),
        company_id=offer.company.id,
        router_id=offer.router.id,
        kind=kind,
        pin_digits=digits,
        wanted=AccessState.ENABLED,
        actual=AccessState.UNKNOWN,
        lease=secrets.token_hex(8),
        **terms.of_access(),
    )
    access.name, access.password = draw_code(kind, digits, None)
    return access


def _new_voucher(
    offer: CodeOffer, terms: VoucherTerms, sale: CounterSale, access_id: str, seller_id: int
) -> Voucher:
    values: dict[str, Any] = terms.of_voucher()
    return Voucher(
        id=new_id("vou_", 20, upper=False),
        company_id=offer.company.id,
        router_id=offer.router.id,
        plan_id=offer.plan.id,
        seller_id=seller_id,
        access_id=access_id,
        origin=VoucherOrigin.COUNTER,
        request_key=sale.key,
        sold_at=utc_now(),
        use_before=after_days(VALID_DAYS),
        vat_rate=offer.company.vat_rate,
        **values,
    )
