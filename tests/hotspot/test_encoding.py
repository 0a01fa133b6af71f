"""Text arrives whole, whatever the router has stored."""

from __future__ import annotations

import pytest

from portal.hotspot.router import HotspotRouter, NewHotspotUser
from portal.sandbox.routeros import RouterSandbox
from tests.hotspot.conftest import Connect
from tests.hotspot.peer import DONE, Peer, answering, sentence


@pytest.mark.parametrize("text", ["María Ñandú", "日本語", "👩‍💻🎉", "a=b=c", "x" * 20_000])
def test_text_comes_back_as_it_was_sent(
    router: HotspotRouter, sandbox: RouterSandbox, text: str
) -> None:
    router.add_user(NewHotspotUser("AB3C9D", "1234", "1hora", text), 2)
    assert sandbox.users["AB3C9D"]["comment"] == text
    found = router.find_user("AB3C9D", 2)
    assert found is not None
    assert found.mark == text


def test_a_word_that_is_not_utf_8_is_read_as_latin_1(connect: Connect) -> None:
    row = sentence("!re", b"=name=caf\xe9 \xf1", "=comment=canción")
    with Peer(answering(lambda words: row + DONE)) as peer:
        found = connect(peer).find_user("x", 2)
    assert found is not None
    assert (found.name, found.mark) == ("café ñ", "canción")


def test_a_value_may_hold_equals_signs_and_be_empty(connect: Connect) -> None:
    row = sentence("!re", "=name==a=b=", "=comment=", "=disabled=yes")
    with Peer(answering(lambda words: row + DONE)) as peer:
        found = connect(peer).find_user("x", 2)
    assert found is not None
    assert (found.name, found.mark, found.disabled) == ("=a=b=", "", True)
