"""Check who else may knock at the router's services: the Internet, and customers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network

from portal.hotspot.inspection import Inspection, Service
from portal.hotspot.network import Firewall
from portal.hotspot.setup import terminal
from portal.hotspot.setup.facts import KitFacts
from portal.hotspot.setup.findings import Finding, State
from portal.hotspot.setup.firewall import Visitor, lets_in
from portal.hotspot.setup.quoting import quote
from portal.hotspot.setup.served import profile_of, served

API = ("api", "api-ssl")
MANAGING = (*API, "winbox", "ssh", "telnet", "ftp")
# A hotspot answers its customers' web requests itself, so these are no way in for them.
WEB = ("www", "www-ssl")
UNREADABLE = "el router no deja leer su cortafuegos"
OURS = "; deje entrar solo la dirección pública de este servidor"
_EVERYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))

Network = IPv4Network | IPv6Network


def addresses(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    """Check that the service that we use lets this machine in.

    A connection that stands is not asked again; the next one would be.
    """
    for service in found.services:
        if service.name != facts.service or not service.addresses:
            continue
        say = partial(Finding, f"Direcciones del servicio {service.name}")
        listed = ", ".join(service.addresses)
        ours = ((one, ip_network(one, strict=False)) for one in facts.allowed_from)
        lacking = [one for one, network in ours if not _answers(service, network)]
        if lacking:
            mend = terminal.set_addresses(service.name, (*service.addresses, *lacking))
            yield say(
                State.MISSING, f"{listed}: este servidor ({lacking[0]}) no podrá entrar", mend
            )
        else:
            yield say(State.OK, listed)


def internet(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    """Check that the Internet does not reach what manages the router."""
    firewall = found.firewall
    if firewall is None:
        yield Finding("Servicios abiertos a Internet", State.UNKNOWN, UNREADABLE)
        return
    for wan in firewall.wans or ("",):
        where = f" ({wan})" if wan else ""
        say = partial(Finding, f"Servicios abiertos a Internet{where}")
        open_to = _open(found, firewall, Visitor(wan, None), (*MANAGING, *WEB))
        if not open_to:
            yield say(State.OK, "ninguno")
            continue
        state = State.MISSING if _names(open_to) & set(API) else State.ADVICE
        mend = _mend(facts, firewall, open_to, f"in-interface={quote(wan)}") if wan else ""
        yield say(state, _said(open_to, "cualquiera") + ("" if mend else OURS), mend)


def customers(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    """Check that whoever has paid does not reach what manages the router."""
    if found.firewall is None:
        return
    for server in served(facts, found):
        profile = profile_of(server, found)
        if profile is None or not _is_address(profile.address):
            continue
        visitor = Visitor(server.interface, profile.address, is_customer=True)
        open_to = _open(found, found.firewall, visitor, MANAGING)
        say = partial(Finding, f"Servicios al alcance de los clientes ({server.shown})")
        if open_to:
            mend = _mend(facts, found.firewall, open_to, "hotspot=from-client")
            yield say(State.ADVICE, _said(open_to, "quien ya pagó"), mend)
        else:
            yield say(State.OK, "ninguno")


def _open(
    found: Inspection, firewall: Firewall, visitor: Visitor, names: tuple[str, ...]
) -> list[Service]:
    everybody = visitor.source is None
    wanted = _EVERYWHERE if everybody else (ip_network(visitor.source or ""),)
    return [
        service
        for service in found.services
        if service.name in names
        and not service.disabled
        and service.port
        and any(_answers(service, network) for network in wanted)
        and lets_in(firewall, visitor, service.port)
    ]


def _mend(facts: KitFacts, firewall: Firewall, open_to: list[Service], whose: str) -> str:
    """Close the ports for all but this machine; nothing where that is not known to stay in."""
    known = [ip_network(one, strict=False) for one in facts.allowed_from]
    ours = [one for one in known if one.version == 4]
    if not facts.allowed_from or len(ours) > 1:
        return ""
    ports = ",".join(sorted({str(service.port) for service in open_to}, key=int))
    has_rules = any(not rule.dynamic for rule in firewall.rules)
    but = f"!{ours[0]}" if ours else None
    return terminal.close_ports(ports, whose, but=but, is_first=has_rules)


def _answers(service: Service, network: Network) -> bool:
    """Tell whether the service answers all of a network."""
    return not service.addresses or any(
        network.version == listed.version and _holds(listed, network)
        for listed in _networks(service)
    )


def _holds(listed: Network, network: Network) -> bool:
    if isinstance(listed, IPv4Network) and isinstance(network, IPv4Network):
        return network.subnet_of(listed)
    if isinstance(listed, IPv6Network) and isinstance(network, IPv6Network):
        return network.subnet_of(listed)
    return False


def _networks(service: Service) -> Iterator[Network]:
    for listed in service.addresses:
        try:
            yield ip_network(listed, strict=False)
        except ValueError:
            continue


def _is_address(text: str) -> bool:
    try:
        return bool(IPv4Address(text))
    except ValueError:
        return False


def _names(services: list[Service]) -> set[str]:
    return {service.name for service in services}


def _said(open_to: list[Service], whom: str) -> str:
    *firsts, last = [f"{service.name} ({service.port})" for service in open_to]
    named = f"{', '.join(firsts)} y {last}" if firsts else last
    return f"{named} {'responden' if firsts else 'responde'} a {whom}"
