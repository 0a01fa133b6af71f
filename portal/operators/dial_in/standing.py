"""Tell how far a router that dials in has come: its key, our peer, its last handshake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from portal.core import formatting
from portal.core.database import reading
from portal.core.errors import Problem, Unavailable
from portal.hotspot.errors import RouterError, RouterUnavailable, RouterUnidentified
from portal.hotspot.setup.findings import Finding, State
from portal.models import DialIn, Router, Tunnel, utc_now
from portal.operators.dial_in import places
from portal.operators.dial_in.status import PeerStatus, peer_statuses
from portal.operators.targets import problem_of
from portal.ports import settings

# A router with keepalive agrees on new keys every two minutes (WireGuard's REKEY_AFTER_TIME).
LATE = timedelta(minutes=4)


class TunnelStage(StrEnum):
    """Name how far it is: not offered, no key, unknown, not applied, never dialled, late, there."""

    OFF = "off"
    NO_KEY = "no_key"
    UNKNOWN = "unknown"
    NOT_APPLIED = "not_applied"
    NEVER = "never"
    LATE = "late"
    UP = "up"


SAID = {
    TunnelStage.OFF: (
        "Esta instalación ya no deja entrar routers así: quien administra el servidor revisa "
        "WIREGUARD_ENDPOINT y lo que le sigue."
    ),
    TunnelStage.NO_KEY: (
        "El router no ha enviado su llave pública: ejecute su kit, y si al final dice que no pudo "
        "enviarla, péguela en el panel, en Túnel de este router."
    ),
    TunnelStage.UNKNOWN: "Este servidor no dice cómo está el túnel.",
    TunnelStage.NOT_APPLIED: (
        "El servidor tiene la llave y todavía no la aplica: si pasa más de un minuto, quien lo "
        "administra revisa portal-wireguard.service."
    ),
    TunnelStage.NEVER: (
        "El router no ha marcado: revise que tenga Internet y que lo que está delante de él deje "
        "salir UDP {} hacia {}."
    ),
    TunnelStage.LATE: (
        "El router no marca desde hace {}: revise que tenga corriente e Internet, y que lo que "
        "está delante de él deje salir UDP {} hacia {}."
    ),
    TunnelStage.UP: "Marcó hace {}, desde {}.",
}
STATES = {TunnelStage.UP: State.OK, TunnelStage.UNKNOWN: State.UNKNOWN}
NO_ANSWER = (
    "El router está en el túnel y su API no contesta ahí: ejecute otra vez su kit, y revise que "
    "api-ssl esté habilitado en /ip service."
)


@dataclass(frozen=True)
class TunnelStanding:
    """Hold how the tunnel of one router stands. `peer` is None where our side does not have it."""

    kind: DialIn
    address: str
    stage: TunnelStage
    public_key: str | None = None
    key_at: datetime | None = None
    peer: PeerStatus | None = None

    @property
    def said(self) -> str:
        """Say it in Spanish, with what to do."""
        here = settings()
        ours = (here.wireguard_port, here.wireguard_endpoint)
        filled = {
            TunnelStage.NEVER: ours,
            TunnelStage.LATE: (self._age, *ours),
            TunnelStage.UP: (self._age, self.peer.endpoint if self.peer else ""),
        }
        return SAID[self.stage].format(*filled.get(self.stage, ()))

    @property
    def state(self) -> State:
        """Say how the check shows it."""
        return STATES.get(self.stage, State.MISSING)

    @property
    def from_host(self) -> str:
        """Give the address that it dials from, without the port."""
        endpoint = self.peer.endpoint if self.peer else ""
        return endpoint.rpartition(":")[0].strip("[]")

    @property
    def _age(self) -> str:
        at = self.peer.handshake_at if self.peer else None
        seconds = 0 if at is None else max(0, (utc_now() - at).total_seconds())
        return formatting.time_left(seconds) if seconds >= 60 else f"{seconds:.0f} s"


def standing_of(router: Router) -> TunnelStanding | None:
    """Tell how the tunnel of a router stands that was found by its company; None without one."""
    return standings_of([router]).get(router.id)


def standings_of(routers: Sequence[Router]) -> dict[str, TunnelStanding]:
    """Tell the same of several, by their ids. One query, and none where no router dials in."""
    ids = [router.id for router in routers if router.dial_in is not None]
    if not ids:
        return {}
    with reading() as session:
        rows = session.scalars(select(Tunnel).where(Tunnel.router_id.in_(ids)))
        found = {place.router_id: place for place in rows}
    peers = peer_statuses()
    return {
        router.id: _standing(router, found.get(router.id), peers)
        for router in routers
        if router.dial_in is not None
    }


def _standing(
    router: Router, place: Tunnel | None, peers: Mapping[str, PeerStatus] | None
) -> TunnelStanding:
    kind = DialIn(router.dial_in or DialIn.WIREGUARD)
    key, at = (place.public_key, place.key_at) if place else (None, None)
    told = peers if kind is DialIn.WIREGUARD else None
    peer = told.get(key or "") if told else None
    stage = _stage(kind, key, told is not None, peer)
    return TunnelStanding(kind, router.host or "", stage, key, at, peer)


def findings_of(
    standing: TunnelStanding | None, addresses: tuple[str, ...] | None = None
) -> Iterator[Finding]:
    """Give what a check says of it; `addresses` are the router's own, where it was let in to."""
    if standing is None:
        return
    answers = addresses is not None
    if answers and standing.stage in (TunnelStage.UNKNOWN, TunnelStage.NOT_APPLIED):
        yield Finding("Túnel", State.OK, f"el router responde en {standing.address}")
    else:
        yield Finding("Túnel", standing.state, standing.said)
    if answers and standing.from_host:
        yield Finding("NAT", State.OK, _nat(standing.from_host, addresses or ()))


def problem_at(router: Router, error: RouterError) -> Problem:
    """Make the answer to an operator: of one that dials in, what its tunnel lacks."""
    is_away = isinstance(error, RouterUnavailable | RouterUnidentified)
    standing = standing_of(router) if is_away else None
    if standing is None:
        return problem_of(error)
    if standing.state is State.MISSING:
        return Unavailable(standing.said)
    return Unavailable(NO_ANSWER)


def _stage(kind: DialIn, key: str | None, is_told: bool, peer: PeerStatus | None) -> TunnelStage:
    if not places.is_offered(kind):
        return TunnelStage.OFF
    if kind is DialIn.WIREGUARD and key is None:
        return TunnelStage.NO_KEY
    if not is_told:
        return TunnelStage.UNKNOWN
    if peer is None:
        return TunnelStage.NOT_APPLIED
    if peer.handshake_at is None:
        return TunnelStage.NEVER
    return TunnelStage.LATE if utc_now() - peer.handshake_at > LATE else TunnelStage.UP


def _nat(seen: str, addresses: tuple[str, ...]) -> str:
    if any(address.partition("/")[0] == seen for address in addresses):
        return f"no hay: {seen} es una dirección del router"
    return f"el router está detrás de otro equipo, que se ve como {seen}; no hace falta abrir nada"
