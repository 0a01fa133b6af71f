"""Be an application that does nothing, for what its server costs."""

from __future__ import annotations

from collections.abc import Callable

ANSWER = b"nothing"
StartResponse = Callable[[str, list[tuple[str, str]]], object]


def app(_environ: object, start_response: StartResponse) -> list[bytes]:
    """Answer as cheaply as can be."""
    start_response("200 OK", [("Content-Length", str(len(ANSWER)))])
    return [ANSWER]
