"""Post a signed webhook to the address that an operator has named.

`X-Portal-Signature: t=<seconds>,v1=<hex>`: the HMAC-SHA256, with the webhook's secret as key, of
those seconds, a full stop and the body as it is sent.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any

from portal.alerts.http_post import NotReached, post
from portal.alerts.senders.letter import Letter, NotDelivered, patience
from portal.hotspot.resolver import Endpoint
from portal.hotspot.targets import is_private, is_within
from portal.models import AlertMessage
from portal.ports import settings

SIGNATURE = "X-Portal-Signature"
MOST_ITEMS = 100
NOT_REACHED = "La dirección del webhook no respondió a tiempo; se intenta otra vez."
PRIVATE = (
    "La dirección del webhook es de una red privada o de este servidor, y no se usa: indique una "
    "pública. Quien administra el servidor puede permitirlas con ALLOW_PRIVATE_TARGETS."
)
REDIRECTS = "La dirección del webhook lleva a otra ({}): indique la definitiva."
REFUSED = "La dirección del webhook no acepta los avisos (responde {})."
ASKED_TO_WAIT = (408, 425, 429)


def send(letter: Letter) -> None:
    """Post it. Raises NotDelivered, VaultError."""
    body = json.dumps(_document(letter), ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Portal",
        SIGNATURE: signature(letter.channel.secret or "", int(time.time()), body),
    }
    url = letter.channel.target or ""
    try:
        answer = post(url, body, headers, settings().alert_timeout, refuse_private)
    except NotReached:
        raise NotDelivered(NOT_REACHED) from None
    if not 200 <= answer.status < 300:
        raise _failure(answer.status, answer.retry_after)


def signature(secret: str, seconds: int, body: bytes) -> str:
    """Sign the body as it is sent at this moment, in seconds since 1970."""
    signed = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
    return f"t={seconds},v1={signed.hexdigest()}"


def refuse_private(endpoints: Iterable[Endpoint]) -> None:
    """Raise NotDelivered where any of these is no public address, unless they are permitted.

    Routers that dial in let this server alone in, so that nobody has it knock at another's.
    """
    permitted, tunnel = settings().allow_private_targets, settings().tunnel
    for _, address in endpoints:
        found = ip_address(str(address[0]).partition("%")[0])
        if is_within(found, tunnel) or (not permitted and is_private(found)):
            raise NotDelivered(PRIVATE, theirs=True)


def _failure(status: int, retry_after: str) -> NotDelivered:
    if status >= 500 or status in ASKED_TO_WAIT:
        return NotDelivered(NOT_REACHED, retry_after=patience(retry_after))
    sentence = REDIRECTS if 300 <= status < 400 else REFUSED
    return NotDelivered(sentence.format(status), theirs=True)


def _document(letter: Letter) -> dict[str, Any]:
    return {
        "evento": letter.word,
        "empresa_id": letter.company.id,
        "empresa": letter.company.name,
        "veces": max(1, len(letter.items)),
        "mensaje": letter.text,
        "avisos": [_item(item) for item in letter.items[:MOST_ITEMS]],
    }


def _item(item: AlertMessage) -> dict[str, Any]:
    return {
        "id": item.id,
        "sobre": item.subject,
        "mensaje": item.message,
        "importe": None if item.amount is None else item.amount / 100,
        "moneda": item.currency,
        "momento": item.created_at.isoformat(),
    }
