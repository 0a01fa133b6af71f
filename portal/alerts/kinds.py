"""Name every kind of alert, and say in one table what each of them means."""

from __future__ import annotations

from enum import StrEnum


class AlertKind(StrEnum):
    """Name a kind of thing that needs a person; `meaning` says which, to whoever operates."""

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> AlertKind:
        kind = str.__new__(cls, value)
        kind._value_, kind.meaning = value, meaning
        return kind

    PARKED = "parked", "Una venta espera a que alguien decida."
    UNDECIDED = "undecided", "No se sabe todavía si se cobró una venta."
    REFUND_REFUSED = "refund_refused", "La pasarela no acepta una devolución."
    PARTIAL_REFUND = "partial_refund", "Se devolvió una parte de un pago fuera de Portal."
    OVERPAID = "overpaid", "Llegó más dinero que el precio de una venta."
    PAID_TWICE = "paid_twice", "Llegó el pago de una referencia que el cliente había cambiado."
    REFUNDED = "refunded", "Se devolvió un pago fuera de Portal."
    CHARGED_BACK = "charged_back", "El banco quitó un pago (contracargo)."
    ORPHAN_PAYMENT = "orphan_payment", "La pasarela cobró una orden sin venta nuestra."
    UNREAD_WEBHOOK = "unread_webhook", "Un aviso de la pasarela no se pudo comprobar."
    WEBHOOKS_NOT_REGISTERED = "webhooks_not_registered", "La pasarela no avisa de los pagos."
    KEY_REFUSED = "key_refused", "La pasarela rechaza la llave privada."
    CHARGE_REFUSED = "charge_refused", "La pasarela no acepta un cobro por como está la cuenta."
    CARD_TESTING = "card_testing", "Alguien parece probar tarjetas robadas en un router."
    CHECKOUT_UNREACHABLE = (
        "checkout_unreachable",
        "Un teléfono no alcanza el formulario de pago.",
    )
    KEY_LOST = "key_lost", "Un secreto guardado no se puede leer con ENCRYPTION_KEYS."
    KEY_EXPIRING = "key_expiring", "La API Key de un router está por vencer."
    NO_WORKER = "no_worker", "Ningún worker termina lo que queda pendiente."
    ALERT_UNDELIVERED = "alert_undelivered", "Los avisos no llegan por uno de sus medios."
    PASSWORD_GUESSING = "password_guessing", "Alguien prueba contraseñas de un administrador."
    CODE_GUESSING = "code_guessing_code", "Alguien prueba códigos de acceso en un router."
    RECOVERY_GUESSING = "code_guessing_lost_code", "Alguien prueba datos para recuperar códigos."
    PINS_DENSE = "pins_dense", "Hay tantos PIN vendidos que uno se acierta al azar."
    PROFILE_MISSING = "profile_missing", "El router no tiene el perfil de un plan."
    ROUTER_AWAY = "router_away", "El router no responde."
    ROUTER_REFUSED = "router_refused", "El router no acepta una orden."
    LOGIN_REFUSED = "login_refused", "El router no deja entrar a quien tiene un código bueno."
    LICENSE_LIMIT = "license_limit", "La licencia del router no admite más usuarios."
    NO_FREE_ADDRESS = "no_free_address", "Al hotspot no le quedan direcciones."
    SHARED_USERS = "shared_users", "El perfil admite menos aparatos de los que vende el plan."
    MARK_CHANGED = "mark_changed", "Algo cambió en el router la marca de nuestros usuarios."
    USER_BOUND = "user_bound", "Un usuario vendido quedó atado a un solo aparato."
    NAME_LOST = "name_lost", "Otro usuario del router tiene el nombre que se vendió."
    USER_LEFT = "user_left", "Quedó en el router un usuario que ya no lleva nuestra marca."
    USER_DISABLED = "user_disabled", "Alguien desactivó en el router un acceso vendido."
