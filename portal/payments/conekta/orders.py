"""Ask for a company's orders at Conekta, and say what an answer alone proves of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Literal, TypeGuard
from urllib.parse import quote, urlencode

from portal.payments.conekta import documents, order_list
from portal.payments.conekta.client import ApiRequest, ApiResponse, ConektaClient, NoAnswer
from portal.payments.conekta.errors import ApiError, read_error
from portal.payments.conekta.meanings import Meaning
from portal.payments.gateway import (
    Credentials,
    Declined,
    Fault,
    Order,
    OrderStatus,
    Purchase,
    Refused,
    Unknown,
)

PAGE_SIZE = 250
TOKEN_MODE = "token_mode_mismatch"  # noqa: S105 - a reason, no secret
# Refused before anything was tried: whatever it is about, nothing was charged.
CERTAIN = frozenset({Meaning.ACCOUNT, Meaning.TOKEN, Meaning.BUYER, Meaning.PLAN, Meaning.REQUEST})


class Account:
    """Ask the questions that cost nothing, and send any other.

    Deadlines are moments of the monotonic clock, in seconds.
    """

    def __init__(self, credentials: Credentials, client: ConektaClient) -> None:
        self.live = credentials.live
        self.settings = client.settings
        self._key = credentials.private_key
        self._client = client

    def ask(self, call: ApiRequest, deadline: float) -> ApiResponse | NoAnswer:
        """Send one request with the company's key."""
        return self._client.call(call, self._key, deadline)

    def read(self, order_id: str, deadline: float) -> Order | Unknown:
        """Tell how the order stands now."""
        answer = self.ask(ApiRequest("look_up", "GET", path(order_id), repeatable=True), deadline)
        order = order_in(answer)
        if order is None:
            return unknown(answer)
        return order if order.id == order_id else Unknown("other_order")

    def read_unless(
        self,
        done: Callable[[Order], bool],
        answer: ApiResponse | NoAnswer,
        order_id: str,
        deadline: float,
    ) -> Order | Unknown:
        """Give the order that came with an answer where it is as wished, else as it stands now."""
        order = order_in(answer)
        if order is not None and order.id == order_id and done(order):
            return order
        found = self.read(order_id, deadline)
        return unknown(answer) if isinstance(found, Unknown) else found

    def orders(self, since: datetime, deadline: Callable[[], float]) -> Iterator[Order | Unknown]:
        """Yield every order since then; `deadline` is asked for each page. Ends after Unknown."""
        query: dict[str, object] = {"created_at.gte": int(since.timestamp()), "limit": PAGE_SIZE}
        seen: set[object] = set()
        while query.get("next") not in seen:
            seen.add(query.get("next"))
            call = ApiRequest("list", "GET", f"/orders?{urlencode(query)}", repeatable=True)
            answer = self.ask(call, deadline())
            page = page_in(answer)
            if page is None:
                yield unknown(answer)
                return
            yield from page.orders
            if page.next is None:
                return
            query["next"] = page.next
        yield Unknown("endless_list")


def path(order_id: str, action: Literal["", "/charges", "/cancel", "/refunds"] = "") -> str:
    """Tell where an order, or what is done to it, stands under Conekta's address."""
    return f"/orders/{quote(order_id, safe='')}{action}"


def order_in(answer: ApiResponse | NoAnswer) -> Order | None:
    """Give the order that a 200 holds."""
    return documents.order(answer.body) if _is(answer, 200) else None


def page_in(answer: ApiResponse | NoAnswer) -> order_list.Page | None:
    """Give the page of orders that a 200 holds."""
    return order_list.page(answer.body) if _is(answer, 200) else None


def error_in(answer: ApiResponse | NoAnswer, *statuses: int) -> ApiError | None:
    """Read Conekta's error, where the answer has one of these statuses."""
    return read_error(answer.body, answer.status) if _is(answer, *statuses) else None


def reason(answer: ApiResponse | NoAnswer) -> str:
    """Say why the answer proves nothing, as a word for `Unknown`.

    A reason of `NoAnswer`; `key_refused`, `not_found`; `unclear` for a 200 that says nothing we
    can use; else `http_` and the status.
    """
    if isinstance(answer, NoAnswer):
        return answer.reason
    named = {200: "unclear", 401: "key_refused", 403: "key_refused", 404: "not_found"}
    return named.get(answer.status, f"http_{answer.status}")


def unknown(answer: ApiResponse | NoAnswer, order: Order | None = None) -> Unknown:
    """Say that the answer proves nothing; `order` is what is known of it all the same."""
    return Unknown(reason(answer), order=order)


def not_sent(answer: ApiResponse | NoAnswer) -> Refused | None:
    """Refuse where not a byte left us, since then nothing was charged, for certain."""
    if isinstance(answer, NoAnswer) and answer.never_sent:
        return Refused(answer.reason, Fault.US)
    return None


def refused_opening(answer: ApiResponse | NoAnswer) -> Refused | None:
    """Refuse where no order was made, with a charge in it or not: key or parameters refused."""
    if _is(answer, 401, 403):
        return Refused("key_refused", Fault.OPERATOR)
    error = error_in(answer, 402, 422)
    return None if error is None or error.meaning not in CERTAIN else refused(error)


def refused_card(answer: ApiResponse | NoAnswer) -> Declined | None:
    """Decline a card that was not even tried, so that no order with a declined charge stands."""
    error = error_in(answer, 402, 422)
    is_certain = error is not None and error.code.startswith("parameter_validation.")
    if error is None or not is_certain or error.meaning is not Meaning.CARD:
        return None
    return Declined(error.message, reason=error.decline_reason)


def refused_token(answer: ApiResponse | NoAnswer) -> Refused | None:
    """Refuse a card token that is unknown, expired or used up: nothing was charged with it."""
    error = error_in(answer, 402, 422)
    return refused(error) if error is not None and error.meaning is Meaning.TOKEN else None


def declined(
    answer: ApiResponse | NoAnswer, purchase: Purchase, order_id: str | None = None
) -> Declined | None:
    """Read a 402 that carries the declined order, with the sentence that goes with it.

    `order_id` is the order that was charged, where it is known beforehand.
    """
    error = error_in(answer, 402)
    order = None if error is None else documents.order(error.data)
    if error is None or order is None or order.status is not OrderStatus.DECLINED:
        return None
    ours = order_id in (None, order.id) and order.reference in (None, purchase.reference)
    if not ours:
        return None
    reason = error.decline_reason or order.decline_reason
    return Declined(error.message or order.message, order, reason)


def refused(error: ApiError) -> Refused:
    """Give what Conekta complains of, as a refusal with its sentence for the buyer."""
    is_mode = error.meaning is Meaning.ACCOUNT and "livemode" in error.code
    reason = TOKEN_MODE if is_mode else error.code
    return Refused(reason, error.fault, error.message, error.field, error.decline_reason)


def _is(answer: ApiResponse | NoAnswer, *statuses: int) -> TypeGuard[ApiResponse]:
    return isinstance(answer, ApiResponse) and answer.status in statuses
