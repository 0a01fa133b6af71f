"""Read what Mercado Pago posts by itself, and verify who signed it."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterable

from portal.payments import answers
from portal.payments.gateway import WebhookMessage, Webhooks
from portal.payments.mercadopago.documents import ORDER_ID

EVENT_TYPE = r"[A-Za-z0-9_.-]{1,60}"
PAIR = re.compile(r"\s*(\w+)\s*=\s*([^,]*?)\s*", re.ASCII)
DIGEST = r"[0-9a-fA-F]{64}"
# Seconds or thousandths of them, as its sources disagree. How old it is decides nothing: a notice
# that is sent again leads to a look at an order, and to no more.
STAMP = r"\d{9,17}"
LONGEST = 64


class MercadoPagoWebhooks(Webhooks):
    """Read what Mercado Pago posts; the operator enters our address in its panel."""

    is_entered_by_hand = True

    def is_signed(
        self, raw: bytes, header: Callable[[str], str | None], keys: Iterable[str]
    ) -> bool:
        """See the port. The words signed are the order's id, the request's id and a time.

        The id is taken from the body, where it must be too: a body about another order than the
        one that was signed for is not signed. It was met as it is and in small letters.
        """
        found = _pairs(header("x-signature"))
        stamp, digest = answers.word(found.get("ts"), STAMP), answers.word(found.get("v1"), DIGEST)
        if stamp is None or digest is None:
            return False
        texts = _signed_texts(_about(raw), header("x-request-id"), stamp)
        return any(_fits(key, text, digest) for key in keys for text in texts)

    def read(self, raw: bytes) -> WebhookMessage | None:
        """See the port. It is known by its bytes, which are the same each time it is told."""
        body = _json(raw)
        if body is None:
            return None
        data = answers.mapping(body.get("data"))
        reference = answers.scalar(data.get("external_reference"))
        return WebhookMessage(
            event_id=hashlib.sha256(raw).hexdigest(),
            type=answers.word(body.get("action") or body.get("type"), EVENT_TYPE) or "unknown",
            order_id=answers.word(data.get("id"), ORDER_ID),
            reference=reference if reference and len(reference) <= LONGEST else None,
        )


def _json(raw: bytes) -> dict[str, object] | None:
    try:
        body = json.loads(raw.decode())
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _about(raw: bytes) -> str | None:
    return answers.word(answers.mapping((_json(raw) or {}).get("data")).get("id"), ORDER_ID)


def _pairs(header: str | None) -> dict[str, str]:
    found = (PAIR.fullmatch(part) for part in (header or "").split(","))
    return {pair[1]: pair[2] for pair in found if pair}


def _signed_texts(order_id: str | None, request_id: str | None, stamp: str) -> list[str]:
    """Write what may have been signed; a pair that is not there is left out."""
    asked = f"request-id:{request_id};" if request_id else ""
    ids = {order_id, order_id.lower()} if order_id else {None}
    return [f"{f'id:{each};' if each else ''}{asked}ts:{stamp};" for each in ids]


def _fits(key: str, text: str, digest: str) -> bool:
    made = hmac.new(key.encode(), text.encode(errors="replace"), hashlib.sha256).hexdigest()
    return hmac.compare_digest(made, digest.lower())
