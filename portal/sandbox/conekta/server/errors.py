"""Refuse in the shape of Conekta's `error` schema."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from portal.sandbox.conekta import ids
from portal.sandbox.gateway.http import Json as Json

VENDOR_JSON = "application/vnd.conekta-v2.3.0+json"
_TYPES = {
    401: "authentication_error",
    402: "processing_error",
    404: "resource_not_found_error",
    422: "parameter_validation_error",
    428: "precondition_required_error",
}


class Text(NamedTuple):
    """Hold a sentence in the two languages that `Accept-Language` chooses from."""

    es: str
    en: str

    def in_language(self, language: str) -> str:
        """Give the English sentence for a language that begins with `en`, else the Spanish one."""
        return self.en if language.lower().startswith("en") else self.es


@dataclass(frozen=True)
class Detail:
    """Hold an entry of `details`: `code` is what follows `conekta.errors.`; `text` for buyers."""

    code: str
    text: Text
    param: str | None = None

    def body(self, language: str) -> Json:
        """Give the entry as JSON; `param` only where a parameter is at fault."""
        body: Json = {
            "debug_message": self.text.en,
            "message": self.text.in_language(language),
            "code": f"conekta.errors.{self.code}",
        }
        if self.param is not None:
            body["param"] = self.param
        return body


class ApiError(Exception):
    """Refuse a call with `status`; `data` is the order that a 402 carries.

    `depth`: within how many other details the details stand, as Conekta was seen to nest them.
    """

    def __init__(
        self, status: int, details: Sequence[Detail], data: Json | None = None, depth: int = 0
    ) -> None:
        super().__init__(", ".join(detail.code for detail in details))
        self.status = status
        self.details = tuple(details)
        self.data = data
        self.depth = depth

    def body(self, language: str) -> Json:
        """Give the answer as JSON."""
        details = [detail.body(language) for detail in self.details]
        for _ in range(self.depth):
            details = [{"details": details}]
        body: Json = {
            "details": details,
            "object": "error",
            "type": _TYPES.get(self.status, "api_error"),
            "log_id": ids.hexadecimal(),
        }
        if self.data is not None:
            body["data"] = self.data
        return body


def missing_key() -> ApiError:
    """Refuse a call without a key, or with one that Conekta does not know."""
    text = Text("Acceso no autorizado.", "Please include your access key in your request.")
    return ApiError(401, [Detail("authentication.missing_key", text)])


def not_found(kind: str, identifier: str) -> ApiError:
    """Nothing of this `kind` with this id in the key's account."""
    text = Text(
        "El recurso no ha sido encontrado.",
        f'The object {kind} "{identifier}" could not be found.',
    )
    return ApiError(404, [Detail("resource_not_found.entity", text)])


def invalid(code: str, text: Text, param: str | None = None) -> ApiError:
    """Give a request whose parameters cannot be accepted."""
    return ApiError(422, [Detail(f"parameter_validation.{code}", text, param)])


def has_charge(status: int = 428) -> ApiError:
    """Give an order whose charge forbids what was asked; the code is the one Conekta documents."""
    text = Text(
        "La orden no puede ser modificada porque ya tiene un cargo.",
        "The order cannot be modified because it has already a charge which is pending payment.",
    )
    code = "precondition_required.combo.order.cannot_be_updated_because_has_charge"
    return ApiError(status, [Detail(code, text)])


def general_failure(status: int = 500) -> ApiError:
    """Refuse for Conekta's own trouble."""
    text = Text(
        "Ocurrió un error interno; los ingenieros de Conekta han sido notificados.",
        "There was a runtime error and Conekta engineers have been notified.",
    )
    return ApiError(status, [Detail("api.system.general_failure", text)])
