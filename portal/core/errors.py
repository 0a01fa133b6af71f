"""Define the errors that become answers: a status, and a sentence in Spanish for whoever asked."""

from __future__ import annotations

from typing import Any


class SettingsError(Exception):
    """Say that a setting is missing or unusable, and what to do."""


class Problem(Exception):
    """End a request with `{"detail": …}` under the JSON prefixes, and with a page elsewhere."""

    status = 500
    detail = "Ocurrió un error inesperado. Intente de nuevo en unos minutos."

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        super().__init__(detail or self.detail)
        self.detail = detail or self.detail
        self.extra = extra
        self.headers: dict[str, str] = {}

    def body(self) -> dict[str, Any]:
        """Give the JSON answer."""
        return {"detail": self.detail, **self.extra}


class BadRequest(Problem):
    status = 400
    detail = "No se pudo leer la solicitud."


class Unauthorized(Problem):
    status = 401
    detail = "Inicie sesión para continuar."


class PaymentDeclined(Problem):
    status = 402
    detail = "El pago fue declinado. Contacte a su banco."


class Forbidden(Problem):
    status = 403
    detail = "No tiene permiso para hacer esto."


class NotFound(Problem):
    status = 404
    detail = "No se encontró lo que busca."


class Conflict(Problem):
    status = 409
    detail = "Ya existe."


class Gone(Problem):
    status = 410
    detail = "Esto ya no está disponible."


class Invalid(Problem):
    """Refuse bad input. `errores` maps each field to its complaints; `detail` names the first."""

    status = 422
    detail = "Revise los datos enviados."


class TooManyRequests(Problem):
    """Refuse one try too many; `retry_after` in seconds."""

    status = 429
    detail = "Demasiados intentos. Espere un momento e intente de nuevo."

    def __init__(self, retry_after: int, detail: str | None = None) -> None:
        super().__init__(detail)
        self.headers["Retry-After"] = str(retry_after)


class Unavailable(Problem):
    """Say that something cannot be had now; `is_short`: in a minute it may well be."""

    status = 503
    is_short = True
    detail = "El servicio no está disponible en este momento. Intente más tarde."


class LockedAway(Unavailable):
    """Say that what is asked for is encrypted with a key that is not there."""

    is_short = False

    detail = (
        "Estos datos no se pueden abrir en este momento; ya avisamos al encargado. "
        "Su compra está registrada: no pague otra vez."
    )
