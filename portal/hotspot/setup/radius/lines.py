"""Write commands for a router's terminal about RADIUS."""

from __future__ import annotations

from portal.hotspot.setup.quoting import Code, quote
from portal.hotspot.setup.radius.facts import MOST_SERVERS, RadiusFacts, RadiusServer

SIGNED = "yes-for-request-resp"
# Of a hotspot's profile; the interval of reports is then what our answer says.
PROFILE = Code(
    "use-radius=yes radius-accounting=yes radius-interim-update=received"
    " nas-port-type=wireless-802.11 radius-mac-format=XX:XX:XX:XX:XX:XX"
)


def marks(mark: str) -> list[str]:
    """List the comments of our servers, in their order."""
    return [f"{mark} radius {number}" for number in range(1, MOST_SERVERS + 1)]


def marked(mark: str) -> Code:
    """Give a condition on the comment, which may be that of any of them."""
    return Code("(" + " || ".join(f"comment={quote(each)}" for each in marks(mark)) + ")")


def server_words(facts: RadiusFacts, server: RadiusServer) -> Code:
    """Give a server's values as `add` and `set` take them; the second one keeps accounts alone.

    The realm says which router asks. MikroTik's manual ("AAA: RADIUS client") has it sent as
    Mikrotik-Realm with every request, and accounting carry what logins do; that Accounting-On does
    too, and that a user's name stays as it is, is assumed. Only who administers the router reads
    it there, while neighbours are told its identity, and its pages may show that and the
    hotspot's location.
    """
    login_port, accounting_port = facts.ports(server)
    is_second = server is not facts.servers[0]
    return Code(
        f"service=hotspot address={server.address} secret={quote(facts.said_secret)}"
        f" realm={facts.name}"
        f" authentication-port={login_port} accounting-port={accounting_port}"
        f" timeout={facts.timeout}ms accounting-backup={'yes' if is_second else 'no'} disabled=no"
    )


def sign(mark: str) -> Code:
    """Have answers signed, for versions that can be told."""
    return Code(f"/radius set [find where comment={quote(mark)}] require-message-auth={SIGNED}")


def protocol(facts: RadiusFacts, mark: str) -> Code:
    """Choose between UDP and RadSec, for versions that have both."""
    name = "radsec" if facts.radsec else "udp"
    certificate = quote(facts.certificate) if facts.radsec and facts.certificate else "none"
    chosen = f"[find where comment={quote(mark)}]"
    return Code(f"/radius set {chosen} protocol={name} certificate={certificate}")


def open_incoming(facts: RadiusFacts) -> Code:
    """Let sessions be ended from outside, at the port where we say so."""
    return Code(f"/radius incoming set accept=yes port={facts.incoming_port}")


def let_in(facts: RadiusFacts, server: RadiusServer, mark: str) -> Code:
    """Let that through the router's own firewall."""
    return Code(
        "/ip firewall filter add chain=input action=accept protocol=udp"
        f" dst-port={facts.incoming_port} src-address={server.address} comment={quote(mark)}"
    )


def first_place() -> Code:
    """Put a rule before those that stand there, which may close the door to all."""
    return Code("place-before=[:pick [/ip firewall filter find where dynamic=no] 0]")
