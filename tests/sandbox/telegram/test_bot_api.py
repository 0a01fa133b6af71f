"""Test the simulated Telegram against what its Bot API documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from portal.sandbox.telegram import Sent, TelegramSandbox
from tests.support.patience import PATIENCE

BOT, OTHER = "123456789:" + "A" * 35, "987654321:" + "B" * 35
HELLO = {"chat_id": 42, "text": "Hola"}


@pytest.fixture
def telegram() -> Iterator[TelegramSandbox]:
    with TelegramSandbox() as running:
        running.add_bot(BOT, "42")
        yield running


def call(telegram: TelegramSandbox, token: str, body: Any, method: str = "sendMessage") -> Any:
    answer = requests.post(f"{telegram.url}/bot{token}/{method}", json=body, timeout=PATIENCE)
    assert answer.status_code == answer.json().get("error_code", 200)
    return answer.json()


def test_a_message_is_kept_and_answered(telegram: TelegramSandbox) -> None:
    answer = call(telegram, BOT, HELLO)
    assert answer["ok"]
    assert (answer["result"]["text"], answer["result"]["chat"]["id"]) == ("Hola", 42)
    assert telegram.sent == [Sent(BOT, "42", "Hola")]
    assert call(telegram, BOT, {}, "getMe")["result"]["is_bot"]


def test_parameters_may_come_as_a_form_or_in_the_address(telegram: TelegramSandbox) -> None:
    url = f"{telegram.url}/bot{BOT}/sendMessage"
    assert requests.post(url, data=HELLO, timeout=PATIENCE).json()["ok"]
    assert requests.get(url, params=HELLO, timeout=PATIENCE).json()["ok"]


@pytest.mark.parametrize(
    ("token", "method", "code"),
    [(OTHER, "sendMessage", 401), ("short", "sendMessage", 404), (BOT, "sendNothing", 404)],
)
def test_who_or_what_is_not_known(
    telegram: TelegramSandbox, token: str, method: str, code: int
) -> None:
    assert call(telegram, token, HELLO, method)["error_code"] == code


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"text": "Hola"}, "chat_id is empty"),
        ({"chat_id": 42}, "message text is empty"),
        ({"chat_id": 42, "text": "  "}, "message text is empty"),
        ({"chat_id": 42, "text": "x" * 4097}, "message is too long"),
        ({"chat_id": 43, "text": "Hola"}, "chat not found"),
    ],
)
def test_what_does_not_fit(telegram: TelegramSandbox, body: Any, said: str) -> None:
    answer = call(telegram, BOT, body)
    assert (answer["error_code"], answer["description"]) == (400, f"Bad Request: {said}")


def test_a_bot_that_writes_too_fast_or_was_blocked(telegram: TelegramSandbox) -> None:
    telegram.ask_to_wait(7)
    answer = call(telegram, BOT, HELLO)
    assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 7})
    telegram.block(BOT, "42")
    assert call(telegram, BOT, HELLO)["error_code"] == 403
    telegram.move("42", -1001)
    assert call(telegram, BOT, HELLO)["parameters"] == {"migrate_to_chat_id": -1001}
