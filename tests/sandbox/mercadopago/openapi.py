"""Hold bodies against Mercado Pago's published OpenAPI."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from tests.support import reference


@cache
def document() -> dict[str, Any]:
    path = reference.require() / "mercadopago" / "openapi-mlm.json"
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    # It asks for transactions of every order, and forbids them in manual mode, as its own example.
    read["components"]["schemas"]["OrderRequest"]["required"].remove("transactions")
    return read


def complaints(schema: dict[str, Any], body: object) -> list[str]:
    """What a schema of the document has against a body."""
    whole = schema | {"components": document()["components"]}
    found = Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(body)
    return [f"{fault.json_path}: {fault.message}" for fault in found]


def operation(method: str, path: str) -> dict[str, Any]:
    """The operation that a call asks for; raises LookupError where there is none."""
    parts = path.partition("?")[0].split("/")
    for template, operations in document()["paths"].items():
        pattern = template.split("/")
        fits = len(pattern) == len(parts) and all(
            word.startswith("{") or word == part for word, part in zip(pattern, parts, strict=True)
        )
        if fits and method.lower() in operations:
            return dict(operations[method.lower()])
    raise LookupError(f"{method} {path}")


def request_complaints(method: str, path: str, body: object) -> list[str]:
    """What is against a request's body."""
    asked = operation(method, path).get("requestBody")
    if asked is None:
        return [] if not body else ["a body that nobody asked for"]
    return complaints(asked["content"]["application/json"]["schema"], body)


def answer_complaints(method: str, path: str, status: int, body: object) -> list[str]:
    """What is against an answer: its status must be one of those listed."""
    responses = operation(method, path)["responses"]
    if str(status) not in responses:
        return [f"status {status} is not one of {', '.join(responses)}"]
    found = responses[str(status)]
    if "$ref" in found:
        found = document()["components"]["responses"][found["$ref"].rpartition("/")[2]]
    content = found.get("content")
    return complaints(content["application/json"]["schema"], body) if content else []
