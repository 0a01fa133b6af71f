"""Make and change routers as their operators describe them, and ask whether they answer."""

from __future__ import annotations

from typing import Any, TypedDict, Unpack

from sqlalchemy import delete as delete_rows
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from portal.access.radius.keys import RadiusKeys, reread_keys
from portal.access.radius.routers import enrol, readdress
from portal.access.rounds.away import STANDS
from portal.alerts.router_contact import note_answer, note_failure
from portal.alerts.router_watch import watch_soon
from portal.core import formatting
from portal.core.database import reading, server, writing
from portal.core.errors import Conflict, Invalid
from portal.hotspot.errors import RouterError
from portal.hotspot.inspection import Profile, RouterInfo
from portal.models import (
    Access,
    ApiKey,
    Company,
    DialIn,
    KitLink,
    Plan,
    Router,
    Sale,
    VoucherBatch,
)
from portal.models.router import Delivery
from portal.operators import api_keys
from portal.operators.api_keys import Minted
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.dial_in import places
from portal.operators.dial_in.moving import moved
from portal.operators.dial_in.standing import problem_at
from portal.operators.lookup import ListPage, apply, company_in, owned_in, page
from portal.operators.targets import check_target
from portal.operators.trail.changes import gone, made
from portal.ports import inspector_of, settings, time_zone_of

IN_USE = "El router tiene ventas o productos; desactívelo en lugar de eliminarlo."
NO_HOST = "Indique la dirección del router: sin ella solo se atiende por RADIUS."
STANDING_ACCESSES = (
    "Este router tiene {} accesos vigentes, que se siguen atendiendo como se "
    "vendieron{}. Para cambiarlo hoy, regístrelo otra vez como router nuevo y venda en ese: "
    "los accesos de este siguen sirviendo. Si no, ponga sus ventas en pausa y cámbielo cuando "
    "terminen."
)
UNTIL = "; el último con fecha termina el {}"
NO_SERVER = "La entrega por RADIUS necesita PostgreSQL: esta instalación usa SQLite."
API_USER = "portal"
PIN_MISSING = "Indique la huella SHA-256 del certificado del router."


class RouterValues(TypedDict, total=False):
    """Hold what may be said of a router. `tls` is none, verified, pinned or anonymous.

    `delivery` is api or radius; by RADIUS it needs no host. `dial_in` is wireguard or l2tp where
    the router comes to us: its host is an address of the tunnel then, whatever is given.
    """

    name: str
    delivery: str
    coa_port: int
    dial_in: str | None
    host: str | None
    port: int
    username: str
    password: str
    location: str | None
    tls: str
    tls_fingerprint: str | None
    login_hosts: list[str]
    active: bool


def create(actor: Actor, company_id: str, **values: Unpack[RouterValues]) -> tuple[Router, Minted]:
    """Make a router and its API key, whose token is shown this once. Raises NotFound, Invalid.

    Without a password its kit brings one.
    """
    kind = values.get("dial_in")
    if kind is None and (host := values.get("host")) is not None:
        check_target(host)
    keys = _keys(values)
    with writing() as session:
        company_in(session, company_id)
        named = {name: value for name, value in values.items() if name != "password"}
        place = None if kind is None else places.take(session, company_id, DialIn(kind))
        if place is not None:
            named["host"] = place.address
        router = Router(company_id=company_id, **{"username": API_USER, **named})
        session.add(router)
        session.flush()
        if place is not None:
            places.settle(session, place, router)
        router.password = values.get("password")
        _check(router)
        _enrol(session, keys, router)
        minted = api_keys.mint_in(session, router)
        session.flush()
        action, details = AuditAction.ROUTER_CREATE, {"api_key": minted.key.id}
        record(session, actor, action, router.id, company_id, made(router), **details)
    return router, minted


def update(
    actor: Actor,
    company_id: str,
    router_id: str,
    *,
    trusted: bool = False,
    **values: Unpack[RouterValues],
) -> Router:
    """Set what is given, and leave the rest. Raises NotFound, Invalid.

    The password stays with the address that it was entered for: it is not sent to another one
    until it is given again, unless whoever changes the address is `trusted`, having just shown who
    they are. A stolen session could else have it sent to a machine of the thief's.
    """
    if values.get("dial_in") is None and (host := values.get("host")) is not None:
        check_target(host)
    keys = _keys(values)
    with writing() as session:
        router = owned_in(session, Router, router_id, company_id, lock=True)
        entered = router.entered_place
        changed = apply(router, moved(session, router, values))
        _check(router)
        if "delivery" in changed.after:
            _check_unsold(session, router)
            _enrol(session, keys, router)
        if "dial_in" in changed.after:
            readdress(session, router)
        may_be_sent = "password" in values or router.place.is_as_good_as(entered)
        router.password_place = None if trusted or may_be_sent else entered.text
        if changed:
            record(session, actor, AuditAction.ROUTER_UPDATE, router_id, company_id, changed)
    return router


