"""Replace the key of RADIUS by another, both good in between, so that nobody who paid is refused.

A new key is drawn, then known to all servers, then used for what is new; what is sealed with the
old one is sealed anew, and each router set up with its kit. Then the old one goes.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.access.radius.keys import REREAD_SECONDS, SLOTS, RadiusKeys, draw_key, reread_keys
from portal.access.radius.routers import PORTS_APART, all_ports
from portal.access.radius.secrets import RadiusSecrets
from portal.core.database import reading, server, writing
from portal.core.errors import Conflict
from portal.core.logs import log
from portal.models import DeploymentSecret, RadiusKey, RadiusRouter, RadiusUser, Router, utc_now
from portal.models.router import Delivery
from portal.operators.radius.role import ROLE, NeedsPostgreSql, lock_role, make_roles

# Every process has read of a step by then, before the next one builds on it.
SETTLING_SECONDS = 2 * REREAD_SECONDS
UNDER_WAY = "Ya hay una clave nueva: termine ese cambio con «flask radius key status»."
HIGHEST_PORT = 65535
NO_PORTS = (
    f"La clave nueva se atiende en puertos {PORTS_APART} más altos: cambie RADIUS_PORT o "
    f"RADIUS_ACCOUNTING_PORT, de modo que los cuatro sean distintos y no pasen de {HIGHEST_PORT}."
)
NONE = "No hay una clave nueva: se hace con «flask radius key add»."
IN_USE = "La clave nueva ya se usa."
NOT_IN_USE = "La clave nueva no se usa todavía: primero «flask radius key use»."
SETTLING = "Espere {} s más: cada proceso de Portal lee las claves una vez por minuto."
UNSEALED = "Faltan {} accesos por volver a cifrar: ejecute «flask radius key reseal»."
UNHEARD = (
    "Faltan {} routers que no se han oído con la clave nueva: ejecute en cada uno el guion de su "
    "kit, o dé «--abandon-routers» y nadie entrará por ellos hasta entonces."
)


@dataclass(frozen=True)
class KeyChange:
    """Tell how far a change is: who still needs the old key, and which step may be next.

    `unsealed`: how many accesses. `routers`: those not yet heard with the new key. The next step
    has to wait for `wait` seconds.
    """

    keys: RadiusKeys
    unsealed: int
    routers: tuple[Router, ...]
    wait: int

    @property
    def old(self) -> RadiusSecrets | None:
        """Give the key that goes; None where none does."""
        others = [each for each in self.keys.all if each is not self.keys.newest]
        return others[0] if others else None

    @property
    def is_in_use(self) -> bool:
        """Tell whether the newest key makes what is new."""
        return self.keys.first is self.keys.newest

    @property
    def may_drop(self) -> bool:
        """Tell whether nobody needs the old key any more."""
        is_done = self.old is not None and self.is_in_use and not self.wait
        return is_done and not self.unsealed and not self.routers


def key_change() -> KeyChange:
    """Look how far it is."""
    keys = reread_keys()
    newest = keys.newest
    with reading() as session:
        unsealed = session.scalar(
            select(func.count()).select_from(RadiusUser).where(RadiusUser.key_id != newest.id)
        )
        routers = _unheard(session, newest)
    since = newest.in_use_since or newest.created_at
    return KeyChange(keys, unsealed or 0, routers, _wait(since) if len(keys.all) > 1 else 0)


def add_key(role: str = ROLE) -> None:
    """Draw a new key, and make the role of the servers that have it; nothing uses it yet.

    May be repeated until it is used, as after NoRight. Raises Conflict then, or where there are no
    ports for it; NeedsPostgreSql, NoRight.
    """
    if server() is None:
        raise NeedsPostgreSql
    ports = all_ports()
    if len(set(ports)) < len(ports) or max(ports) > HIGHEST_PORT:
        raise Conflict(NO_PORTS)
    keys = reread_keys()
    make_roles(_drawn(keys) if keys.first is keys.newest else keys, role)


def _drawn(keys: RadiusKeys) -> RadiusKeys:
    """Give the keys with a new one among them."""
    free = [slot for slot in SLOTS if slot not in {each.slot for each in keys.all}]
    if not free:
        raise Conflict(UNDER_WAY)
    with writing() as session:
        if not draw_key(session, f"radius-{secrets.token_hex(4)}", free[0], is_used=False):
            raise Conflict(UNDER_WAY)
    log().info("radius key drawn")
    return reread_keys()


def use_key() -> None:
    """Make all that is new with the new key from now on. Raises Conflict where it is too early."""
    change = key_change()
    if change.old is None:
        raise Conflict(NONE)
    if change.is_in_use:
        raise Conflict(IN_USE)
    _settle(change)
    with writing() as session:
        mine = update(RadiusKey).where(RadiusKey.id == change.keys.newest.id)
        session.execute(mine.values(in_use_since=utc_now()))
    reread_keys()
    log().info("radius key in use")


def drop_key(role: str = ROLE, *, abandon_routers: bool = False) -> None:
    """Forget the old key, and lock its role. Raises Conflict where somebody needs it still.

    `abandon_routers`: where none but routers do, which nobody enters by until they have their kit.
    May be repeated until both are done, as after NoRight. Raises NeedsPostgreSql, too.
    """
    if server() is None:
        raise NeedsPostgreSql
    change = key_change()
    old = change.old
    if old is None:
        raise Conflict(NONE)
    _check_unneeded(change, abandon_routers)
    try:
        with writing() as session:
            _forget(session, old, change.keys.newest)
            lock_role(session.connection(), old, role)
    except IntegrityError:
        # Sold a moment ago, by a process that had not read of the new one.
        raise Conflict(UNSEALED.format(1)) from None
    reread_keys()
    log().info("radius key dropped")


def _check_unneeded(change: KeyChange, abandon_routers: bool) -> None:
    if not change.is_in_use:
        raise Conflict(NOT_IN_USE)
    if change.unsealed:
        raise Conflict(UNSEALED.format(change.unsealed))
    if change.routers and not abandon_routers:
        raise Conflict(UNHEARD.format(len(change.routers)))
    _settle(change)


def _settle(change: KeyChange) -> None:
    if change.wait:
        raise Conflict(SETTLING.format(change.wait))


def _wait(since: datetime) -> int:
    gone = (utc_now() - since).total_seconds()
    return max(0, round(SETTLING_SECONDS - gone))


def _forget(session: Session, old: RadiusSecrets, new: RadiusSecrets) -> None:
    for router in _with_another(session, new):
        router.proof = new.proof_of(router.router_id)
    session.execute(delete(RadiusKey).where(RadiusKey.id == old.id))
    session.execute(delete(DeploymentSecret).where(DeploymentSecret.id == old.id))


def _with_another(session: Session, new: RadiusSecrets) -> Sequence[RadiusRouter]:
    """List the routers that were not heard with this key."""
    known = session.scalars(select(RadiusRouter)).all()
    return [one for one in known if one.proof != new.proof_of(one.router_id)]


def _unheard(session: Session, new: RadiusSecrets) -> tuple[Router, ...]:
    ids = [one.router_id for one in _with_another(session, new)]
    asking = Router.delivery == Delivery.RADIUS
    query = select(Router).where(Router.id.in_(ids), asking).order_by(Router.name, Router.id)
    return tuple(session.scalars(query).all())
