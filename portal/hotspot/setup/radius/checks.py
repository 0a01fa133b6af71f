"""Check what lets a router's customers in by RADIUS, and lets us end their sessions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from portal.hotspot.asked_servers import AskedServer, AskedServers
from portal.hotspot.inspection import Inspection, ServerProfile
from portal.hotspot.setup import terminal
from portal.hotspot.setup.facts import KitFacts
from portal.hotspot.setup.findings import Finding, State
from portal.hotspot.setup.radius import lines
from portal.hotspot.setup.radius.facts import RADSEC_PORT, RadiusFacts
from portal.hotspot.setup.served import served_profiles

UNREADABLE = "el router no deja leerlo"
BY_TLS = (RADSEC_PORT, RADSEC_PORT)
# A secret stands in the kit alone, so no single line mends what lacks one.
RUN_KIT = "ejecute otra vez el guion del kit"


def radius(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    """Say how each of its points stands; nothing where the router's own users are let in."""
    if facts.radius is None:
        return
    for profile in served_profiles(facts, found):
        yield from _profile(profile)
    if found.radius is None:
        yield Finding("Servidores RADIUS", State.UNKNOWN, UNREADABLE)
    else:
        yield _name(facts, facts.radius, found.radius)
        yield _servers(facts, facts.radius, found.radius)
        yield _incoming(facts.radius, found.radius)


def _name(facts: KitFacts, wanted: RadiusFacts, found: AskedServers) -> Finding:
    """Say whether our servers are told which router asks. The name itself is for them alone."""
    say = partial(Finding, "Nombre para RADIUS")
    marks = lines.marks(facts.mark)
    ours = [server for server in found.servers if server.comment in marks]
    unnamed = [server.address for server in ours if server.realm != wanted.name]
    if not ours or unnamed:
        places = f" ({', '.join(unnamed)})" if unnamed else ""
        return say(State.MISSING, f"«realm» no dice qué router es{places}: {RUN_KIT}")
    return say(State.OK, "lo dice «realm»")


def _profile(profile: ServerProfile) -> Iterator[Finding]:
    say = partial(Finding, f"Entrada por RADIUS ({profile.shown})")
    if not profile.uses_radius:
        mend = terminal.set_server_profile(profile.name, "use-radius", "yes")
        yield say(State.MISSING, "el hotspot no pregunta a RADIUS", mend)
    elif not profile.reports_to_radius:
        mend = terminal.set_server_profile(profile.name, "radius-accounting", "yes")
        yield say(State.MISSING, "el hotspot no informa lo que se usa", mend)
    elif profile.radius_interim not in ("", "received"):
        mend = terminal.set_server_profile(profile.name, "radius-interim-update", "received")
        yield say(State.ADVICE, f"informa cada {profile.radius_interim}", mend)
    else:
        yield say(State.OK, "pregunta e informa")


def _servers(facts: KitFacts, wanted: RadiusFacts, found: AskedServers) -> Finding:
    say = partial(Finding, "Servidores RADIUS")
    enabled = [server for server in found.servers if not server.disabled]
    marks = lines.marks(facts.mark)
    ours = [server for server in enabled if server.comment in marks]
    missing = [
        each.address
        for each in wanted.servers
        if not any(_is(server, each.address, *wanted.ports(each)) for server in ours)
    ]
    if missing:
        return say(State.MISSING, f"no pregunta a {', '.join(missing)}: {RUN_KIT}")
    if enabled[0] not in ours:
        # It answers all logins first, and knows none of our customers.
        return say(State.ADVICE, f"antes pregunta a {enabled[0].address}, que no es nuestro")
    return say(State.OK, ", ".join(server.address for server in ours))


def _is(server: AskedServer, address: str, login_port: int, accounting_port: int) -> bool:
    ports = (server.authentication_port, server.accounting_port)
    # Whether by UDP or by TLS is for who runs the kit to say.
    return server.address == address and ports in ((login_port, accounting_port), BY_TLS)


def _incoming(wanted: RadiusFacts, found: AskedServers) -> Finding:
    say = partial(Finding, "Desconexión por RADIUS")
    if found.accepts_changes and found.incoming_port == wanted.incoming_port:
        return say(State.OK, f"puerto {wanted.incoming_port}")
    mend = lines.open_incoming(wanted)
    said = f"puerto {found.incoming_port}" if found.accepts_changes else "cerrada"
    return say(State.MISSING, said, mend)
