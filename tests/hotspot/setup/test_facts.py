"""Prove that facts that make no kit are refused."""

from __future__ import annotations

from typing import Any

import pytest

from portal.hotspot.setup import KitError, UserProfile
from tests.hotspot.setup.conftest import make_facts


@pytest.mark.parametrize(
    "changes",
    [
        {"portal_url": "ftp://example.com"},
        {"portal_url": "https://example.com/$(error)"},
        {"portal_url": 'https://example.com/"><script>'},
        {"portal_url": "https://user:secret@example.com/"},
        {"portal_url": "https://example.com\n"},
        {"router_id": "RTR_$(mac)"},
        {"router_id": ""},
        {"hosts": ('x" ; /user remove [find]',)},
        {"hosts": ("example.com\n",)},
        {"hosts": ("*",)},
        {"allowed_from": ("anywhere",)},
        {"api_user": "a\nb"},
        {"api_password": "a\x00b"},
        {"profiles": (UserProfile("a\nb"),)},
    ],
)
def test_what_could_break_out_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(KitError):
        make_facts(**changes)


def test_the_password_is_in_no_repr() -> None:
    assert "planted" not in repr(make_facts())


def test_the_portals_host_is_open_once() -> None:
    facts = make_facts(portal_url="http://127.0.0.1:8000", hosts=("127.0.0.1", "example.com"))
    assert facts.walled_garden == ("127.0.0.1", "example.com")
