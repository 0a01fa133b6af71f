"""Bring back online who has bought: from another device, or after having left."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import case, or_, select, update
from sqlalchemy.orm import Session

from portal import ports
from portal.access.attempt_limits import CODES
from portal.access.blocked import is_blocked
from portal.access.desired_state import set_desired
from portal.access.device_limit import has_room
from portal.access.guess_guard import CODE_GUESSES
from portal.access.payment_pass.removal import is_in_to_pay
from portal.access.provisioning import known_of, mark_of
from portal.access.reconciler import has_ended
from portal.alerts.router_alerts import tell_of_login, tell_of_refusal
from portal.core.database import reading, writing
from portal.core.errors import TooManyRequests
from portal.core.logs import log
from portal.hotspot.errors import RouterError
from portal.hotspot.presence import LoggedIn, LoginRefusal, NotLoggedIn
from portal.hotspot.presence import Session as Online
from portal.models import Access, Router
from portal.models.access import AccessState
from portal.models.router import Delivery
from portal.ports import settings

NOBODY_S_PASSWORD = b"0000"
# A router's texts can be translated: any refusal may be about a disabled user.
_MAY_BE_DISABLED = (LoginRefusal.BAD_CREDENTIALS, LoginRefusal.OTHER)


class Result(Enum):
    """Name how the access stands for the device that asks."""

    ACTIVE = "active"
    EXPIRED = "expired"
    WRONG_CODE = "wrong_code"
    ROUTER_AWAY = "router_away"
    NOT_IN_NETWORK = "not_in_network"
    BLOCKED = "blocked"
    ENTERS_ITSELF = "enters_itself"


@dataclass(frozen=True)
class Reconnection:
    """Hold what came of it; `online` is the device's session with that access, where it has one."""

    result: Result
    online: Online | None = None
    access_id: str | None = None


def reconnect(
    router_id: str,
    name: str,
    password: str,
    mac: str,
    ip: str | None,
    *,
    exact: bool = False,
    as_typed: str | None = None,
) -> Reconnection:
    """Log the device in with a code; `mac` is `AA:BB:CC:DD:EE:FF`.

    As `check_code`, which says what is raised.
    """
    found = check_code(router_id, name, password, mac, ip, exact=exact, as_typed=as_typed)
    return found if isinstance(found, Reconnection) else let_in(*found, mac, ip)


def check_code(
    router_id: str,
    name: str,
    password: str,
    mac: str,
    ip: str | None,
    *,
    exact: bool = False,
    as_typed: str | None = None,
) -> tuple[Router, Access] | Reconnection:
    """Give the router and the access that a device's code is of, else why it is not looked at.

    `exact`: the router has to have the device at this very address. `as_typed` is how a name that
    is its own password was spelt: so it may stand on the router where another tool made it.

    Whether the code is good is told only to a device that the router sees: otherwise whoever
    holds a portal's public key could try codes in the name of invented devices. Raises
    TooManyRequests after too many wrong ones; a device that waits still gets in with a good code.
    """
    router, access, waits = _find(router_id, _spellings(name, as_typed), mac)
    if access is not None and name == password:
        # Found by its name in some spelling, which is the password's too.
        password = access.name
    if waits is not None:
        CODE_GUESSES.begin_late(router_id, name, waits)
    if (unseen := _why_unseen(router, mac, ip, exact=exact)) is not None:
        return unseen
    if waits is None:
        CODE_GUESSES.begin(router_id, mac, is_own=access is not None and access.mac == mac)
    if not fits(access, password) or access is None:
        CODE_GUESSES.note_wrong(router_id, name)
        if waits is not None:
            raise waits
        return Reconnection(Result.WRONG_CODE)
    CODE_GUESSES.note_right(router_id, mac, name, was_late=waits is not None)
    return router, access


def _why_unseen(router: Router, mac: str, ip: str | None, *, exact: bool) -> Reconnection | None:
    """Say why the device's code is not looked at; None where its router sees it."""
    try:
        if _sees(router, mac, ip, exact=exact):
            return None
    except RouterError as error:
        return _away(router, error)
    return Reconnection(Result.NOT_IN_NETWORK if router.has_api else Result.ENTERS_ITSELF)


def _sees(router: Router, mac: str, ip: str | None, *, exact: bool) -> bool:
    """Tell whether the device is there. Raises RouterError.

    A router without an API tells only who is online.
    """
    presence, timeout = ports.presence_of(router), settings().router_timeout
    seen = (
        presence.hosts(timeout, mac=mac) if router.has_api else presence.sessions(timeout, mac=mac)
    )
    return any(one.address == ip or not exact for one in seen)


def let_in(
    router: Router, access: Access, mac: str, ip: str | None, *, take_over: bool = True
) -> Reconnection:
    """Log the device in with this access, as one of as many as were bought; the oldest go.

    `take_over` False: no other device goes for it, neither now nor in a later round.
    """
    if access.wanted == AccessState.ABSENT or has_ended(access):
        return Reconnection(Result.EXPIRED)
    try:
        if not (take_over or has_room(router, access, mac)):
            return _not_let_in(access, LoginRefusal.TOO_MANY_SESSIONS)
        said = _log_in(router, access, mac, ip, take_over=take_over)
        if isinstance(said, NotLoggedIn) and is_in_to_pay(router, mac, said):
            said = _log_in(router, access, mac, ip, take_over=take_over)
    except RouterError as error:
        return _away(router, error)
    return _answered(router, access, mac, said)


