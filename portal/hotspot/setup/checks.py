"""Check every point that a router must meet, and give the line that mends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from portal.hotspot.inspection import Inspection, Service
from portal.hotspot.routeros.values import readable
from portal.hotspot.setup import (
    clock_checks,
    exposure_checks,
    folder_checks,
    profile_checks,
    release_checks,
    terminal,
    walled_garden_checks,
)
from portal.hotspot.setup.dial_in import device_checks
from portal.hotspot.setup.facts import KitFacts, without_port
from portal.hotspot.setup.findings import Finding, State
from portal.hotspot.setup.login_hosts import login_host
from portal.hotspot.setup.pages import is_login_page
from portal.hotspot.setup.radius.checks import radius
from portal.hotspot.setup.served import served, served_profiles

Check = Callable[[KitFacts, Inspection], Iterator[Finding]]
ENOUGH_SESSIONS = 40
ENCRYPTED = 'en los datos del router: "puerto": 8729 y "tls": "huella" o "verificado"'


def check(facts: KitFacts, found: Inspection) -> list[Finding]:
    """Give what all checks have to say of this router, in the order in which to mend it."""
    return [finding for check in CHECKS for finding in check(facts, found)]


def _hotspot(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    say = partial(Finding, "Hotspot activo")
    wanted = [server.shown for server in served(facts, found)]
    if wanted:
        yield say(State.OK, ", ".join(wanted))
    else:
        yield say(State.MISSING, "no hay", "/ip hotspot setup")


def _login_by(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    for profile in served_profiles(facts, found):
        say = partial(Finding, f"Formas de entrar ({profile.shown})")
        methods = ",".join(sorted(profile.login_by))
        if profile.login_by >= set(terminal.LOGIN_BY):
            yield say(State.OK, methods)
        else:
            wanted = ",".join(
                [*terminal.LOGIN_BY, *sorted(profile.login_by - set(terminal.LOGIN_BY))]
            )
            mend = terminal.set_server_profile(profile.name, "login-by", wanted)
            yield say(State.MISSING, methods or "ninguna", mend)


def _login_hosts(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    """Check that we are ready to post a code where the router says that its login page lives."""
    known = {without_port(host) for host in facts.login_hosts}
    for profile in served_profiles(facts, found):
        say = partial(Finding, f"Dirección de la página de entrada ({profile.shown})")
        host = login_host(profile)
        if not host:
            yield say(State.UNKNOWN, "el hotspot no dice cuál es")
        elif host in known:
            yield say(State.OK, host)
        else:
            yield say(State.MISSING, f"agregue {host} a login_hosts en los datos del router")


def _pages(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    mend = f"/import file-name=portal-{facts.router_id}.rsc"
    for profile in served_profiles(facts, found):
        say = partial(Finding, f"Página de entrada ({profile.shown})")
        if profile.name not in found.pages:
            yield say(State.MISSING, "no hay login.html", mend)
        elif (text := found.pages[profile.name]) is None:
            yield say(State.UNKNOWN, "el router no deja leer sus archivos")
        elif is_login_page(facts, text):
            yield say(State.OK, "es la del kit")
        else:
            yield say(State.MISSING, "no es la del kit", mend)


def _service(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    say = partial(Finding, f"Servicio {facts.service}")
    service = _named_service(found, facts.service)
    if service is None or service.disabled:
        yield say(State.MISSING, "desactivado", terminal.enable_service(facts.service))
    elif facts.api_ssl and not service.certificate:
        mend = terminal.set_certificate(facts.certificate or terminal.CERTIFICATE)
        yield say(State.MISSING, "sin certificado", mend)
    else:
        yield say(State.OK, readable(service.certificate) or "activo")


def _encryption(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    """Warn of what is good enough for a cable of one's own, and not for the Internet."""
    say = partial(Finding, "Cifrado")
    lacking = State.MISSING if facts.over_internet else State.ADVICE
    where = " por Internet" if facts.over_internet else ""
    if not facts.api_ssl:
        yield say(lacking, f"la contraseña del router viaja{where} sin cifrar; {ENCRYPTED}")
    elif not facts.identified:
        yield say(lacking, f"cifrado{where}, pero sin saber con quién; {ENCRYPTED}")
    else:
        yield say(State.OK, "certificado comprobado")


def _sessions(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    service = _named_service(found, facts.service)
    if service is None or service.max_sessions is None:
        return
    say = partial(Finding, "Sesiones de la API", found=str(service.max_sessions))
    if service.max_sessions >= ENOUGH_SESSIONS:
        yield say(state=State.OK)
    else:
        mend = terminal.set_sessions(facts.service, terminal.MAX_SESSIONS)
        yield say(state=State.ADVICE, mend=mend)


def _permissions(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    say = partial(Finding, "Permisos del usuario de la API")
    policies = found.user.policies
    if policies is None:
        yield say(State.UNKNOWN, "el router no deja leerlos")
        return
    granted = {policy for policy in policies if not policy.startswith("!")}
    shown = ",".join(sorted(granted))
    if granted == set(terminal.POLICIES):
        yield say(State.OK, shown)
    elif granted > set(terminal.POLICIES):
        yield say(State.ADVICE, f"tiene más de los que necesita: {shown}")
    else:
        yield say(State.MISSING, shown or "ninguno", terminal.give_group(facts.api_user))


def _addresses(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    say = partial(Finding, "Direcciones del usuario de la API")
    if found.user.addresses is None:
        yield say(State.UNKNOWN, "el router no deja leerlas")
    elif found.user.addresses:
        yield say(State.OK, found.user.addresses)
    else:
        mend = terminal.limit_addresses(facts.api_user, facts.allowed_from)
        yield say(State.ADVICE, "entra desde cualquiera", mend if facts.allowed_from else "")


def _announcement(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    """RouterOS announces its api.json by itself, once the hotspot has a name and a certificate."""
    for profile in served_profiles(facts, found):
        say = partial(Finding, f"Aviso a los teléfonos, opción 114 ({profile.shown})")
        if profile.dns_name and profile.ssl_certificate and "https" in profile.login_by:
            yield say(State.OK, f"https://{profile.dns_name}/api")
        else:
            yield say(State.ADVICE, "requiere dns-name, ssl-certificate y login-by=https")


CHECKS: tuple[Check, ...] = (
    _hotspot,
    release_checks.release,
    device_checks.device_mode,
    _service,
    exposure_checks.addresses,
    _encryption,
    _sessions,
    _permissions,
    _addresses,
    _login_by,
    _login_hosts,
    radius,
    folder_checks.override,
    folder_checks.shared,
    _pages,
    walled_garden_checks.portal_address,
    walled_garden_checks.walled_garden,
    profile_checks.user_profiles,
    exposure_checks.internet,
    exposure_checks.customers,
    clock_checks.clock,
    clock_checks.zone,
    _announcement,
)


def _named_service(found: Inspection, name: str) -> Service | None:
    return next((service for service in found.services if service.name == name), None)
