"""Answer as the smallest application that gunicorn can serve, for tests of how we start it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from typing import Any

if os.environ.get("BREAK") == "boot":
    raise RuntimeError("no vale la configuración")


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answers with its process id, the request's headers and body."""
    status = "503 Service Unavailable" if os.environ.get("BREAK") == "health" else "200 OK"
    start_response(status, [("Content-Type", "application/json")])
    body = environ["wsgi.input"].read().decode()
    headers = {name: value for name, value in environ.items() if name.startswith("HTTP_")}
    return [json.dumps({"pid": os.getpid(), "headers": headers, "body": body}).encode()]
