"""Ask for a company's orders at Mercado Pago, and write to them by keys that can be repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import quote, urlencode

from portal.payments.gateway import Credentials, Order, Unknown
from portal.payments.mercadopago import documents
from portal.payments.mercadopago.client import (
    HttpAnswer,
    HttpCall,
    LostAnswer,
    MercadoPagoClient,
    key_of,
)
from portal.payments.mercadopago.refusals import reason

PAGE_SIZE = 100
# Our clock and the gateway's may differ; a wider search costs little, a missed order a charge.
CLOCK_SKEW = timedelta(minutes=15)
Action = Literal["", "/transactions", "/process", "/cancel", "/refund"]


class SellerAccount:
    """Ask the questions that cost nothing, and send any other.

    Deadlines are moments of the monotonic clock, in seconds.
    """

    def __init__(self, credentials: Credentials, client: MercadoPagoClient) -> None:
        self.live = credentials.live
        self.security = client.settings.security
        self._token = credentials.private_key
        self._client = client

    def ask(self, kind: str, path: str, deadline: float) -> HttpAnswer | LostAnswer:
        """Read what stands under a path."""
        return self._client.call(HttpCall(kind, "GET", path), self._token, deadline)

    def write(
        self, kind: str, path: str, words: tuple[str, ...], body: object, deadline: float
    ) -> HttpAnswer | LostAnswer:
        """Write something that `words` name, so that however often it is asked it is done once."""
        call = HttpCall(kind, "POST", path, key_of(kind, *words), body)
        return self._client.call(call, self._token, deadline)

    def read(self, order_id: str, deadline: float) -> Order | Unknown:
        """Tell how the order stands now."""
        answer = self.ask("look_up", path(order_id), deadline)
        order = self.order_in(answer)
        if order is None:
            return unknown(answer)
        return order if order.id == order_id else Unknown("other_order")

    def order_in(self, answer: HttpAnswer | LostAnswer) -> Order | None:
        """Give the order that a 200 or 201 holds."""
        if isinstance(answer, HttpAnswer) and answer.status in (200, 201):
            return documents.order(answer.body, self.live)
        return None

    def orders(
        self, since: datetime, deadline: Callable[[], float], reference: str | None = None
    ) -> Iterator[Order | Unknown]:
        """Yield every order since then; `deadline` is asked for each page. Ends after Unknown.

        The end of the search stays where it was, so that orders made meanwhile shift no page.
        """
        query = _query(since, reference)
        seen = 0
        while True:
            address = f"/v1/orders?{urlencode(query | {'offset': str(seen)})}"
            answer = self.ask("list", address, deadline())
            page = None
            if isinstance(answer, HttpAnswer) and answer.status == 200:
                page = documents.page(answer.body, self.live)
            if page is None:
                yield unknown(answer)
                return
            yield from page.orders
            seen += len(page.orders)
            if seen >= page.total:
                return
            if not page.orders:
                yield Unknown("endless_list")
                return


def path(order_id: str, action: Action = "") -> str:
    """Tell where an order, or what is done to it, stands under Mercado Pago's address."""
    return f"/v1/orders/{quote(order_id, safe='')}{action}"


def unknown(answer: HttpAnswer | LostAnswer, order: Order | None = None) -> Unknown:
    """Say that the answer proves nothing; `order` is what is known of it all the same."""
    return Unknown(reason(answer), order=order)


def _query(since: datetime, reference: str | None) -> dict[str, str]:
    begin = (since - CLOCK_SKEW).astimezone(UTC)
    query = {
        "begin_date": begin.isoformat(timespec="seconds"),
        "end_date": (datetime.now(UTC) + CLOCK_SKEW).isoformat(timespec="seconds"),
        "limit": str(PAGE_SIZE),
    }
    return query if reference is None else query | {"external_reference": reference}