def _log_in(
    router: Router, access: Access, mac: str, ip: str | None, *, take_over: bool
) -> LoggedIn | NotLoggedIn:
    return ports.presence_of(router).log_in(
        access.name,
        access.password,
        mac,
        settings().router_timeout,
        address=ip,
        clear_stale=take_over,
        devices=access.max_devices or 1,
        mark=mark_of(access.id),
        known=known_of(access),
    )


def _answered(
    router: Router, access: Access, mac: str, said: LoggedIn | NotLoggedIn
) -> Reconnection:
    refused = isinstance(said, NotLoggedIn) and said.reason in _MAY_BE_DISABLED
    if refused and is_blocked(router, access):
        return _blocked(access)
    tell_of_login(router, said)
    if isinstance(said, NotLoggedIn) and not router.has_api:
        return Reconnection(Result.ENTERS_ITSELF)
    if isinstance(said, LoggedIn):
        _note_device(access, mac)
        return Reconnection(Result.ACTIVE, said.session, access.id)
    return _not_let_in(access, said.reason)


def _find(
    router_id: str, names: tuple[str, ...], mac: str
) -> tuple[Router, Access | None, TooManyRequests | None]:
    """Find the router, its access of one of these names, and the wait that the device has, if any.

    Of several accesses it is the one that stands, else that whose name comes first, else the
    latest.
    """
    stands = or_(Access.wanted != AccessState.ABSENT, Access.actual != AccessState.ABSENT)
    first = case(*[(Access.named(router_id, name), n) for n, name in enumerate(names)], else_=None)
    query = (
        select(Router, Access)
        .outerjoin(Access, Access.named(router_id, *names))
        .where(Router.id == router_id)
        .order_by(case((stands, 0), else_=1), first, Access.created_at.desc())
        .limit(1)
    )
    with reading() as session:
        waits = CODES.waits(session, router_id, mac)
        router, access = session.execute(query).one()
        if access is None and router.delivery == Delivery.RADIUS:
            access = _good_everywhere(session, router, names)
    return router, access, waits


def _good_everywhere(session: Session, router: Router, names: tuple[str, ...]) -> Access | None:
    """Find what was sold at another of the company's sites, and opens here as well."""
    sites = select(Router.id).where(
        Router.company_id == router.company_id, Router.delivery == Delivery.RADIUS
    )
    named = Access.named_on(session.scalars(sites).all(), *names)
    standing = Access.all_sites & (Access.wanted != AccessState.ABSENT)
    return session.scalars(select(Access).where(named, standing).limit(1)).first()


def _spellings(name: str, as_typed: str | None) -> tuple[str, ...]:
    """List how a name may stand on the router, the likeliest first.

    Our names are in capitals, and phones begin with small letters; other tools' are often small,
    and phones begin with a capital.
    """
    others = (as_typed, as_typed.lower()) if as_typed else ()
    return tuple(dict.fromkeys((name, name.upper(), *others)))


def fits(access: Access | None, password: str) -> bool:
    """Compare in constant time, also where there is nothing to compare with."""
    known = (
        access.password if access is not None and access.wanted != AccessState.DISABLED else None
    )
    same = hmac.compare_digest(
        known.encode() if known else NOBODY_S_PASSWORD, password.encode(errors="replace")
    )
    return same and bool(known)


def _not_let_in(access: Access, reason: LoginRefusal) -> Reconnection:
    log().info("reconnection refused", access=access.id, reason=reason.value)
    if reason is LoginRefusal.UNKNOWN_HOST:
        return Reconnection(Result.NOT_IN_NETWORK)
    is_spent = reason in (LoginRefusal.UPTIME_LIMIT, LoginRefusal.DATA_LIMIT)
    if is_spent and access.actual == access.wanted:
        return Reconnection(Result.EXPIRED)
    if is_spent or reason is LoginRefusal.BAD_CREDENTIALS:
        # What we know is right, so the router has lost it or not heard of it: it gets it now.
        with writing() as session:
            set_desired(session, access, access.wanted, 0)
    return Reconnection(Result.ACTIVE)


def _blocked(access: Access) -> Reconnection:
    log().info("reconnection blocked", access=access.id)
    if access.blocked_at is None:
        # The reconciler records it, under the access' lease.
        with writing() as session:
            set_desired(session, access, access.wanted, 0)
    return Reconnection(Result.BLOCKED)


def _note_device(access: Access, mac: str) -> None:
    """Note the device that was let in last: the access stands in its name."""
    log().info("reconnected", access=access.id)
    if access.mac != mac:
        with writing() as session:
            session.execute(update(Access).where(Access.id == access.id).values(mac=mac))


def _away(router: Router, error: RouterError) -> Reconnection:
    tell_of_refusal(router, error)
    log().info("reconnection without router", router=router.id, error=type(error).__name__)
    return Reconnection(Result.ROUTER_AWAY)
