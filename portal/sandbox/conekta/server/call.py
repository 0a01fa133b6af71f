"""Hold one authenticated call to the API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from portal.sandbox.conekta.keyring import Identity
from portal.sandbox.conekta.server.errors import ApiError, Json, Text, invalid
from portal.sandbox.conekta.server.rules import Rule


@dataclass(frozen=True)
class Call:
    """Hold who calls, on what, with what; `target` is the id in the path, or empty."""

    identity: Identity
    target: str
    query: Mapping[str, str]
    body: Json
    language: str

    @property
    def account(self) -> str:
        """Give the account that the key opens."""
        return self.identity.account

    def accept(self, rule: Rule) -> Json:
        """Give the body, if it follows the rule; raises `ApiError` 422 with every complaint."""
        complaints = list(rule.complaints(self.body, ""))
        if complaints:
            raise ApiError(422, complaints)
        return self.body


def read_json(body: bytes) -> Json:
    """Give a request's body; raises `ApiError` 422 for what is not a JSON object."""
    try:
        value = json.loads(body or b"{}", parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        text = Text(
            "El cuerpo de la petición no es un objeto JSON.",
            "The request's body is not a JSON object.",
        )
        raise invalid("body.format", text)
    return value


def _refuse_constant(name: str) -> None:
    """NaN and Infinity, which Python reads, are no JSON."""
    raise ValueError(name)
