"""Ask what Portal depends on: its own public address, payment gateways, mail, and Redis."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from limits.storage import storage_from_string
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from portal import ports
from portal.cli.doctor.findings import ADVICE, BAD, OK, UNKNOWN, Diagnosis
from portal.cli.doctor.records import clock
from portal.core.database import reading
from portal.core.mail import MailDelayed, check_mail
from portal.models import GatewayAccount
from portal.ports import settings
from portal.web import arrival
from portal.web.protection import storage_options
from portal.web.request_context import UNTRUSTED_ADVICE

SECONDS = (3.0, 5.0)
# Of a network that nobody has (RFC 5737).
NOBODY = "203.0.113.77"
START = "Arranque la web: systemctl start portal-web, y mire lo que dice el proxy."


def public_address() -> Iterator[Diagnosis]:
    """Go to our own pages as everybody does, and hear how that arrives."""
    try:
        answer = _ask()
    except requests.exceptions.SSLError:
        said = f"El certificado de {settings().public_url} no se puede verificar."
        yield Diagnosis(
            BAD, said, "Renuévelo (certbot renew), y que el nombre sea el de PUBLIC_URL."
        )
    except requests.RequestException as error:
        said = f"No se llega a {settings().public_url} ({type(error).__name__})."
        yield Diagnosis(BAD, said, START)
    else:
        yield from _judged(answer)


def _ask(**headers: str) -> requests.Response:
    url = settings().public_url.rstrip("/") + "/readyz"
    sealed = {arrival.HEADER: arrival.question()}
    return requests.get(url, headers=sealed | headers, timeout=SECONDS, allow_redirects=False)


def _judged(answer: requests.Response) -> Iterator[Diagnosis]:
    try:
        said: dict[str, Any] = answer.json()
    except ValueError:
        said = {}
    if answer.status_code == requests.codes.service_unavailable and "detail" in said:
        yield Diagnosis(BAD, f"La web responde: {said['detail']}")
        return
    seen = said.get("llegada")
    if seen is None:
        told = f"En {settings().public_url} no responde esta instalación ({answer.status_code})."
        yield Diagnosis(BAD, told, "¿Corre con otros ajustes, u otra versión? Reinicie la web.")
        return
    yield Diagnosis(OK, f"Se llega a {settings().public_url}.")
    yield from _proxy(said, seen)


def _proxy(said: dict[str, Any], seen: dict[str, Any]) -> Iterator[Diagnosis]:
    if UNTRUSTED_ADVICE in said["avisos"]:
        yield Diagnosis(BAD, UNTRUSTED_ADVICE)
        return
    public, trusted = urlsplit(settings().public_url), settings().trusted_proxies
    if not trusted:
        yield Diagnosis(ADVICE, "Ningún proxy está delante de gunicorn.", "flask deploy nginx")
    elif (seen["esquema"], seen["host"]) != (public.scheme, public.netloc):
        told = f"Portal cree que lo buscan en {seen['esquema']}://{seen['host']}."
        advice = "El proxy debe mandar X-Forwarded-Proto y X-Forwarded-Host (flask deploy nginx)."
        yield Diagnosis(BAD, told, advice)
    elif _is_fooled():
        told = "Cualquiera se pone la dirección que quiera, con un X-Forwarded-For."
        advice = "TRUSTED_PROXIES dice más proxies de los que hay, o el proxy no lo reemplaza."
        yield Diagnosis(BAD, told, advice)
    else:
        yield Diagnosis(OK, f"El proxy dice quién llega; el doctor llegó como {seen['direccion']}.")


def _is_fooled() -> bool:
    """Tell whether the address that a client gives itself is taken for its own."""
    seen = _ask(**{"X-Forwarded-For": NOBODY}).json()["llegada"]
    return bool(seen["direccion"] == NOBODY)


def gateways() -> Iterator[Diagnosis]:
    """Ask the gateways that companies have accounts at for their time."""
    try:
        with reading() as session:
            names = list(session.scalars(select(GatewayAccount.provider).distinct()))
    except SQLAlchemyError:
        return
    for name in names:
        provider = ports.provider_named(name)
        yield _gateway(provider.label, provider.address)


def _gateway(label: str, address: str) -> Diagnosis:
    before = datetime.now(UTC)
    try:
        answer = requests.get(address, timeout=SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        said = f"No se llega a {label} ({type(error).__name__})."
        return Diagnosis(BAD, said, f"¿Sale este servidor a {address}?")
    try:
        theirs = parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        return Diagnosis(UNKNOWN, f"{label} responde, y no dice qué hora tiene.")
    return clock(label, theirs, before, datetime.now(UTC))


def mail() -> Iterator[Diagnosis]:
    """Log in at the mail server, where there is one."""
    here = settings()
    if not here.smtp_host:
        return
    try:
        check_mail(here)
    except MailDelayed as error:
        said = f"El servidor de correo {here.smtp_host} no deja entrar ({error}): no salen recibos."
        yield Diagnosis(
            BAD, said, "Revise SMTP_HOST, SMTP_PORT, SMTP_SECURITY, usuario y contraseña."
        )
    else:
        yield Diagnosis(OK, f"El servidor de correo {here.smtp_host} deja entrar.")


def counts() -> Iterator[Diagnosis]:
    """Ask the Redis that processes count together in, where there is one."""
    uri = settings().ratelimit_storage_uri
    if uri.startswith("memory"):
        return
    if storage_from_string(uri, **storage_options(uri)).check():
        yield Diagnosis(OK, "El Redis de RATELIMIT_STORAGE_URI responde.")
    else:
        said = "El Redis de RATELIMIT_STORAGE_URI no responde: cada proceso cuenta por su lado."
        yield Diagnosis(BAD, said, "Arránquelo, o revise esa dirección.")
