"""Ask with `radclient`, FreeRADIUS' own client."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

RECEIVED = re.compile(r"^Received (\S+) Id", re.MULTILINE)
ATTRIBUTE = re.compile(r"^\t(\S+) = (.*)$", re.MULTILINE)
SECONDS = 5


@dataclass(frozen=True)
class Heard:
    """What came back: `Access-Accept`, `Access-Reject`, … or nothing; and its attributes."""

    kind: str | None
    attributes: Mapping[str, str]

    @property
    def is_accepted(self) -> bool:
        return self.kind == "Access-Accept"

    @property
    def is_silence(self) -> bool:
        return self.kind is None

    def number(self, name: str) -> int:
        return int(self.attributes[name])


def ask(port: int, kind: str, secret: str, seconds: float = SECONDS, **named: object) -> Heard:
    """Ask once for `auth` or `acct`, and wait so long. Underscores in names stand for hyphens."""
    lines = (f"{name.replace('_', '-')} = {literal(value)}\n" for name, value in named.items())
    command = ["radclient", "-x", "-r", "1", "-t", str(seconds), f"127.0.0.1:{port}", kind, secret]
    done = subprocess.run(
        command, input="".join(lines), capture_output=True, text=True, check=False
    )
    _sent, found, answer = done.stdout.partition("Received ")
    received = RECEIVED.search(found + answer)
    if received is None:
        assert "No reply" in done.stdout + done.stderr, done.stdout + done.stderr
        return Heard(None, {})
    values = {name: value.strip('"') for name, value in ATTRIBUTE.findall(answer)}
    return Heard(received.group(1), values)


def literal(value: object) -> str:
    if not isinstance(value, str) or re.fullmatch(r"[\d.]+|0x[0-9a-f]{16,}", value):
        return str(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
