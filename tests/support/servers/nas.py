"""Set a simulated router up for RADIUS, as an operator does at its terminal."""

from __future__ import annotations

from portal.sandbox.routeros import RouterSandbox

# Three tries of it are quick to fail, and long enough for a busy machine to answer in.
TIMEOUT = "500ms"


def serve_by_radius(
    router: RouterSandbox,
    secret: str,
    authentication_port: int,
    accounting_port: int,
    *,
    identity: str | None = None,
    timeout: str = TIMEOUT,
    backup: bool = False,
) -> None:
    """Let its hotspot ask a server of this machine, one more where it asks one already."""
    router.execute(
        "/radius/add",
        service="hotspot",
        address="127.0.0.1",
        secret=secret,
        authentication_port=str(authentication_port),
        accounting_port=str(accounting_port),
        timeout=timeout,
        accounting_backup="yes" if backup else "no",
    )
    if identity is not None:
        router.execute("/system/identity/set", name=identity)
    router.execute("/radius/incoming/set", accept="yes")
    for profile in router.rows("/ip/hotspot/profile"):
        router.execute(
            "/ip/hotspot/profile/set",
            numbers=profile[".id"],
            use_radius="yes",
            login_by="cookie,http-chap,http-pap,mac-cookie",
        )
