"""Have Conekta's webhooks sent and signed, and read what they say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlencode

from portal.payments import answers
from portal.payments.conekta import orders, signatures
from portal.payments.conekta.client import ApiRequest, ApiResponse, NoAnswer
from portal.payments.conekta.documents import ORDER_ID
from portal.payments.conekta.orders import Account
from portal.payments.gateway import (
    Refused,
    SigningKey,
    Subscribed,
    Unknown,
    WebhookMessage,
    Webhooks,
)

# Of the events in Conekta's OpenAPI 2.3.0, those after which an order may stand differently.
EVENTS = (
    "order.paid",
    "order.pending_payment",
    "order.declined",
    "order.canceled",
    "order.expired",
    "order.partially_refunded",
    "order.refunded",
    "order.charged_back",
    "charge.paid",
    "charge.declined",
    "charge.refunded",
    "charge.chargeback.created",
    "charge.chargeback.lost",
    "webhook_ping",
)
PAGE_SIZE = 250
EVENT_ID = r"[A-Za-z0-9_-]{1,64}"
EVENT_TYPE = r"[A-Za-z0-9_.-]{1,60}"
LONGEST = 64


class ConektaWebhooks(Webhooks):
    """Read what Conekta posts to a webhook."""

    def is_signed(
        self, raw: bytes, header: Callable[[str], str | None], keys: Iterable[str]
    ) -> bool:
        """See the port. The keys are PEM, the signature is the `Digest` header."""
        digest = header("Digest")
        return any(signatures.verify(pem, digest, raw) for pem in keys)

    def read(self, raw: bytes) -> WebhookMessage | None:
        """See the port. An event without an id is known by its bytes."""
        try:
            body = json.loads(raw.decode())
        except (ValueError, RecursionError):
            return None
        if not isinstance(body, dict):
            return None
        about = answers.mapping(answers.mapping(body.get("data")).get("object"))
        return WebhookMessage(
            event_id=answers.word(body.get("id"), EVENT_ID) or hashlib.sha256(raw).hexdigest(),
            type=answers.word(body.get("type"), EVENT_TYPE) or "unknown",
            order_id=_order_id(about),
            reference=_reference(about),
        )


def subscribe(account: Account, url: str, deadline: float) -> Subscribed | Refused | Unknown:
    """Have events posted to `url`. A webhook of this address that stands already serves."""
    query = urlencode({"url": url, "limit": PAGE_SIZE})
    listed = account.ask(
        ApiRequest("webhooks", "GET", f"/webhooks?{query}", repeatable=True), deadline
    )
    standing = _webhooks(listed)
    if standing is None:
        return _refused(listed)
    ours = next((found for found in standing if found.get("url") == url), None)
    if ours is not None and ours.get("status") == "listening":
        return Subscribed()
    answer = account.ask(_create(url) if ours is None else _wake(ours), deadline)
    return Subscribed() if _made(answer, "webhook") is not None else _refused(answer)


def new_signing_key(account: Account, deadline: float) -> SigningKey | Refused | Unknown:
    """Make a new webhook key."""
    call = ApiRequest("webhook_key", "POST", "/webhook_keys", {"active": True})
    answer = account.ask(call, deadline)
    made = _made(answer, "webhook_key")
    if made is None:
        return _refused(answer)
    pem = made.get("public_key")
    if not isinstance(pem, str) or not signatures.is_public_key(pem):
        return Unknown("unclear")
    return SigningKey(pem)


def _create(url: str) -> ApiRequest:
    return ApiRequest(
        "webhooks", "POST", "/webhooks", {"url": url, "subscribed_events": list(EVENTS)}
    )


def _wake(webhook: Mapping[str, object]) -> ApiRequest:
    """One that was switched off, at Conekta or by it, and may listen to too little."""
    webhook_id = answers.word(webhook.get("id"), EVENT_ID) or "unknown"
    body = {"active": True, "subscribed_events": list(EVENTS)}
    return ApiRequest("webhooks", "PUT", f"/webhooks/{webhook_id}", body)


def _webhooks(answer: ApiResponse | NoAnswer) -> list[Mapping[str, object]] | None:
    if isinstance(answer, NoAnswer) or answer.status != 200:
        return None
    listed = answers.mapping(answer.body).get("data")
    return [answers.mapping(found) for found in listed] if isinstance(listed, list) else None


def _made(answer: ApiResponse | NoAnswer, kind: str) -> Mapping[str, object] | None:
    if isinstance(answer, NoAnswer) or answer.status not in (200, 201):
        return None
    body = answers.mapping(answer.body)
    return body if body.get("object") == kind else None


def _refused(answer: ApiResponse | NoAnswer) -> Refused | Unknown:
    return orders.not_sent(answer) or orders.refused_opening(answer) or orders.unknown(answer)


def _order_id(about: Mapping[str, object]) -> str | None:
    named = about.get("order_id") or (about.get("id") if about.get("object") == "order" else None)
    found = answers.word(named, ORDER_ID)
    return found if found and len(found) <= LONGEST else None


def _reference(about: Mapping[str, object]) -> str | None:
    named = answers.mapping(about.get("metadata")).get("reference_id") or about.get("reference_id")
    found = answers.scalar(named)
    return found if found and len(found) <= LONGEST else None
