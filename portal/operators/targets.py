"""Check the hosts that operators name, and say why one cannot be spoken to."""

from __future__ import annotations

from portal.core.errors import Invalid, Problem, Unavailable
from portal.hotspot.errors import (
    RouterError,
    RouterUnavailable,
    RouterUnidentified,
    TargetForbidden,
)
from portal.hotspot.targets import refuse_own_host
from portal.ports import settings

# One sentence for a closed port, a silent one, and one where something else listens: told apart
# they would tell an operator what runs on other people's machines.
NOT_ENTERED = (
    "No se pudo entrar al router: revise su dirección, el puerto (8728 sin TLS, 8729 con TLS), el "
    "modo de TLS y el certificado; que esté encendido, que el servicio api (o api-ssl) esté "
    "habilitado en /ip service con sesiones libres (max-sessions) y que permita la dirección de "
    "este servidor."
)


def check_target(host: str) -> None:
    """Raise Invalid for this machine or a neighbour. Waits for the name service a few seconds."""
    if settings().allow_private_targets:
        return
    try:
        refuse_own_host(host, settings().router_connect_timeout)
    except TargetForbidden as error:
        raise problem_of(error) from error


def problem_of(error: RouterError) -> Problem:
    """Make the answer to an operator whose router did not do what was asked."""
    if isinstance(error, TargetForbidden):
        return Invalid(error.advice, errores={"host": [error.advice]})
    if isinstance(error, RouterUnavailable | RouterUnidentified):
        return Unavailable(NOT_ENTERED)
    return Unavailable(error.advice)
