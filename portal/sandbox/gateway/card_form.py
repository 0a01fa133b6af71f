"""Serve the card form of a simulated gateway: its script, the form in a frame, its tokens.

The page that includes the script never sees a card, only a token.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template

from portal.sandbox.gateway.http import Handler, Json, Request, Response

PREFIX = "/component/"
FRAME = PREFIX + "card"
TOKENS = PREFIX + "tokens"


@dataclass(frozen=True)
class TestCard:
    """Hold a card that may be chosen in the form, by what becomes of it."""

    label: str
    in_english: str
    number: str
    holder: str

    @property
    def option(self) -> str:
        """Give the choice, as HTML."""
        return (
            f'<option data-number="{escape(self.number)}" data-holder="{escape(self.holder)}" '
            f'data-en="{escape(self.in_english)}">{escape(self.label)}</option>'
        )


class CardForm:
    """Answer below `/component/`. `mint` makes a token of what the form sends, or refuses it.

    `more` is what else the form's script does, and `others` answer what that asks for, by path.
    """

    def __init__(
        self,
        script: str,
        source: bytes,
        cards: Sequence[TestCard],
        mint: Callable[[Request], Response],
        more: str = "",
        others: Mapping[str, Handler] | None = None,
    ) -> None:
        self._script, self._source, self._mint = script, source, mint
        self._others = others or {}
        form = Template(files(__package__).joinpath("card_form.html").read_text())
        options = "\n".join(card.option for card in cards)
        first = cards[0]
        self._form = form.substitute(
            options=options, number=first.number, holder=first.holder, more=more
        )

    async def answer(self, request: Request, gone: asyncio.Event) -> Response:
        """Answer one call below the prefix."""
        if request.path in self._others:
            return await self._others[request.path](request, gone)
        if request.method == "POST" and request.path == TOKENS:
            return self._mint(request)
        if request.path == self._script:
            return _file(self._source, "text/javascript; charset=utf-8")
        if request.path == FRAME:
            return _file(self._form.encode(), "text/html; charset=utf-8")
        return Response(404, content_type="text/plain")


def json_response(status: int, body: Json) -> Response:
    """Give an answer to the form."""
    return Response(status, json.dumps(body).encode())


def _file(body: bytes, content_type: str) -> Response:
    return Response(200, body, content_type, {"Cache-Control": "no-store"})
