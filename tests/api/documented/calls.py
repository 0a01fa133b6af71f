"""Make a call of the documentation's own: the path, headers and body of its examples."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

METHODS = ("get", "post", "put", "patch", "delete")
KEY = "Idempotency-Key"
JSON, FORM = "application/json", "multipart/form-data"


@dataclass(frozen=True)
class Operation:
    """A method and a path, and what the document says of it."""

    method: str
    path: str
    said: dict[str, Any]
    parameters: list[dict[str, Any]]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def success(self) -> int:
        """The status of an answer when all goes well."""
        return min(int(status) for status in self.said["responses"] if int(status) < 300)

    def bodies(self) -> list[Any]:
        """The examples of its JSON body, or nothing where it has none."""
        content = self.said.get("requestBody", {}).get("content", {}).get(JSON)
        if content is None:
            return [None]
        if "examples" in content:
            return [example["value"] for example in content["examples"].values()]
        return [content["example"]]

    def address(self) -> str:
        """The path with its parameters' examples."""
        values = {p["name"]: p["example"] for p in self.parameters if p["in"] == "path"}
        return self.path.format(**values)

    def headers(self) -> dict[str, str]:
        """The examples of its headers; a key that names a purchase is each time another."""
        listed = self.said.get("parameters", [])
        found = {p["name"]: p["example"] for p in listed if p["in"] == "header" and "example" in p}
        return found | {KEY: str(uuid4())} if KEY in found else found

    def call(
        self, client: FlaskClient, body: Any, headers: dict[str, str], real: dict[str, str]
    ) -> TestResponse:
        """Send it, with what is `real` in the place of what stands for it in the examples."""
        address = _real(self.address(), real)
        options: dict[str, Any] = {"headers": headers | self.headers()}
        if FORM in self.said.get("requestBody", {}).get("content", {}):
            options["data"] = {"archivo": (io.BytesIO(picture()), "foto.png")}
        elif body is not None:
            options["json"] = json.loads(_real(json.dumps(body), real))
        return client.open(address, method=self.method.upper(), **options)


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """All that the document describes; what takes something away comes last, a password too."""
    found = [
        Operation(method, path, item[method], item.get("parameters", []))
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]
    yield from sorted(
        found, key=lambda one: (one.path.endswith("-password"), one.method == "delete")
    )


def picture(kind: str = "png") -> bytes:
    """A small one."""
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(written, kind)
    return written.getvalue()


def _real(text: str, real: dict[str, str]) -> str:
    for example, value in real.items():
        text = text.replace(example, value)
    return text
