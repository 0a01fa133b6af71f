"""Tell the operator what only they can mend on a router, and how."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy.orm import Session

from portal import ports
from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert, resolve_alerts
from portal.core.database import writing
from portal.hotspot.errors import ProfileMissing, RouterError, RouterRefused
from portal.hotspot.inspection import UserScript
from portal.hotspot.presence import LoggedIn, LoginRefusal, NotLoggedIn
from portal.hotspot.provisioning import UserFound
from portal.models import Access, Router
from portal.models.access import AccessState

STILL_OURS = (
    "Devolvemos la marca y lo vendido se sigue quitando a su hora, pero quite esa orden del script."
)
LOOK_YOURSELF = (
    "No vemos la orden en los perfiles: revise /system script, /system scheduler y quién más "
    "administra el router."
)
USER_LEFT = (
    "Terminó un acceso, y en el router queda un usuario con su nombre que ya no lleva nuestras "
    "marcas: no lo tocamos, porque puede ser de otros. Si es el vendido, bórrelo y saque sus "
    "sesiones."
)
USER_DISABLED = (
    "Alguien desactivó en el router el acceso vendido {}: se queda así y su cliente no entra. Para "
    'devolvérselo: /ip hotspot user enable [find comment="{}"]. Si pagan por sumarle tiempo '
    "mientras tanto, ese pago espera a que lo active, y si no, se devuelve."
)
# Of what else the router refuses, the customer is told.
REFUSALS = {
    LoginRefusal.LICENSE_LIMIT: (
        AlertKind.LICENSE_LIMIT,
        "La licencia del router no admite más usuarios conectados: quien paga no puede entrar. "
        "Suba el nivel de la licencia (/system license) o reparta los clientes en otro router.",
    ),
    LoginRefusal.NO_FREE_ADDRESS: (
        AlertKind.NO_FREE_ADDRESS,
        "Al hotspot no le quedan direcciones libres: quien paga no puede entrar. Amplíe el rango "
        "en /ip pool o acorte el tiempo de préstamo en /ip dhcp-server.",
    ),
    LoginRefusal.TOO_MANY_SESSIONS: (
        AlertKind.SHARED_USERS,
        "El perfil no deja entrar tantos aparatos como vende el plan: suba shared-users en "
        "/ip hotspot user profile.",
    ),
    LoginRefusal.OTHER: (
        AlertKind.LOGIN_REFUSED,
        "El router no dejó entrar a un aparato con un código bueno, por una razón que no "
        "conocemos: revise su registro (/log print where topics~hotspot).",
    ),
}


def tell_of_changed_users(router: Router, found: UserFound) -> None:
    """Name the script that changes our marks or binds users to a MAC, where one was found so."""
    if not (found.mark_changed or found.bound):
        return
    scripts = _scripts(router)
    with writing() as session:
        if found.mark_changed:
            said = _mark_changed(scripts)
            raise_alert(session, router.company_id, AlertKind.MARK_CHANGED, router.id, said)
        if found.bound:
            raise_alert(
                session, router.company_id, AlertKind.USER_BOUND, router.id, _bound(scripts)
            )


def tell_of_login(router: Router, said: LoggedIn | NotLoggedIn) -> None:
    """Tell of a login that only the operator can make possible, or that had to be."""
    is_bound = isinstance(said, NotLoggedIn) and said.reason is LoginRefusal.BOUND_TO_MAC
    if is_bound or (isinstance(said, LoggedIn) and said.unbound):
        tell_of_changed_users(router, UserFound(True, bound=True))
    elif isinstance(said, NotLoggedIn) and said.reason in REFUSALS:
        kind, sentence = REFUSALS[said.reason]
        with writing() as session:
            raise_alert(session, router.company_id, kind, router.id, sentence)


def tell_of_refusal(router: Router, error: RouterError) -> None:
    """Tell of an error of the router's that somebody has to mend there; of no other."""
    if not isinstance(error, RouterRefused):
        return
    is_missing = isinstance(error, ProfileMissing)
    kind = AlertKind.PROFILE_MISSING if is_missing else AlertKind.ROUTER_REFUSED
    with writing() as session:
        raise_alert(session, router.company_id, kind, router.id, error.advice)


def tell_of_lost_name(router: Router, access_id: str, advice: str) -> None:
    """Tell that a user which is not ours has the name that was sold, and what may have made it so.

    Where a script writes to comments, it may well be ours after all.
    """
    writers = _naming(_scripts(router), "comment", "email")
    said = f"{advice} {writers} cambia la marca de los usuarios." if writers else advice
    with writing() as session:
        raise_alert(session, router.company_id, AlertKind.NAME_LOST, access_id, said)


def tell_of_user_left(router: Router, access: Access) -> None:
    """Tell of a user that has the name of what was sold and is to go, but cannot be known as ours.

    Only where it was ever delivered: before, nobody could have come in by it.
    """
    if access.wanted != AccessState.ABSENT or access.started_at is None:
        return
    with suppress(RouterError):
        timeout = ports.settings().router_timeout
        if ports.provisioner_of(router).find_user(access.name, timeout) is None:
            return
        writers = _naming(_scripts(router), "comment", "email")
        said = f"{USER_LEFT} Cambia las marcas {writers}." if writers else USER_LEFT
        with writing() as session:
            raise_alert(session, router.company_id, AlertKind.USER_LEFT, access.id, said)


def tell_of_disabled_user(session: Session, access: Access, mark: str) -> None:
    """Tell that somebody disabled a user that was sold, and how to give it back."""
    said = USER_DISABLED.format(access.shown_name, mark)
    raise_alert(session, access.company_id, AlertKind.USER_DISABLED, access.id, said)


def tell_of_user_back(session: Session, access: Access) -> None:
    """Close that alert: the user is enabled again, or gone."""
    resolve_alerts(session, access.company_id, AlertKind.USER_DISABLED, access.id)


def _scripts(router: Router) -> tuple[UserScript, ...]:
    with suppress(RouterError):
        return ports.inspector_of(router).user_scripts(ports.settings().router_timeout)
    return ()


def _mark_changed(scripts: tuple[UserScript, ...]) -> str:
    begin = "Cambió el comentario (comment) que marca a nuestros usuarios en el router."
    if writers := _naming(scripts, "comment", "email"):
        return f"{begin} Lo cambia {writers}. {STILL_OURS}"
    return f"{begin} {_suspects(scripts)}"


def _bound(scripts: tuple[UserScript, ...]) -> str:
    begin = "Un usuario vendido quedó atado a un solo aparato (mac-address): los demás no entran."
    if writers := _naming(scripts, "mac-address"):
        return f"{begin} Lo ata {writers}: quite esa orden del script o venda planes de un aparato."
    return f"{begin} {_suspects(scripts)}"


def _suspects(scripts: tuple[UserScript, ...]) -> str:
    names = list(dict.fromkeys(f"«{script.profile}»" for script in scripts))
    if not names:
        return LOOK_YOURSELF
    return f"Tienen scripts los perfiles {', '.join(names[:5])}. {LOOK_YOURSELF}"


def _naming(scripts: tuple[UserScript, ...], *fields: str) -> str:
    """The scripts that write these fields, in words."""
    named = [
        f"el script {script.event} del perfil «{script.profile}»"
        for script in scripts
        if script.writes.intersection(fields)
    ]
    return ", ".join(named[:3])
