"""Log devices out and in at an operator's word, and free a code for another device."""

from __future__ import annotations

from portal import ports
from portal.access.payment_pass.marks import passes_at
from portal.access.payment_pass.removal import end_now
from portal.access.provisioning import known_of, mark_of
from portal.access.reconnection import Reconnection, let_in
from portal.core.database import reading, writing
from portal.core.errors import Conflict, NotFound
from portal.hotspot.errors import RouterError
from portal.hotspot.presence import Session as Online
from portal.models import Access, Router
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import apply, owned_in
from portal.operators.online.holding import access_and_router
from portal.operators.online.owners import key_of, mac_in, owners_of
from portal.operators.targets import problem_of
from portal.ports import settings

GONE = "Esa sesión ya no está en el router."
FOREIGN = "Esa sesión no es de un acceso nuestro: sepárela en el router, si hace falta."


def disconnect(actor: Actor, company_id: str, router_id: str, key: str) -> Online:
    """End one session of a code of ours, or a payment pass, and give it; `key` is `key_of` it.

    Raises NotFound where it has ended meanwhile, Conflict where the user is not ours, and with
    advice Unavailable.
    """
    with reading() as session:
        router = owned_in(session, Router, router_id, company_id)
    try:
        online = _find(router, key)
        payment_pass = passes_at([(router.id, online.user)]).get((router.id, online.user))
        ended = payment_pass or _ours(router, online)
        told = {"mac": online.mac, "address": online.address, "router": router_id}
        with writing() as session:
            record(
                session, actor, AuditAction.ACCESS_DISCONNECT, ended.id, company_id, None, **told
            )
        if payment_pass is not None:
            end_now(payment_pass, router)
        elif not ports.presence_of(router).end_session(online, settings().router_timeout):
            raise NotFound(GONE)
    except RouterError as error:
        raise problem_of(error) from error
    return online


def free(actor: Actor, company_id: str, access_id: str) -> int:
    """Log all devices of an access out and bind it to none; how many sessions ended.

    Whoever comes then needs its code. Raises NotFound, and with advice Unavailable.
    """
    access, router = access_and_router(company_id, access_id)
    with writing() as session:
        stored = owned_in(session, Access, access_id, company_id, lock=True)
        # Else the device that bought would come back by its MAC alone.
        changed = apply(stored, {"mac": None})
        record(session, actor, AuditAction.ACCESS_FREE, access_id, company_id, changed)
    timeout = settings().router_timeout
    try:
        ports.provisioner_of(router).unbind_user(
            access.name, mark_of(access.id), timeout, known=known_of(access)
        )
        return ports.presence_of(router).forget_devices(access.name, timeout)
    except RouterError as error:
        raise problem_of(error) from error


def connect(actor: Actor, company_id: str, access_id: str, mac: str) -> Reconnection:
    """Log a device in with an access, as one of as many as were bought; the oldest go.

    Raises NotFound.
    """
    access, router = access_and_router(company_id, access_id)
    with writing() as session:
        record(session, actor, AuditAction.ACCESS_CONNECT, access_id, company_id, mac=mac)
    return let_in(router, access, mac, None)


def _find(router: Router, key: str) -> Online:
    mac = mac_in(key)
    if mac is None:
        raise NotFound(GONE)
    seen = ports.presence_of(router).sessions(settings().router_timeout, mac=mac)
    found = next((online for online in seen if key_of(online) == key), None)
    if found is None:
        raise NotFound(GONE)
    return found


def _ours(router: Router, online: Online) -> Access:
    """Give the access that the session is of: by its name, and by its user's mark there."""
    access = owners_of([(router.id, online)]).get((router.id, online.user))
    if access is not None:
        user = ports.provisioner_of(router).find_user(online.user, settings().router_timeout)
        if user is None or user.is_ours(mark_of(access.id), known_of(access)):
            return access
    raise Conflict(FOREIGN)
