"""Test query words, as RouterOS' documentation explains them."""

from __future__ import annotations

import pytest

from portal.sandbox.routeros.wire.query import Query

ROW = {".id": "*1", "name": "ether1", "type": "ether", "mtu": "1500", "running": "true"}
ROW |= {"uptime": "1h", "note": "a=b"}


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ([], True),
        (["?name"], True),
        (["?comment"], False),
        (["?-comment"], True),
        (["?-name"], False),
        (["?name=ether1"], True),
        (["?=name=ether1"], True),
        (["?name=ether2"], False),
        (["?name=ETHER1"], False),
        (["?.id=*1"], True),
        (["?note=a=b"], True),
        (["?=note=a=b"], True),
        (["?comment="], False),
        (["?running=true"], True),
        (["?running=yes"], True),
        (["?running=no"], False),
        (["?<mtu=1501"], True),
        (["?<mtu=999"], False),
        (["?>mtu=999"], True),
        (["?>mtu=1500"], False),
        (["?>uptime=59m"], True),
        (["?>comment="], False),
        (["?>name="], True),
        (["?name=ether1", "?type=vlan"], False),
        (["?name=ether1", "?type=ether"], True),
        (["?type=vlan", "?type=ether", "?#|"], True),
        (["?type=vlan", "?type=ether", "?#&"], False),
        (["?type=vlan", "?#!"], True),
        (["?type=vlan", "?#!!"], False),
        (["?type=vlan", "?type=ether", "?name=x", "?#||"], True),
        # The first word's value once more, on top; the stack keeps its false below.
        (["?type=vlan", "?type=ether", "?#1"], False),
        (["?type=vlan", "?type=ether", "?#0"], True),
        (["?type=vlan", "?type=ether", "?#1.!|"], False),
        (["?type=vlan", "?type=ether", "?#1.!||"], True),
        (["?type=vlan", "?#.!|"], True),
        # Below its end the stack is true.
        (["?type=vlan", "?#|"], True),
        (["?#!"], False),
        (["?#7"], True),
        ([f"?#{'7' * 5000}"], True),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
def test_rows_are_shown_as_the_words_say(words: list[str], shown: bool) -> None:
    assert Query(words).matches(ROW) is shown


@pytest.mark.parametrize(
    ("words", "pairs"),
    [
        (["?name=a"], [("name", "a")]),
        (["?=name=a", "?-comment"], [("name", "a")]),
        (["?>name=a", "?<name=b", "?name"], []),
        (["?name=a", "?name=b", "?#|"], []),
    ],
)
def test_only_a_plain_conjunction_serves_an_index(
    words: list[str], pairs: list[tuple[str, str]]
) -> None:
    assert Query(words).equalities() == pairs
