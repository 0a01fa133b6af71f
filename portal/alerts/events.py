"""Name what an operator may choose to be told of, in code, in the JSON and to people."""

from __future__ import annotations

from enum import StrEnum

from portal.alerts.kinds import AlertKind


class AlertEvent(StrEnum):
    """Name an event; `word` is the JSON's, `heading` what people read above the message."""

    word: str
    heading: str

    def __new__(cls, value: str, word: str = "", heading: str = "") -> AlertEvent:
        event = str.__new__(cls, value)
        event._value_, event.word, event.heading = value, word, heading
        return event

    SALE = "sale", "venta", "Venta"
    DAILY_SUMMARY = "daily_summary", "resumen_diario", "Resumen del día"
    ROUTER_AWAY = "router_away", "router_caido", "Router sin respuesta"
    ROUTER_BACK = "router_back", "router_de_vuelta", "Router de vuelta"
    UNDECIDED = "undecided", "venta_indecisa", "Pago sin decidir"
    PARKED = "parked", "venta_detenida", "Venta detenida"
    REFUND = "refund", "reembolso", "Reembolso"
    CHARGEBACK = "chargeback", "contracargo", "Contracargo"
    CARD_TESTING = "card_testing", "prueba_de_tarjetas", "Prueba de tarjetas"
    KEY_EXPIRING = "key_expiring", "llave_por_vencer", "Llave por vencer"
    NO_WORKER = "no_worker", "sin_worker", "Sin worker"
    OTHER = "other", "otros", "Aviso"


# A busy place sells every minute: who wants to hear of each sale says so.
CHOSEN_AT_FIRST = tuple(event for event in AlertEvent if event is not AlertEvent.SALE)
BY_WORD = {event.word: event for event in AlertEvent}
# The sales' history tells of these by itself, also where nobody was alerted.
TOLD_BY_HISTORY = frozenset({AlertKind.REFUNDED, AlertKind.CHARGED_BACK})
OF_KIND = {
    AlertKind.PARKED: AlertEvent.PARKED,
    AlertKind.UNDECIDED: AlertEvent.UNDECIDED,
    AlertKind.REFUND_REFUSED: AlertEvent.REFUND,
    AlertKind.PARTIAL_REFUND: AlertEvent.REFUND,
    AlertKind.OVERPAID: AlertEvent.REFUND,
    AlertKind.PAID_TWICE: AlertEvent.REFUND,
    AlertKind.CARD_TESTING: AlertEvent.CARD_TESTING,
    AlertKind.KEY_EXPIRING: AlertEvent.KEY_EXPIRING,
    AlertKind.ROUTER_AWAY: AlertEvent.ROUTER_AWAY,
    AlertKind.NO_WORKER: AlertEvent.NO_WORKER,
}


def event_of(kind: AlertKind) -> AlertEvent | None:
    """Give the event that an alert of this kind is; None where something else tells of it."""
    return None if kind in TOLD_BY_HISTORY else OF_KIND.get(kind, AlertEvent.OTHER)