def toggle(actor: Actor, company_id: str, router_id: str, active: bool | None = None) -> Router:
    """Pause the router's sales or let them go on: the other way round, or as `active` says.

    Raises NotFound.
    """
    with writing() as session:
        router = owned_in(session, Router, router_id, company_id, lock=True)
        changed = apply(router, {"active": not router.active if active is None else active})
        action = AuditAction.ROUTER_ACTIVATE if router.active else AuditAction.ROUTER_DEACTIVATE
        record(session, actor, action, router_id, company_id, changed)
        if router.active:
            watch_soon(session, Router.id == router_id)
    return router


def delete(actor: Actor, company_id: str, router_id: str) -> None:
    """Remove the router and its API keys. Raises NotFound, and Conflict while it is in use."""
    with writing() as session:
        company_in(session, company_id, lock=True)
        router = owned_in(session, Router, router_id, company_id, lock=True)
        if _in_use(session, router_id):
            raise Conflict(IN_USE)
        places.release(session, router_id)
        for record_of_it in (ApiKey, KitLink):
            session.execute(delete_rows(record_of_it).where(record_of_it.router_id == router_id))
        session.delete(router)
        record(session, actor, AuditAction.ROUTER_DELETE, router_id, company_id, gone(router))


def get(company_id: str, router_id: str) -> Router:
    """Find the router. Raises NotFound."""
    with reading() as session:
        return owned_in(session, Router, router_id, company_id)


def host_of(router: Router) -> str:
    """Give the address of the router's API. Raises Invalid where it has none."""
    if router.host is None:
        raise Invalid(NO_HOST, errores={"host": [NO_HOST]})
    return router.host


def listing(company_id: str, limit: int, offset: int) -> ListPage[Router]:
    """List the company's routers, by name. Raises NotFound."""
    with reading() as session:
        company_in(session, company_id)
        mine = select(Router).where(Router.company_id == company_id)
        return page(session, mine.order_by(Router.name, Router.id), limit, offset)


def test_connection(company_id: str, router_id: str) -> RouterInfo:
    """Ask the router who it is. Raises NotFound, and with advice Invalid and Unavailable."""
    router = get(company_id, router_id)
    try:
        info = inspector_of(router).info(settings().router_timeout)
    except RouterError as error:
        note_failure(router, error)
        raise problem_at(router, error) from error
    note_answer(router, info.version or None, reported=True)
    return info


def profiles(company_id: str, router_id: str) -> tuple[Profile, ...]:
    """List the router's hotspot user profiles. Raises as `test_connection` does."""
    router = get(company_id, router_id)
    try:
        return inspector_of(router).profiles(settings().router_timeout)
    except RouterError as error:
        raise problem_at(router, error) from error


def _check(router: Router) -> None:
    if router.delivery == Delivery.RADIUS and server() is None:
        raise Invalid(NO_SERVER, errores={"entrega": [NO_SERVER]})
    if router.delivery != Delivery.RADIUS:
        host_of(router)
    if router.tls == "pinned" and not router.tls_fingerprint:
        raise Invalid(PIN_MISSING, errores={"tls_huella": [PIN_MISSING]})


def _keys(values: RouterValues) -> RadiusKeys | None:
    """Give the deployment's keys of RADIUS where the router is to be served by that."""
    is_asked = values.get("delivery") == Delivery.RADIUS
    return reread_keys() if is_asked and server() is not None else None


def _enrol(session: Session, keys: RadiusKeys | None, router: Router) -> None:
    if keys is not None:
        enrol(session, keys, router)


def _check_unsold(session: Session, router: Router) -> None:
    """What was sold stands where it was written, and nowhere else."""
    standing = select(func.count(), func.max(Access.expires_at)).where(
        Access.router_id == router.id, STANDS
    )
    with session.no_autoflush:
        count, last = session.execute(standing).one()
        if not count:
            return
        company = session.get(Company, router.company_id)
    until = UNTIL.format(formatting.moment(last, time_zone_of(company))) if last else ""
    raise Conflict(STANDING_ACCESSES.format(count, until))


def _in_use(session: Session, router_id: str) -> bool:
    uses: list[Any] = [
        exists().where(model.router_id == router_id) for model in (Sale, Plan, Access, VoucherBatch)
    ]
    return any(session.scalar(select(use)) for use in uses)
