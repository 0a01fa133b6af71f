"""Say what each status means that is answered with an error, for the documentation."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

STATUSES = {
    400: "El cuerpo no se pudo leer: no es JSON bien escrito.",
    401: "Falta la llave o el token de sesión, o ya no sirve; `detail` dice por qué.",
    402: "El pago fue declinado o no se aceptó el token; `detail` es la frase para el comprador.",
    403: "Su rol no permite esto, o actúa por una empresa que no es la suya.",
    404: "No existe, o no es de esta empresa o de este router.",
    409: "Se opone a lo que ya hay; `detail` dice a qué.",
    410: "Era de un solo uso o por un rato, y ya pasó; `detail` dice cómo tener otro.",
    413: "El cuerpo es demasiado grande.",
    415: "El cuerpo no viene en el tipo de contenido que se espera.",
    422: "Un dato no es válido; `errores` los dice todos, por campo. No se hizo nada.",
    429: "Demasiados intentos. `Retry-After` dice en cuántos segundos intentar de nuevo.",
    500: "Algo inesperado. En un pago: el router no respondió y no se hizo ningún cargo.",
    503: "Algo de lo que esto depende no está disponible. No se hizo ningún cargo.",
}
SUCCESSES = {
    200: "Hecho.",
    201: "Creado.",
    202: "Recibido, pero no ha terminado: pregunte después cómo va.",
    304: "No ha cambiado desde lo que ya tiene.",
}
RETRY_AFTER = {
    "description": "En cuántos segundos intentar de nuevo.",
    "schema": {"type": "integer", "minimum": 0},
}


def name_of(status: int) -> str:
    """Give the name that the status has among the documented responses."""
    return HTTPStatus(status).name


def documented(status: int, schema: Any) -> dict[str, Any]:
    """Describe the error's answer, whose body is of this schema."""
    described: dict[str, Any] = {
        "description": STATUSES[status],
        "content": {"application/json": {"schema": schema}},
    }
    return described | ({"headers": {"Retry-After": RETRY_AFTER}} if status == 429 else {})
