"""Judge the address under which customers and routers are to reach this deployment."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

import requests

from portal.core.errors import Invalid
from portal.ports import settings

# Names that stand in documentation and examples for one's own (RFC 2606, RFC 6761).
EXAMPLES = ("example", "invalid", "test", "example.com", "example.net", "example.org")
LOOK_SECONDS = (3.0, 5.0)
ASK_WHO_RUNS_IT = "quien administra el servidor pone ahí la dirección https con que se llega a él."
ON_LOOPBACK = "PUBLIC_URL es {}, que solo existe en este servidor: " + ASK_WHO_RUNS_IT
PLACEHOLDER = "PUBLIC_URL es {}, una dirección de ejemplo: " + ASK_WHO_RUNS_IT
UNREACHED = (
    "No se llega a este servidor por {}, así que sus clientes tampoco llegarían: revise que ese "
    "nombre lleve aquí, su certificado, y que el proxy esté en marcha."
)
UNENCRYPTED = (
    "PUBLIC_URL es {}, sin https: la contraseña del router viajaría a la vista. Descargue el guion "
    "y súbalo al router usted mismo."
)


def is_on_loopback() -> bool:
    """Tell whether PUBLIC_URL leads nowhere but to the machine that reads it."""
    host = urlsplit(settings().public_url).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def check_public_address(arrived_at: str | None = None) -> None:
    """Refuse an address that a router could not send its customers to. Raises Invalid.

    `arrived_at` is the address by which whoever asks came here: where it is the very one, it
    leads here, also from a network out of which this server cannot see itself. This machine's own
    is good where routers may be on it too.
    """
    url = settings().public_url
    if is_on_loopback():
        if settings().allow_private_targets:
            return
        raise Invalid(ON_LOOPBACK.format(url))
    if _is_example():
        raise Invalid(PLACEHOLDER.format(url))
    if not _is_same(arrived_at, url) and not _answers(url):
        raise Invalid(UNREACHED.format(url))


def check_encrypted() -> None:
    """Refuse to send a secret where it could be read on the way. Raises Invalid."""
    url = settings().public_url
    if urlsplit(url).scheme != "https" and not is_on_loopback():
        raise Invalid(UNENCRYPTED.format(url))


def _is_example() -> bool:
    host = (urlsplit(settings().public_url).hostname or "").rstrip(".")
    return any(host == name or host.endswith(f".{name}") for name in EXAMPLES)


def _is_same(arrived_at: str | None, url: str) -> bool:
    return arrived_at is not None and _place(arrived_at) == _place(url)


def _place(url: str) -> tuple[str, str | None, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def _answers(url: str) -> bool:
    try:
        answer = requests.get(
            url.rstrip("/") + "/healthz", timeout=LOOK_SECONDS, allow_redirects=False
        )
        return bool(answer.json()["estado"] == "vivo")
    except (requests.RequestException, ValueError, KeyError, TypeError):
        return False
