"""A router that answers without end fills nobody's memory."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from portal.hotspot import advice
from portal.hotspot.registry import Routers
from portal.hotspot.router import RouterAddress, RouterUnavailable
from portal.hotspot.settings import RouterSettings
from tests.attacks.flood import BLOCKS, MARK, OURS, QUESTIONS, flooding, sentence
from tests.hotspot.conftest import Connect
from tests.hotspot.peer import DONE, Peer, answering
from tests.support.commands import run

MEBIBYTES = 200


def worker(port: int, *questions: str) -> dict[str, Any]:
    """What a process of its own went through that asks such routers in four threads."""
    done = run([sys.executable, "-m", "tests.attacks.flood", str(port), *questions])
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


@pytest.mark.timeout(300)
@pytest.mark.parametrize("way", BLOCKS)
def test_a_worker_stays_small(way: str) -> None:
    with Peer(flooding(BLOCKS[way])) as peer:
        said = worker(peer.port, *QUESTIONS)
    print(f"{way}: {said['before']:.0f} -> {said['peak']:.0f} MiB")
    assert 0 < said["peak"] < MEBIBYTES
    ended = [end for group in said["ended"].values() for end in group]
    assert len(ended) == 4 * len(QUESTIONS)
    assert "answered" not in ended
