"""Take a command sentence apart."""

from __future__ import annotations

from dataclasses import dataclass, replace

from portal.sandbox.routeros.menus.errors import Category, Trap

_SECRETS = ("password", "response", "otp-secret", "secret")


@dataclass(frozen=True)
class Request:
    """Hold a command as it came in. `connection` counts the router's connections from 1."""

    connection: int
    path: str
    args: dict[str, str]
    queries: tuple[str, ...] = ()
    tag: str | None = None

    @classmethod
    def parse(cls, connection: int, words: list[str]) -> Request:
        """Sort a sentence's words; raises Trap for one that is none of the API's."""
        args: dict[str, str] = {}
        queries: list[str] = []
        tag = None
        for word in words[1:]:
            if word.startswith("="):
                name, _, value = word[1:].partition("=")
                args[name] = value
            elif word.startswith("?"):
                queries.append(word)
            elif word.startswith(".tag="):
                tag = word.removeprefix(".tag=")
            else:
                raise Trap(f"unknown parameter {word}", Category.API)
        return cls(connection, words[0], args, tuple(queries), tag)

    def masked(self) -> Request:
        """Give the same without its secrets, fit to be kept and shown."""
        return replace(
            self, args={name: "***" if name in _SECRETS else v for name, v in self.args.items()}
        )
