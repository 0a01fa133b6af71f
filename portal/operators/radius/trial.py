"""Sell a moment of access to nobody, so that a RADIUS server can be asked for it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, select

from portal.access.radius.secrets import RadiusSecrets
from portal.core.database import reading, writing
from portal.core.records import new_id, utc_now
from portal.models import Access, RadiusRouter, RadiusSession, RadiusUser

# Whatever became of us, the server lets nobody in by it for longer.
LIFE = timedelta(minutes=2)


@dataclass(frozen=True)
class Trial:
    """Name what is asked for, and as which router."""

    access_id: str
    router: RadiusRouter
    name: str = field(repr=False)
    password: str = field(repr=False)


@contextmanager
def trial_access(key: RadiusSecrets, router: RadiusRouter) -> Iterator[Trial]:
    """Write an access sealed with this key, for the RADIUS server alone, and take it away again."""
    trial = Trial(
        new_id("acc_", 20, upper=False), router, f"ñ+{secrets.token_hex(8)}", secrets.token_hex(8)
    )
    with writing() as session:
        session.add(_access(trial))
        session.flush()
        session.add(_user(key, trial))
    try:
        yield trial
    finally:
        with writing() as session:
            told = RadiusSession.access_id == trial.access_id
            session.execute(delete(RadiusSession).where(told))
            session.execute(delete(RadiusUser).where(RadiusUser.access_id == trial.access_id))
            session.execute(delete(Access).where(Access.id == trial.access_id))


def some_router(router_id: str | None = None) -> RadiusRouter | None:
    """Give a router that RADIUS serves, or this one; None where there is none."""
    query = select(RadiusRouter).order_by(RadiusRouter.address.is_not(None)).limit(1)
    if router_id is not None:
        query = query.where(RadiusRouter.router_id == router_id)
    with reading() as session:
        return session.scalar(query)


def _access(trial: Trial) -> Access:
    # Wanted absent: no router is ever brought to have it.
    access = Access(
        id=trial.access_id,
        company_id=trial.router.company_id,
        router_id=trial.router.router_id,
        kind="user_password",
        wanted="absent",
        actual="absent",
        profile_name="default",
    )
    access.name, access.password = trial.name, trial.password
    return access


def _user(key: RadiusSecrets, trial: Trial) -> RadiusUser:
    return RadiusUser(
        access_id=trial.access_id,
        company_id=trial.router.company_id,
        router_id=trial.router.router_id,
        key_id=key.id,
        name_digest=key.name_digest(trial.router.company_id, trial.name),
        password_cipher=key.seal(trial.access_id, trial.password),
        disabled=False,
        profile="default",
        limit_bytes=5 * 2**30,
        expires_at=utc_now() + LIFE,
    )
