"""Write the commands by which a router dials in: WireGuard, or L2TP with IPsec for RouterOS 6.

Menus that RouterOS 6 has not are written into strings that are read only where they exist: a
router reads a whole script before it runs it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from portal.hotspot.setup.quoting import Code, quote

# Where its NAT gives a router another port it is unheard until it speaks by itself: up to 10 s as
# measured, where the usual 25 leave up to 25 s of refused sales. It costs 16 MB a month, not 6.
KEEPALIVE_SECONDS = 10
WATCH = Code("5m")
_ENDPOINT = re.compile(r"[A-Za-z0-9.-]+", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9+/]{43}=", re.ASCII)


@dataclass(frozen=True)
class TunnelFacts:
    """Hold what a router needs to dial in.

    `address` is its own in the tunnel, `ours` the server's. `post_to` is where it posts its
    public key, empty where that is pasted by hand. `user`, `secret` and `ipsec_secret` are
    L2TP's. Raises ValueError.
    """

    router_id: str
    address: str
    ours: str
    endpoint: str
    port: int = 0
    public_key: str = ""
    post_to: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    ipsec_secret: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not _ENDPOINT.fullmatch(self.endpoint):
            raise ValueError("no endpoint")
        if not self.is_l2tp and not _KEY.fullmatch(self.public_key):
            raise ValueError("no public key")

    @property
    def is_l2tp(self) -> bool:
        """Tell whether it dials in by L2TP."""
        return bool(self.secret)

    @property
    def interface(self) -> str:
        """Name the interface on the router, in at most 15 letters."""
        return f"portal-{self.router_id[-8:].lower()}"

    @property
    def mark(self) -> str:
        """Give the comment of what the kit made."""
        return f"portal {self.router_id}"

    @property
    def named(self) -> Code:
        """Give a condition on the peers of its interface."""
        return Code(f"interface={quote(self.interface)}")


def later(command: str) -> Code:
    """Give a function of the command, which is read only when it is made."""
    return Code(f"[:parse {quote(command)}]")


def make_interface(facts: TunnelFacts) -> Code:
    """Make the interface; the router draws its private key."""
    name, mark = quote(facts.interface), quote(facts.mark)
    return later(f"/interface wireguard add name={name} mtu=1420 comment={mark}")


def find_interface(facts: TunnelFacts) -> Code:
    """Give the interface, if it is there."""
    return later(f":return [/interface wireguard find where name={quote(facts.interface)}]")


def public_key(facts: TunnelFacts) -> Code:
    """Give its public key."""
    found = f"[/interface wireguard find where name={quote(facts.interface)}]"
    return later(f":return [/interface wireguard get {found} public-key]")


def find_peer(facts: TunnelFacts) -> Code:
    """Give our end among the interface's peers, if it is there."""
    ours = f"{facts.named} && public-key={quote(facts.public_key)}"
    return later(f":return [/interface wireguard peers find where {ours}]")


def make_peer(facts: TunnelFacts) -> Code:
    """Make our end a peer, and the only one: another key was this server's before."""
    menu = "/interface wireguard peers"
    clear = f"{menu} remove [find where {facts.named}]"
    add = f"{menu} add {facts.named} public-key={quote(facts.public_key)} {_way(facts)}"
    return later(f"{clear}; {add} comment={quote(facts.mark)}")


def set_peer(facts: TunnelFacts) -> Code:
    """Bring our end to what it should be."""
    return later(
        f"/interface wireguard peers set [find where {facts.named}] {_way(facts)} disabled=no"
    )


def watch(facts: TunnelFacts) -> Code:
    """Give what a scheduler runs: it looks the endpoint's name up again where nothing answers.

    RouterOS does so only when a peer is switched on.
    """
    menu = "/interface wireguard peers"
    if facts.is_l2tp:
        menu, facts_named = "/interface l2tp-client", Code(f"name={quote(facts.interface)}")
    else:
        facts_named = facts.named
    turn = f"{menu} {{}} [find where {facts_named}]"
    again = f"{turn.format('disable')}; :delay 2s; {turn.format('enable')}"
    return quote(f":if ([/ping {facts.ours} count=3] = 0) do={{ {again} }}")


@dataclass(frozen=True)
class Limit:
    """Describe a rule of the firewall by its mark, and what it says."""

    mark: str
    said: str

    @property
    def add(self) -> Code:
        """Add the rule behind all others."""
        return Code(f"/ip firewall filter add {self.said} comment={quote(self.mark)}")

    @property
    def set(self) -> Code:
        """Bring it to that where it stands."""
        return Code(f"/ip firewall filter set [find where comment={quote(self.mark)}] {self.said}")

    @property
    def add_first(self) -> Code:
        """Add it before all others."""
        first = "[:pick [/ip firewall filter find where dynamic=no] 0]"
        return Code(f"{self.add} place-before={first}")


def limits(facts: TunnelFacts) -> tuple[Limit, ...]:
    """Let our server alone in, and to the router alone; each is put before the ones named here."""
    into = f"in-interface={quote(facts.interface)}"
    forward, drop, accept = limit_marks(facts.mark)
    return (
        Limit(forward, f"chain=forward action=drop {into}"),
        Limit(drop, f"chain=input action=drop {into}"),
        Limit(accept, f"chain=input action=accept {into} src-address={quote(facts.ours)}"),
    )


def limit_marks(mark: str) -> tuple[str, ...]:
    """Give the comments of those rules."""
    return tuple(f"{mark} {what}" for what in ("tunel reenvio", "tunel otros", "tunel servidor"))


def undo(mark: str) -> Code:
    """Remove the interface and its peers by their mark."""
    ours = f"[find where comment={quote(mark)}]"
    menu = "/interface wireguard"
    return later(f"{menu} peers remove {ours}; {menu} remove {ours}")


def _way(facts: TunnelFacts) -> str:
    said = f"endpoint-address={quote(facts.endpoint)} endpoint-port={facts.port}"
    only = f"allowed-address={quote(facts.ours + '/32')}"
    return f"{said} {only} persistent-keepalive={KEEPALIVE_SECONDS}s"
