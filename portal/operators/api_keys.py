"""Mint routers' API keys, show them once, replace and revoke them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

import jwt
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.core.errors import NotFound
from portal.core.records import new_id, sane
from portal.core.vault import token_digest
from portal.models import ApiKey, Router, utc_now
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import ListPage, apply, owned_in, page
from portal.operators.trail.changes import made
from portal.ports import settings

PREFIX = "jwt_"
ALGORITHM = "HS256"
ISSUER = "portal"
TYPE = "router_api_key"


class KeyStatus(Enum):
    """Tell whether a key is good; `RETIRING`: good until its grace period ends."""

    ACTIVE = "activa"
    RETIRING = "por_vencer"
    EXPIRED = "expirada"
    REVOKED = "revocada"


GOOD = (KeyStatus.ACTIVE, KeyStatus.RETIRING)


@dataclass(frozen=True)
class Minted:
    """Hold a new key, and the token that nobody can read again."""

    key: ApiKey
    token: str = field(repr=False)


def key_status(key: ApiKey, now: datetime | None = None) -> KeyStatus:
    """Tell whether the key is good at this moment."""
    now = now or utc_now()
    if key.revoked_at is not None and key.revoked_at <= now:
        return KeyStatus.REVOKED
    if key.expires_at <= now:
        return KeyStatus.EXPIRED
    return KeyStatus.ACTIVE if key.revoked_at is None else KeyStatus.RETIRING


def mint_in(session: Session, router: Router) -> Minted:
    """Make a key for the router, within a transaction."""
    issued = utc_now()
    key = ApiKey(
        id=new_id("key_", 16, upper=False),
        router_id=router.id,
        issued_at=issued,
        expires_at=issued + timedelta(days=settings().api_key_days),
    )
    token = _token(key, router.company_id)
    key.token_digest = token_digest(token)
    session.add(key)
    return Minted(key, token)


def rotate(
    actor: Actor, company_id: str, router_id: str, grace_hours: float | None = None
) -> Minted:
    """Make a key; those before it live on for the grace period, 0 ends them at once.

    `grace_hours` None is the setting's. Raises NotFound.
    """
    hours = settings().api_key_grace_hours if grace_hours is None else grace_hours
    with writing() as session:
        router = owned_in(session, Router, router_id, company_id, lock=True)
        retired = _retire(session, router_id, utc_now() + timedelta(hours=hours))
        minted = mint_in(session, router)
        details = {"router": router_id, "grace_hours": hours, "retired": retired}
        action, new = AuditAction.API_KEY_ROTATE, made(minted.key)
        record(session, actor, action, minted.key.id, company_id, new, **details)
    return minted


def revoke(actor: Actor, company_id: str, router_id: str, key_id: str) -> ApiKey:
    """End the key now; ending it again changes nothing. Raises NotFound."""
    with writing() as session:
        owned_in(session, Router, router_id, company_id)
        key = session.get(ApiKey, key_id) if sane(key_id) else None
        if key is None or key.router_id != router_id:
            raise NotFound("API Key no encontrada")
        now = utc_now()
        if key.revoked_at is None or key.revoked_at > now:
            changed, about = apply(key, {"revoked_at": now}), {"router": router_id}
            record(session, actor, AuditAction.API_KEY_REVOKE, key.id, company_id, changed, **about)
    return key


def listing(company_id: str, router_id: str, limit: int, offset: int) -> ListPage[ApiKey]:
    """Give the router's keys, the newest first. Raises NotFound."""
    with reading() as session:
        owned_in(session, Router, router_id, company_id)
        return page(session, _newest_first(router_id), limit, offset)


def newest(company_id: str, router_id: str) -> ApiKey | None:
    """Give the router's last minted key. Raises NotFound."""
    with reading() as session:
        owned_in(session, Router, router_id, company_id)
        return session.scalar(_newest_first(router_id).limit(1))


def _newest_first(router_id: str) -> Select[ApiKey]:
    return (
        select(ApiKey)
        .where(ApiKey.router_id == router_id)
        .order_by(ApiKey.issued_at.desc(), ApiKey.id)
    )


def _retire(session: Session, router_id: str, end: datetime) -> list[str]:
    """Let them end then; the ids of those that would have lived longer."""
    lasting = select(ApiKey).where(
        ApiKey.router_id == router_id,
        ApiKey.expires_at > utc_now(),
        or_(ApiKey.revoked_at.is_(None), ApiKey.revoked_at > end),
    )
    retired = session.scalars(lasting).all()
    for key in retired:
        key.revoked_at = end
    return [key.id for key in retired]


def _token(key: ApiKey, company_id: str) -> str:
    claims = {
        "jti": key.id,
        "iss": ISSUER,
        "sub": key.router_id,
        "empresa": company_id,
        "iat": key.issued_at,
        "exp": key.expires_at,
        "type": TYPE,
    }
    return PREFIX + jwt.encode(claims, settings().jwt_apikey_secret, algorithm=ALGORITHM)
