"""Read the keys of this deployment that RADIUS works with, and draw the first at the first need.

One replaces another while both are good: the first makes what is new, and all open and verify.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.radius.secrets import RadiusSecrets
from portal.core.database import reading, writing
from portal.core.records import utc_now
from portal.core.rows.inserting import insert_new
from portal.core.vault import VaultError
from portal.models import DeploymentSecret, RadiusKey, RadiusRouter

NAME = "radius"
SLOTS = (0, 1)
# Every process learns of a new key, and of another that makes what is new, within so long.
REREAD_SECONDS = 60.0


@dataclass(frozen=True)
class RadiusKeys:
    """Hold all keys that are good: the first makes what is new, the others read and verify."""

    all: tuple[RadiusSecrets, ...]

    @property
    def first(self) -> RadiusSecrets:
        """Give the key that makes what is new."""
        return self.all[0]

    @property
    def newest_first(self) -> tuple[RadiusSecrets, ...]:
        """Give them in the order in which the server's files have them, used or not yet."""
        return tuple(sorted(self.all, key=lambda each: each.created_at, reverse=True))

    @property
    def newest(self) -> RadiusSecrets:
        """Give the key that was drawn last."""
        return self.newest_first[0]

    @property
    def oldest(self) -> RadiusSecrets:
        """Give the key that was drawn first of those that are still good."""
        return self.newest_first[-1]

    def name_digests(self, company_id: str, name: str) -> list[bytes]:
        """List what a user's record may hold where its name is this, under any of the keys."""
        return [each.name_digest(company_id, name) for each in self.all]

    def open(self, access_id: str, cipher: bytes) -> str:
        """Decrypt what was sealed for this access with any of them. Raises VaultError."""
        for each in self.all:
            try:
                return each.open(access_id, cipher)
            except VaultError:
                continue
        raise VaultError(f"radius_user:{access_id}:password")

    def of(self, router: RadiusRouter) -> RadiusSecrets:
        """Give the key that the router was last heard with."""
        said = (each for each in self.all if each.proof_of(router.router_id) == router.proof)
        return next(said, self.first)


def radius_keys() -> RadiusKeys:
    """Give this deployment's keys, read once a minute in each process.

    Opens a transaction of its own, so it is not to be called within one. Raises VaultError.
    """
    kept: tuple[float, RadiusKeys] | None = current_app.extensions.get("radius_keys")
    now = time.monotonic()
    if kept is None or now - kept[0] > REREAD_SECONDS:
        found = _stored() or _drawn()
        kept = current_app.extensions["radius_keys"] = now, RadiusKeys(found)
    return kept[1]


def reread_keys() -> RadiusKeys:
    """Give them as they are on record now. Likewise."""
    current_app.extensions.pop("radius_keys", None)
    return radius_keys()


def draw_key(session: Session, key_id: str, slot: int, *, is_used: bool) -> bool:
    """Write a new random key; False where there is one of that id, or in that slot."""
    now = utc_now()
    row = DeploymentSecret(id=key_id, created_at=now)
    row.value = secrets.token_hex(32)
    sealed = {"id": key_id, "value_sealed": row.value_sealed, "created_at": now}
    insert_new(session, DeploymentSecret, sealed)
    known = {"id": key_id, "slot": slot, "created_at": now}
    return insert_new(session, RadiusKey, known | {"in_use_since": now if is_used else None})


def _stored() -> tuple[RadiusSecrets, ...]:
    """Read them, the one that was taken into use last first, and those that were not at the end."""
    query = select(RadiusKey, DeploymentSecret).join(
        DeploymentSecret, DeploymentSecret.id == RadiusKey.id
    )
    with reading() as session:
        rows = session.execute(query.order_by(RadiusKey.in_use_since.desc().nulls_last())).all()
        return tuple(
            RadiusSecrets(
                key.id, key.slot, key.created_at, key.in_use_since, bytes.fromhex(secret.value)
            )
            for key, secret in rows
        )


def _drawn() -> tuple[RadiusSecrets, ...]:
    with writing() as session:
        draw_key(session, NAME, SLOTS[0], is_used=True)
    # Another process may have been quicker.
    return _stored()
