"""Answer as the Bot API does (https://core.telegram.org/bots/api#making-requests), no wire."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

TOKEN = re.compile(r"[0-9]{5,15}:[A-Za-z0-9_-]{30,50}")
PATH = re.compile(r"/bot(?P<token>[^/]+)/(?P<method>[A-Za-z]+)")
LONGEST_TEXT = 4096
Json = dict[str, Any]
Answer = tuple[int, Json]


@dataclass(frozen=True)
class Sent:
    """Hold a message that was taken: by which bot, to which chat."""

    token: str
    chat_id: str
    text: str


class BotApi:
    """Keep bots, the chats that they may write to, and what was written; from any thread.

    `failures` are answered to the next calls to sendMessage, in their order.
    """

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.failures: list[Answer] = []
        self._bots: dict[str, set[str]] = {}
        self._blocked: set[tuple[str, str]] = set()
        self._moved: dict[str, int] = {}
        self._numbers = count(1)
        self._lock = Lock()

    def add_bot(self, token: str, *chats: str) -> None:
        """Let a bot be, which these chats have begun."""
        self._bots.setdefault(token, set()).update(chats)

    def remove_bot(self, token: str) -> None:
        """Revoke its token."""
        self._bots.pop(token)

    def block(self, token: str, chat: str) -> None:
        """Let a chat have blocked the bot."""
        self._blocked.add((token, chat))

    def move(self, chat: str, to: int) -> None:
        """Make a supergroup of a group, which gets another id."""
        self._moved[chat] = to

    def answer(self, target: str, content_type: str, body: bytes) -> Answer:
        """Answer one request."""
        found = PATH.fullmatch(target.partition("?")[0])
        if not found or not TOKEN.fullmatch(found["token"]):
            return error(404, "Not Found")
        with self._lock:
            if found["token"] not in self._bots:
                return error(401, "Unauthorized")
            if found["method"] == "getMe":
                return 200, {"ok": True, "result": _bot(found["token"])}
            if found["method"] != "sendMessage":
                return error(404, "Not Found: method not found")
            if self.failures:
                return self.failures.pop(0)
            said = _parameters(content_type, body)
            return self._send(found["token"], said) if said else error(400, _empty("chat_id"))

    def _send(self, token: str, said: Mapping[str, Any]) -> Answer:
        chat, text = str(said.get("chat_id") or ""), said.get("text")
        if not chat:
            return error(400, _empty("chat_id"))
        if chat in self._moved:
            moved = "Bad Request: group chat was upgraded to a supergroup chat"
            return error(400, moved, migrate_to_chat_id=self._moved[chat])
        if chat not in self._bots[token]:
            return error(400, "Bad Request: chat not found")
        if (token, chat) in self._blocked:
            return error(403, "Forbidden: bot was blocked by the user")
        if not isinstance(text, str) or not text.strip():
            return error(400, _empty("message text"))
        if len(text) > LONGEST_TEXT:
            return error(400, "Bad Request: message is too long")
        self.sent.append(Sent(token, chat, text))
        return 200, {"ok": True, "result": self._message(token, chat, text)}

    def _message(self, token: str, chat: str, text: str) -> Json:
        return {
            "message_id": next(self._numbers),
            "from": _bot(token),
            "chat": {"id": int(chat) if chat.lstrip("-").isdigit() else chat, "type": "private"},
            "date": int(time.time()),
            "text": text,
        }


def error(code: int, description: str, **parameters: int) -> Answer:
    """Give an answer that says no."""
    said: Json = {"ok": False, "error_code": code, "description": description}
    return code, said | ({"parameters": parameters} if parameters else {})


def too_many(seconds: int) -> Answer:
    """Give the answer to a bot that writes too fast."""
    return error(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def _empty(what: str) -> str:
    return f"Bad Request: {what} is empty"


def _bot(token: str) -> Json:
    number = int(token.partition(":")[0])
    return {"id": number, "is_bot": True, "first_name": "Avisos", "username": "avisos_bot"}


def _parameters(content_type: str, body: bytes) -> Mapping[str, Any]:
    if content_type.partition(";")[0].strip() == "application/json":
        try:
            said = json.loads(body)
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}
    return dict(parse_qsl(body.decode(errors="replace")))
