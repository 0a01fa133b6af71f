"""Look at the server's side of the tunnel by which routers dial in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from portal.access.dial_in.peers import PEERS_FILE, peers, peers_text
from portal.cli.doctor.findings import ADVICE, BAD, OK, Diagnosis
from portal.operators.dial_in.status import peer_statuses
from portal.ports import settings

HELPER = "systemctl enable --now portal-wireguard.timer; systemctl status portal-wireguard"


def tunnel() -> Iterator[Diagnosis]:
    """Tell whether the peers are written down, applied, and heard of."""
    if not settings().has_tunnel:
        if settings().wireguard_endpoint and not settings().l2tp_ipsec_secret:
            said = "WIREGUARD_ENDPOINT está puesto, y WIREGUARD_PUBLIC_KEY no."
            yield Diagnosis(BAD, said, "Ponga lo que muestra: portal-wireguard public-key")
        return
    known = peers()
    if known and not _is_written(peers_text(known)):
        said = f"La lista de routers del túnel ({settings().wireguard_folder}) no está al día."
        yield Diagnosis(BAD, said, "flask wireguard sync")
    applied = peer_statuses()
    if applied is None:
        yield Diagnosis(ADVICE, "Nadie dice aquí cómo está el túnel de los routers.", HELPER)
        return
    missing = [peer.router_id for peer in known if peer.public_key not in applied]
    if missing:
        yield Diagnosis(BAD, f"El túnel no conoce todavía a {', '.join(missing)}.", HELPER)
    else:
        yield Diagnosis(OK, f"Por el túnel pueden entrar {len(known)} routers.")


def _is_written(text: str) -> bool:
    try:
        return Path(settings().wireguard_folder, PEERS_FILE).read_text() == text
    except OSError:
        return False
