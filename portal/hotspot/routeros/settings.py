"""Set the numbers by which a router is spoken to."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from math import inf


@dataclass(frozen=True)
class RouterSettings:
    """Set the limits for every router of one process. Times in seconds.

    RouterOS allows 20 sessions a service ("max-sessions" in its documentation), and every
    process holds up to `connections` of them: keep processes times `connections` well below.
    All commands share one; the second is for long answers, and for routers without tags. On each
    router at most `commands` are open, fewer where it does not work on them side by side. One that
    is not over `cancel_seconds` after its `/cancel` costs it the connection.

    While the oldest call has gone unanswered for `slow_after`, a router holds at most
    `slow_requests` requests, those that call and those that wait together. Of `most_requests` in
    all each owner of routers has an even part, once they are taken. `ca_file` replaces
    the system's authorities for routers whose certificate is verified. Without `own_machine`
    no address of this machine itself is connected to. `tunnel` is the network of those that dial
    in, where whoever does not is looked for in vain.

    After `probe_seconds` without a word, whole ones, the kernel asks whether a router is there.
    """

    connections: int = 2
    commands: int = 32
    idle_seconds: float = 20.0
    probe_seconds: int = 4
    connect_timeout: float = 3.0
    slow_after: float = 1.0
    slow_requests: int = 4
    most_requests: float = inf
    breaker_failures: int = 3
    breaker_seconds: float = 5.0
    verify_seconds: float = 3.0
    verify_first_pause: float = 0.05
    verify_longest_pause: float = 0.8
    cancel_seconds: float = 2.0
    full_first_pause: float = 0.1
    full_longest_pause: float = 0.8
    forget_seconds: float = 600.0
    ca_file: str | None = None
    own_machine: bool = False
    tunnel: IPv4Network | None = None
