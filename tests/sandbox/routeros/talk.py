"""Speak the API bare: what is said and heard is sentences, as they are on the wire."""

from __future__ import annotations

import socket
from typing import Self

from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.wire.framing import encode_sentence, take_sentence
from tests.support.patience import PATIENCE

Sentences = list[list[str]]


class Talk:
    """One connection. Nothing it waits for may take longer than `timeout` seconds."""

    def __init__(self, host: str, port: int, timeout: float = PATIENCE) -> None:
        self.socket = socket.create_connection((host, port), timeout=timeout)
        self._buffer = bytearray()

    @classmethod
    def logged_in(cls, router: RouterSandbox) -> Self:
        talk = cls(router.host, router.port)
        assert talk.ask("/login", f"=name={router.user}", f"=password={router.password}") == [
            ["!done"]
        ]
        return talk

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.socket.close()

    def say(self, *words: str) -> None:
        self.socket.sendall(encode_sentence(words))

    def hear(self) -> list[str] | None:
        """The next sentence; None where the router hung up."""
        while (words := take_sentence(self._buffer)) is None:
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                data = b""
            if not data:
                return None
            self._buffer += data
        return words

    def hear_reply(self, tag: str | None = None) -> Sentences:
        """The sentences up to the `!done` of this tag, or up to where the router hung up."""
        said: Sentences = []
        ending = {"!done"} if tag is None else {"!done", f".tag={tag}"}
        while (words := self.hear()) is not None:
            said.append(words)
            if ending <= set(words):
                break
        return said

    def ask(self, *words: str) -> Sentences:
        self.say(*words)
        return self.hear_reply()

    def rows(self, *words: str) -> list[dict[str, str]]:
        """The rows that a print answers."""
        return [row(sentence) for sentence in self.ask(*words) if sentence[0] == "!re"]

    def trap(self, *words: str) -> tuple[str, str | None]:
        """Message and category of the trap that a command meets."""
        said = self.ask(*words)
        assert [sentence[0] for sentence in said] == ["!trap", "!done"], said
        values = row(said[0])
        return values["message"], values.get("category")


def row(sentence: list[str]) -> dict[str, str]:
    """The properties of a reply."""
    pairs = [word[1:].partition("=") for word in sentence if word.startswith("=")]
    return {name: value for name, _, value in pairs}
