"""Prove that a sale's commands cost the same on a full router as on an empty one."""

from __future__ import annotations

import time

from portal.sandbox.routeros import RouterSandbox
from tests.sandbox.routeros.conftest import IP, MAC
from tests.sandbox.routeros.talk import Talk
from tests.support.patience import quickest

ROUNDS = 40


def seconds(talk: Talk) -> float:
    """The fewest CPU seconds, the router's too, that one look-up of each kind together took."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        talk.rows("/ip/hotspot/user/print", "=.proplist=.id,name", "?name=U00000")
        talk.rows("/ip/hotspot/active/print", "=.proplist=.id,user", "?user=U00000")
        talk.rows("/ip/hotspot/host/print", f"?mac-address={MAC}", f"?address={IP}")
        times.append(time.process_time() - began)
    return min(times)


def test_look_ups_do_not_scan(router: RouterSandbox, talk: Talk) -> None:
    router.add_users(1)
    empty = seconds(talk)
    for n in range(4):
        router.add_users(5_000, prefix=f"V{n}")
    for n in range(1_000):
        router.join(f"02:00:00:01:{n // 256:02X}:{n % 256:02X}", f"10.1.{n // 250}.{n % 250 + 1}")
    # A scan of 20,000 rows takes some hundred times as long as a look-up.
    assert seconds(talk) < 5 * empty


def test_hundreds_of_commands_a_second(router: RouterSandbox, talk: Talk) -> None:
    router.add_users(5_000)

    def three_commands() -> None:
        talk.ask("/ip/hotspot/user/add", "=name=S", "=password=1", "=disabled=yes")
        [user] = talk.rows("/ip/hotspot/user/print", "=.proplist=.id", "?name=S")
        talk.ask("/ip/hotspot/user/remove", f"=.id={user['.id']}")

    assert quickest(three_commands, 3 / 300, tries=500) < 3 / 300
