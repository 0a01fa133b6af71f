"""Make Conekta's OpenAPI and fixtures ready to hold the sandbox's answers against."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.support import reference

TEMPLATE = re.compile(r"\{\{[^}]*\}\}")


@cache
def openapi() -> dict[str, Any]:
    path = reference.folder() / "conekta" / "openapi-2.3.0.json"
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def folded(schema: Any) -> Any:
    """The schema as JSON Schema: `nullable` in `type`, discriminators as conditions."""
    if isinstance(schema, list):
        return [folded(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {name: folded(value) for name, value in schema.items()}
    if schema.pop("nullable", None) is True and isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    if isinstance(schema.get("discriminator"), dict):
        schema["allOf"] = list(_conditions(schema.pop("discriminator")))
        del schema["oneOf"]
    return schema


def _conditions(discriminator: dict[str, Any]) -> Iterator[dict[str, Any]]:
    name = discriminator["propertyName"]
    yield {"properties": {name: {"enum": list(discriminator["mapping"])}}, "required": [name]}
    for value, schema in discriminator["mapping"].items():
        yield {
            "if": {"properties": {name: {"const": value}}},
            "then": {"$ref": f"#/components/schemas/{schema}"},
        }


@cache
def validator(name: str) -> Draft202012Validator:
    """For one of the OpenAPI's schemas."""
    components = folded(openapi()["components"])
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": components})


def complaints(name: str, body: object) -> list[str]:
    """What the schema has against a body."""
    return [f"{fault.json_path}: {fault.message}" for fault in validator(name).iter_errors(body)]


def answer_schema(method: str, path: str, status: int) -> str:
    """The name of the schema that an answer must follow."""
    if status != 200:
        return "error"
    template = re.sub(r"^(/[a-z_]+)/[^/]+", r"\1/{id}", path.partition("?")[0])
    responses = openapi()["paths"][template][method.lower()]["responses"]
    (content,) = responses["200"]["content"].values()
    return str(content["schema"]["$ref"].rpartition("/")[2])


def fixture(name: str) -> Any:
    """One of the bodies of Conekta's own mock server, its templates filled in."""
    path = reference.folder() / "conekta" / "fixtures" / f"{name}.json"
    return read_fixture(path)


def read_fixture(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    text = re.sub(r'"\{\{[^}]*\}\}"', '"text"', text)
    return json.loads(TEMPLATE.sub("0", text))


def example(name: str) -> Any:
    """One of the order requests, valid or not."""
    path = reference.folder() / "conekta" / "examples" / f"order_request_{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def at(body: Any, path: str) -> Any:
    """`charges.data.0.status` of a body; raises KeyError or IndexError where there is none."""
    for step in path.split("."):
        body = body[int(step)] if step.isdecimal() else body[step]
    return body


def names(body: object) -> Iterator[str]:
    """Every key in a body, but for those a caller chose itself."""
    if isinstance(body, list):
        for item in body:
            yield from names(item)
    elif isinstance(body, dict):
        for name, value in body.items():
            yield name
            if name != "metadata":
                yield from names(value)
