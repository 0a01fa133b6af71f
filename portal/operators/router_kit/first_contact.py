"""Learn a router's certificate when it is first met, and hold it to that one from then on."""

from __future__ import annotations

from portal.hotspot.errors import RouterError
from portal.models import Router
from portal.operators import routers
from portal.operators.audit import Actor
from portal.operators.dial_in.standing import problem_at
from portal.operators.targets import check_target
from portal.ports import inspector_of, settings


def certificate_shown(company_id: str, router_id: str) -> str:
    """Read the SHA-256 of the certificate that answers for the router, as its terminal writes it.

    That is 64 hex digits in lower case without colons, which the kit's script shows at its end.
    No password is sent. Raises NotFound, and with advice Invalid and Unavailable.
    """
    router = routers.get(company_id, router_id)
    if router.dial_in is None:
        check_target(routers.host_of(router))
    try:
        return inspector_of(router).fingerprint(settings().router_connect_timeout)
    except RouterError as error:
        raise problem_at(router, error) from error


def trust_certificate(
    actor: Actor, company_id: str, router_id: str, fingerprint: str, *, trusted: bool = False
) -> Router:
    """Hold the router to this certificate. Raises NotFound, Invalid.

    `trusted`: whoever says so has just shown who they are, so that a password which worked before
    is sent to it as well.
    """
    return routers.update(
        actor,
        company_id,
        router_id,
        trusted=trusted,
        tls="pinned",
        tls_fingerprint=fingerprint,
    )
