"""One company's orders at Conekta, read: singly and as a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Literal
from urllib.parse import quote, urlencode

from portal.payments.conekta import answers
from portal.payments.conekta.client import ApiResponse, Call, ConektaClient, Lost
from portal.payments.gateway import Credentials, Order, Unknown

PAGE_SIZE = 250


class Account:
    """The questions that cost nothing, and the way to ask any other.

    Deadlines are moments of the monotonic clock, in seconds.
    """

    def __init__(self, credentials: Credentials, client: ConektaClient) -> None:
        self.live = credentials.live
        self.settings = client.settings
        self._key = credentials.private_key
        self._client = client

    def ask(self, call: Call, deadline: float) -> ApiResponse | Lost:
        """Send one request with the company's key."""
        return self._client.call(call, self._key, deadline)

    def read(self, order_id: str, deadline: float) -> Order | Unknown:
        """How the order stands now."""
        answer = self.ask(Call("look_up", "GET", path(order_id), repeatable=True), deadline)
        order = answers.order_in(answer)
        if order is None:
            return answers.unknown(answer)
        return order if order.id == order_id else Unknown("other_order")

    def read_unless(
        self,
        done: Callable[[Order], bool],
        answer: ApiResponse | Lost,
        order_id: str,
        deadline: float,
    ) -> Order | Unknown:
        """The order that came with an answer where it is as wished, else as it stands now."""
        order = answers.order_in(answer)
        if order is not None and order.id == order_id and done(order):
            return order
        found = self.read(order_id, deadline)
        return answers.unknown(answer) if isinstance(found, Unknown) else found

    def orders(self, since: datetime, deadline: Callable[[], float]) -> Iterator[Order | Unknown]:
        """Every order since then; `deadline` is asked before each page. Ends after an Unknown."""
        query: dict[str, object] = {"created_at.gte": int(since.timestamp()), "limit": PAGE_SIZE}
        seen: set[object] = set()
        while query.get("next") not in seen:
            seen.add(query.get("next"))
            call = Call("list", "GET", f"/orders?{urlencode(query)}", repeatable=True)
            answer = self.ask(call, deadline())
            page = answers.page_in(answer)
            if page is None:
                yield answers.unknown(answer)
                return
            yield from page.orders
            if page.next is None:
                return
            query["next"] = page.next
        yield Unknown("endless_list")


def path(order_id: str, action: Literal["", "/charges", "/cancel", "/refunds"] = "") -> str:
    """Where an order, or what is done to it, stands under Conekta's address."""
    return f"/orders/{quote(order_id, safe='')}{action}"
