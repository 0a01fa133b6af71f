"""Send by a company's own Telegram bot (https://core.telegram.org/bots/api#sendmessage)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from portal.alerts.http_post import NotReached, post
from portal.alerts.senders.letter import Letter, NotDelivered, patience
from portal.hotspot.resolver import Endpoint
from portal.ports import settings

LONGEST_TEXT = 4096
NOT_REACHED = "No se pudo hablar con Telegram; se intenta otra vez."
NO_BOT = "Telegram no reconoce el token del bot: cópielo otra vez de @BotFather."
NO_CHAT = (
    "Telegram no encuentra el chat: escriba /start al bot o agréguelo al grupo, y revise el "
    "chat_id."
)
SHUT_OUT = "El bot no puede escribir en el chat: lo bloquearon o lo sacaron del grupo."
MOVED = "El grupo pasó a ser un supergrupo: ponga {} como chat_id."
BUSY = "Telegram pide que se espere antes de mandar más."
REFUSED = "Telegram no aceptó el mensaje (error {})."
SENTENCES = {401: NO_BOT, 404: NO_BOT, 403: SHUT_OUT}


def send(letter: Letter) -> None:
    """Send it as plain text. Raises NotDelivered, VaultError."""
    token = quote(letter.company.telegram_bot_token or "", safe=":")
    body = {
        "chat_id": letter.company.telegram_chat_id,
        "text": letter.text[:LONGEST_TEXT],
        "link_preview_options": {"is_disabled": True},
    }
    url = f"{settings().telegram_api_url.rstrip('/')}/bot{token}/sendMessage"
    headers = {"Content-Type": "application/json"}
    try:
        answer = post(url, json.dumps(body).encode(), headers, settings().alert_timeout, _anywhere)
    except NotReached:
        raise NotDelivered(NOT_REACHED) from None
    said = _read(answer.body)
    if answer.status != 200 or said.get("ok") is not True:
        raise _failure(answer.status, said)


def _anywhere(_endpoints: Iterable[Endpoint]) -> None:
    """Whoever runs the server names the host, and no operator."""


def _read(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _failure(status: int, said: dict[str, Any]) -> NotDelivered:
    told = said.get("parameters")
    more: dict[str, Any] = told if isinstance(told, dict) else {}
    if status == 429:
        return NotDelivered(BUSY, retry_after=patience(more.get("retry_after")))
    if status >= 500 or not said:
        return NotDelivered(NOT_REACHED)
    if isinstance(moved_to := more.get("migrate_to_chat_id"), int):
        return NotDelivered(MOVED.format(moved_to), theirs=True)
    if "chat not found" in str(said.get("description")):
        return NotDelivered(NO_CHAT, theirs=True)
    return NotDelivered(SENTENCES.get(status, REFUSED.format(status)), theirs=True)
