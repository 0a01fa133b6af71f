"""Make companies for a super-admin; their own operators describe them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict, Unpack, cast
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.alerts.channels import (
    ChannelValues,
    check_targets,
    follow_company,
    set_channel,
    told_of,
)
from portal.core.database import reading, writing
from portal.core.errors import Conflict, NotFound
from portal.models import Company, GatewayAccount
from portal.operators import gateway_accounts
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.gateway_accounts import Keys
from portal.operators.lookup import ListPage, apply, company_in, page
from portal.operators.trail.changes import HIDDEN, Changes, between, made
from portal.operators.webhook_registration import register_by_itself
from portal.ports import time_zone_of


class CompanyValues(TypedDict, total=False):
    """Hold what may be said of a company; minutes and days are at least 1, digits 6 to 8.

    `portal_credentials` is pin or user_password, `vat_rate` in basis points, `cash_minimum` in
    centavos, `payment_methods` names of `Method`.
    """

    name: str
    contact_email: str | None
    contact_phone: str | None
    color: str | None
    active: bool
    refund_after_minutes: int
    privacy_notice: str | None
    terms: str | None
    refund_policy: str | None
    complaints: str | None
    legal_name: str | None
    rfc: str | None
    address: str | None
    vat_rate: int
    cash_minimum: int | None
    passes_per_device: int
    passes_per_router: int
    payment_methods: Sequence[str]
    hours_to_pay: int
    keep_personal_days: int
    pin_digits: int
    portal_credentials: str
    time_zone: str | None
    telegram_bot_token: str | None
    telegram_chat_id: str | None
    telegram_notifications: bool
    alerts: dict[str, ChannelValues]


NO_SUCH_NAME = "No hay una empresa con ese nombre: flask create-admin --empresa la crea."
TELEGRAM = ("telegram_bot_token", "telegram_chat_id", "telegram_notifications")


def create(actor: Actor, keys: Keys | None = None, **values: Unpack[CompanyValues]) -> Company:
    """Make a company, with its gateway keys where they are known already."""
    with writing() as session:
        company = create_in(session, actor, **values)
        account = _enter(session, actor, company.id, keys)
    if account is not None:
        register_by_itself(actor, account)
    return company


def create_in(session: Session, actor: Actor, **values: Unpack[CompanyValues]) -> Company:
    """Make it within a transaction."""
    company = Company(name=values["name"])
    session.add(company)
    session.flush()
    _apply(session, company, values)
    session.flush()
    record(session, actor, AuditAction.COMPANY_CREATE, company.id, company.id, made(company))
    return company


def update(
    actor: Actor, company_id: str, keys: Keys | None = None, **values: Unpack[CompanyValues]
) -> Company:
    """Set what is given, and leave the rest. Raises NotFound, Invalid."""
    check_targets(values.get("alerts", {}))
    with writing() as session:
        company = company_in(session, company_id, lock=True)
        if changed := _apply(session, company, values):
            record(session, actor, AuditAction.COMPANY_UPDATE, company_id, company_id, changed)
        account = _enter(session, actor, company_id, keys)
    if account is not None:
        register_by_itself(actor, account)
    return company


def _apply(session: Session, company: Company, values: CompanyValues) -> Changes:
    """Set it, and by which ways it hears of things; what that changed."""
    columns = cast(dict[str, Any], dict(values))
    alerts: dict[str, ChannelValues] = columns.pop("alerts", {})
    if methods := columns.get("payment_methods"):
        columns["payment_methods"] = ",".join(methods)
    changed = apply(company, columns)
    if set(TELEGRAM).intersection(columns):
        follow_company(session, company)
    for kind, channel in alerts.items():
        changed |= _set_channel(session, company, kind, channel)
    return changed


def _set_channel(session: Session, company: Company, kind: str, values: ChannelValues) -> Changes:
    before = told_of(session, company.id, kind)
    set_channel(session, company, kind, values)
    session.flush()
    changed = between(before, told_of(session, company.id, kind))
    if "secret" in values:
        changed |= Changes(after={"secret": HIDDEN if values["secret"] else None})
    return changed.below(f"alerts.{kind}")


def _enter(
    session: Session, actor: Actor, company_id: str, keys: Keys | None
) -> GatewayAccount | None:
    return gateway_accounts.set_keys_in(session, actor, company_id, keys) if keys else None


def get(company_id: str) -> Company:
    """Find the company. Raises NotFound."""
    with reading() as session:
        return company_in(session, company_id)


def zone_of(company_id: str) -> ZoneInfo:
    """Give the zone in which the company's days are counted. Raises NotFound."""
    return time_zone_of(get(company_id))


def listing(limit: int, offset: int) -> ListPage[Company]:
    """List all companies, by name."""
    with reading() as session:
        return page(session, select(Company).order_by(Company.name, Company.id), limit, offset)


def id_of(name: str) -> str:
    """Find the company of this name. Raises NotFound, and Conflict when there are several."""
    with reading() as session:
        found = named_in(session, name)
    if found is None:
        raise NotFound(NO_SUCH_NAME)
    return found.id


def named_in(session: Session, name: str) -> Company | None:
    """Find the company of this name. Raises Conflict when there are several."""
    found = session.scalars(select(Company).where(Company.name == name).limit(2)).all()
    if len(found) > 1:
        raise Conflict("Hay varias empresas con ese nombre.")
    return found[0] if found else None
