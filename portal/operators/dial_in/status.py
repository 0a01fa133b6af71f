"""Read how the peers stand, as the helper writes it down: `wg show … dump` without our own line.

Eight columns apart by tabs (wg(8)): public key, shared key, endpoint, allowed addresses, latest
handshake in seconds since 1970 (0: never), bytes received, bytes sent, keepalive.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from portal.ports import settings

COLUMNS = 8
NOWHERE = "(none)"
# The helper writes it each 20 seconds.
STALE_SECONDS = 180


@dataclass(frozen=True)
class PeerStatus:
    """Say how a peer stands: from where it dials, when it was last agreed on keys, bytes."""

    endpoint: str
    handshake_at: datetime | None
    received: int
    sent: int


def peer_statuses() -> dict[str, PeerStatus] | None:
    """Give how the peers stand, by public key; None where nobody has written it lately."""
    path = Path(settings().wireguard_status)
    try:
        age = datetime.now(UTC).timestamp() - path.stat().st_mtime
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return None
    return None if age > STALE_SECONDS else read_dump(lines)


def read_dump(lines: list[str]) -> dict[str, PeerStatus]:
    """Read the lines; what is none of a peer's is passed over."""
    found = {}
    for line in lines:
        words = line.split("\t")
        if len(words) == COLUMNS and words[4].isdigit():
            at = int(words[4])
            endpoint = "" if words[2] == NOWHERE else words[2]
            moment = datetime.fromtimestamp(at, UTC) if at else None
            found[words[0]] = PeerStatus(endpoint, moment, int(words[5]), int(words[6]))
    return found
