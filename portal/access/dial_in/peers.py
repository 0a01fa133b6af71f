"""Write the list of the tunnel's peers, which a helper with root's rights applies.

The application needs no such right: the helper takes public keys and addresses out of the list,
and nothing else.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from portal.core.database import reading
from portal.core.logs import log
from portal.models import DialIn, Tunnel
from portal.ports import settings

PEERS_FILE = "peers.conf"
READABLE = 0o640


class TunnelPeer(NamedTuple):
    """Name a router that dials in by WireGuard: its public key, and its address in the tunnel."""

    router_id: str
    public_key: str
    address: str


@dataclass(frozen=True)
class PeerChanges:
    """Hold what a list of peers has that the one before had not, and the other way round."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def peers() -> list[TunnelPeer]:
    """List the routers whose key is known, of all companies, by address."""
    query = select(Tunnel.router_id, Tunnel.public_key, Tunnel.address).where(
        Tunnel.router_id.is_not(None),
        Tunnel.public_key.is_not(None),
        Tunnel.kind == DialIn.WIREGUARD,
    )
    with reading() as session:
        return [
            TunnelPeer(str(row.router_id), str(row.public_key), row.address)
            for row in session.execute(query.order_by(Tunnel.created_at, Tunnel.id))
        ]


def peers_text(found: Sequence[TunnelPeer]) -> str:
    """Write them as `wg syncconf` reads them (wg(8)), without the part on our own interface."""
    return "".join(
        f"[Peer]\n# {peer.router_id}\nPublicKey = {peer.public_key}\n"
        f"AllowedIPs = {peer.address}/32\n\n"
        for peer in found
    )


def write_peers() -> PeerChanges:
    """Write the list where the helper looks for it, if it differs. Raises OSError.

    Who writes reads the records while holding the lock, so that the last to write knows most.
    """
    folder = Path(settings().wireguard_folder)
    with _alone(folder):
        path, text = folder / PEERS_FILE, peers_text(peers())
        before = path.read_text() if path.exists() else None
        if text != before:
            _replace(path, text)
        return _changes(before or "", text)


def publish() -> None:
    """Write the list after a change; where that cannot be, say so in the log alone.

    The tunnel may end on another machine, where `flask wireguard sync` writes it.
    """
    if not settings().has_tunnel:
        return
    try:
        write_peers()
    except (OSError, SQLAlchemyError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        log().warning("tunnel_peers_unwritten", reason=reason)


def heal() -> None:
    """Write the list again where it was lost or changed; nothing on a machine without its folder.

    What was written while the folder was full or away is so caught up with, too.
    """
    if settings().has_tunnel and Path(settings().wireguard_folder).is_dir():
        publish()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with open(folder / ".lock", "a", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _replace(path: Path, text: str) -> None:
    """The helper sees the old list or the new one, never half of one."""
    beside = path.with_suffix(".new")
    beside.write_text(text)
    beside.chmod(READABLE)
    os.replace(beside, path)


def _changes(before: str, after: str) -> PeerChanges:
    old, new = _said(before), _said(after)
    return PeerChanges(
        tuple(name for key, name in new.items() if old.get(key) != name),
        tuple(name for key, name in old.items() if new.get(key) != name),
    )


def _said(text: str) -> Mapping[tuple[str, str], str]:
    """Give the routers' ids by key and address."""
    lines = [line.split(maxsplit=2)[-1] for line in text.splitlines() if line]
    return {(lines[at + 2], lines[at + 3]): lines[at + 1] for at in range(0, len(lines) - 3, 4)}
