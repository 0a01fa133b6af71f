"""Test lists by pages and filters."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.sandbox.conekta.client import CUSTOMER


def ids_of(page):
    return [order["id"] for order in page["data"]]


def test_a_list_goes_page_by_page_newest_first(api):
    opened = [api.open()["id"] for _ in range(7)]
    found, path, pages = [], "/orders?limit=3&created_at.gte=1", 0
    while path:
        page = api.get(path)
        assert page["total"] == 7
        found += ids_of(page)
        pages += 1
        link = page["next_page_url"]
        assert page["has_more"] is bool(link)
        path = link and link.removeprefix(api.url)
    assert pages == 3
    assert found == opened[::-1]


def test_the_link_carries_the_query_and_the_last_id(api):
    for _ in range(3):
        api.open()
    page = api.get("/orders", limit=2)
    query = parse_qs(urlsplit(page["next_page_url"]).query)
    assert query == {"limit": ["2"], "next": [page["data"][-1]["id"]]}


def test_previous_leads_back(api):
    opened = [api.open()["id"] for _ in range(5)][::-1]
    second = api.get("/orders", limit=2, next=opened[1])
    assert ids_of(second) == opened[2:4]
    first = api.get(second["previous_page_url"].removeprefix(api.url))
    assert ids_of(first) == opened[:2]
    assert first["previous_page_url"] is None


def test_new_orders_do_not_shift_the_next_page(api):
    opened = [api.open()["id"] for _ in range(4)][::-1]
    page = api.get("/orders", limit=2)
    api.open()
    assert ids_of(api.get(page["next_page_url"].removeprefix(api.url))) == opened[2:]


def test_twenty_by_default_and_250_at_most(api):
    for _ in range(21):
        api.open()
    assert len(api.get("/orders")["data"]) == 20
    assert len(api.get("/orders", limit=250)["data"]) == 21


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 251},
        {"limit": "many"},
        {"created_at.gte": "yesterday"},
        {"next": "ord_2none"},
        {"metadata.reference_id": "sale-1"},
    ],
)
def test_what_no_list_can_be_asked_for(api, query):
    assert api.call("GET", "/orders", params=query).status_code == 422


def test_filters(api, gateway):
    old = api.paid()
    gateway.advance(100)
    new = api.open(customer_info={**CUSTOMER, "email": "otra@example.com"})
    since = {"created_at.gte": new["created_at"]}
    assert ids_of(api.get("/orders", **since)) == [new["id"]]
    assert ids_of(api.get("/orders", **{"created_at.gte": new["created_at"] + 1})) == []
    assert ids_of(api.get("/orders", **{"created_at.lte": old["created_at"]})) == [old["id"]]
    assert ids_of(api.get("/orders", created_at=new["created_at"])) == [new["id"]]
    assert ids_of(api.get("/orders", **{"updated_at.lte": old["updated_at"]})) == [old["id"]]
    assert ids_of(api.get("/orders", payment_status="paid")) == [old["id"]]
    assert ids_of(api.get("/orders", search="OTRA@")) == [new["id"]]
    assert ids_of(api.get("/orders", search="sale-1")) == [new["id"], old["id"]]


def test_an_account_sees_its_own_orders_only(api, gateway, connect):
    order, other = api.open(), connect(gateway.url, "key_test_two")
    assert other.get("/orders")["data"] == []
    assert other.call("GET", f"/orders/{order['id']}").status_code == 404
    for action in ("charges", "cancel", "refunds"):
        other.refused(404, f"/orders/{order['id']}/{action}")
    assert [found["id"] for found in gateway.orders("key_test_one")] == [order["id"]]
    assert gateway.orders("key_test_two") == []
