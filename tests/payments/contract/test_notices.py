"""What every gateway's notices are believed: who signed them, and which order to ask about."""

from __future__ import annotations

import pytest

ORDER_ID = "ORD01JG28GRB9NYTG6VVS3R5N58YT"


@pytest.fixture
def notice(house):
    return house.notice(ORDER_ID)


def test_a_signed_notice_names_the_order(house, notice):
    assert house.webhooks.is_signed(notice.raw, notice.header, [notice.key])
    read = house.webhooks.read(notice.raw)
    assert (read.order_id, read.reference) == (ORDER_ID, None)
    assert house.webhooks.read(notice.raw).event_id == read.event_id


def test_it_is_signed_by_any_of_the_keys(house, notice):
    assert house.webhooks.is_signed(notice.raw, notice.header, ["other", notice.key])
    assert not house.webhooks.is_signed(notice.raw, notice.header, ["other", ""])
    assert not house.webhooks.is_signed(notice.raw, notice.header, [])


def test_a_notice_about_another_order_is_not_signed(house, notice):
    other = notice.raw.replace(ORDER_ID.encode(), b"ORD01JG28GRB9NYTG6VVS3R5OTHER")
    assert not house.webhooks.is_signed(other, notice.header, [notice.key])


@pytest.mark.parametrize("value", [None, "", "x", "ts=,v1=", "ts=1,v1=00", "=,=", "\x00", "é" * 99])
def test_a_signature_that_is_none_is_none(house, notice, value):
    names = {name.lower() for name in notice.headers} - {"x-request-id"}
    forged = dict.fromkeys(names, value)
    assert not house.webhooks.is_signed(
        notice.raw, lambda name: forged.get(name.lower()), [notice.key]
    )


@pytest.mark.parametrize("raw", [b"", b"null", b"[]", b"\xff", b"{" * 9999, b'"order"', b"1"])
def test_what_is_no_notice_is_none(house, raw):
    assert house.webhooks.read(raw) is None
    assert not house.webhooks.is_signed(raw, {}.get, ["key"])


@pytest.mark.parametrize("odd", [b'{"data": 7}', b'{"data": {"id": ["x"]}}', b"{}"])
def test_a_notice_about_nothing_names_no_order(house, odd):
    read = house.webhooks.read(odd)
    assert (read.order_id, read.reference) == (None, None)
