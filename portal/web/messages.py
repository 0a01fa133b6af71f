"""Word our complaints, by field and by marshmallow's name for the mistake."""

from __future__ import annotations

from typing import Any

Messages = dict[str, str | list[Any] | dict[Any, Any]]
EVERY: Messages = {
    "required": "es obligatorio",
    "null": "no puede ser nulo",
    "validator_failed": "no es válido",
    "invalid": "no es válido",
}
TEXT: Messages = {
    "invalid": "debe ser un texto",
    "characters": "contiene caracteres que no se permiten",
}
FLAG: Messages = {"invalid": "debe ser verdadero o falso"}
MONEY: Messages = {"invalid": "debe ser un importe con dos decimales como máximo"}
EMAIL: Messages = {"email": "debe ser un correo electrónico válido"}
PHONE: Messages = {"long": "debe tener 20 caracteres como máximo"}
MAC: Messages = {"mac": "debe ser una dirección MAC"}
IPV4: Messages = {"ip": "debe ser una dirección IPv4"}
NESTED: Messages = {"type": "debe ser un objeto"}
LIST: Messages = {"invalid": "debe ser una lista"}
SCHEMA = {
    "type": "Envíe un objeto JSON con los datos de la solicitud.",
    "unknown": "no se reconoce",
}
