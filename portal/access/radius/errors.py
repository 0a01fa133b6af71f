"""Say what cannot be had of a router that is served by RADIUS."""

from __future__ import annotations

from portal.hotspot.errors import RouterBusy, RouterError, RouterUnavailable

NO_API = (
    "Este router se atiende por RADIUS y no tiene datos de su API: escríbalos en los datos del "
    "router si quiere que también se le pregunte."
)
STILL_IN = (
    "Alguien sigue dentro con este acceso: ya no puede volver a entrar, y se le sigue "
    "desconectando hasta que el router confirme que salió."
)
NOT_HEARD = (
    "No se ha oído nada de este router por RADIUS en los últimos minutos: ejecute en él su kit si "
    "falta, y conecte un aparato."
)
SILENT = (
    "El router tenía aparatos conectados y dejó de informar por RADIUS: revise que tenga luz e "
    "Internet, y en él /radius print y /log print where topics~radius."
)
NOT_CONFIRMED = (
    "El router no confirmó la desconexión: revise en él /radius incoming (accept=yes y su puerto) "
    "y que este servidor llegue a ese puerto por UDP."
)


class NotOffered(RouterError):
    """Say that only an API could do it, and that there is none."""

    def __init__(self) -> None:
        super().__init__(NO_API, executed=False)


class SessionsOpen(RouterError):
    """Say that somebody is in: what was asked is done, but for them."""

    def __init__(self) -> None:
        super().__init__(STILL_IN, executed=True)


class NotHeard(RouterBusy):
    """Say that nothing was heard of the router lately, which may be well."""

    def __init__(self) -> None:
        super().__init__(NOT_HEARD, executed=False)


class Silent(RouterUnavailable):
    """Say that the router's accounting fell silent while devices were online."""

    def __init__(self) -> None:
        super().__init__(SILENT, executed=False)


class NotConfirmed(RouterError):
    """Say that the router did not tell that a session has ended."""

    def __init__(self) -> None:
        super().__init__(NOT_CONFIRMED)
