"""Read the pages of Conekta's list of orders. They may hold anything: nothing here raises."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from portal.payments import answers
from portal.payments.conekta.documents import order
from portal.payments.gateway import Order


@dataclass(frozen=True)
class Page:
    """Hold some orders of a list, and what names the page after it, if there is one."""

    orders: tuple[Order, ...]
    next: str | None


def page(body: object) -> Page | None:
    """Read a page of orders; None unless all of it can be read and its end is certain.

    Of `next_page_url` only the `next` parameter is taken: its host is not to be trusted.
    """
    data = answers.mapping(body)
    listed = data.get("data")
    if not isinstance(listed, list):
        return None
    orders = [found for found in map(order, listed) if found is not None]
    following = _next(data.get("next_page_url")) if data.get("has_more") is not False else None
    endless = data.get("has_more") is True and following is None
    return None if endless or len(orders) < len(listed) else Page(tuple(orders), following)


def _next(url: object) -> str | None:
    try:
        query = parse_qs(urlsplit(url).query) if isinstance(url, str) else {}
    except ValueError:
        return None
    return answers.word(query.get("next", [None])[0], r"[!-~]{1,200}")
