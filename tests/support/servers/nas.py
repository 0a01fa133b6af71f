"""Set a simulated router up for RADIUS, as an operator does at its terminal."""

from __future__ import annotations

from portal.sandbox.routeros import RouterSandbox

# Long enough for a busy machine; who waits for silence takes a shorter one.
TIMEOUT = "5s"


def serve_by_radius(
    router: RouterSandbox,
    secret: str,
    authentication_port: int,
    accounting_port: int,
    *,
    realm: str = "",
    timeout: str = TIMEOUT,
    backup: bool = False,
) -> None:
    """Let its hotspot ask a server of this machine, one more where it asks one already."""
    router.execute(
        "/radius/add",
        service="hotspot",
        address="127.0.0.1",
        secret=secret,
        realm=realm,
        authentication_port=str(authentication_port),
        accounting_port=str(accounting_port),
        timeout=timeout,
        accounting_backup="yes" if backup else "no",
    )
    router.execute("/radius/incoming/set", accept="yes")
    for profile in router.rows("/ip/hotspot/profile"):
        router.execute(
            "/ip/hotspot/profile/set",
            numbers=profile[".id"],
            use_radius="yes",
            login_by="cookie,http-chap,http-pap,mac-cookie",
        )


def wait_for_servers(router: RouterSandbox, timeout: str = "10s") -> None:
    """Let the router wait for as long as a busy machine takes."""
    for row in router.rows("/radius"):
        router.execute("/radius/set", numbers=row[".id"], timeout=timeout)
