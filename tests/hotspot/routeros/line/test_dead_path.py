"""Test a line whose path dies, without a word or with one, as when a site's NAT restarts.

Facts, measured 2026-11 on Linux 6.18 between the adapter and the sandbox, each in a network of its
own, with two TUN devices between them that delay and lose (this kernel has no netem):

| the path | what was seen |
| --- | --- |
| 100 ms each way | first 0.60 s, by TLS 1.3 0.82, by anonymous TLS 1.2 1.03; then 0.20 each |
| the same, 20 at once | 0.82 s, four rounds, as the window grows; the next 20 in 0.41 |
| 50 ms, 5 % lost each way | 50 commands: median 0.10 s, the slowest 0.56, none without answer |
| 50 ms, 10 % lost each way | 12 of 12 sales delivered in 0.6 to 1.6 s |
| 50 ms, 20 % lost each way | 1 of 8 new connections by TLS is not there within its 3 s |
| flow forgotten silently | the sale is refused after 5.06 s, uncharged; the next sold in 0.30 s |
| the same, 9 s before the sale | sold in 0.04 s, on a new line: the kernel had asked meanwhile |

A NAT between that forgets the flow and answers what comes by it with a RST (nftables' `reject with
tcp reset`, or `conntrack -F` while the router answers), seen with sales:

| cut | what was seen |
| --- | --- |
| while idle; the next command is the sale's | sold in 0.02 s, on a new line |
| while the user is made | the answer never comes, but the kernel's probe is reset: sold in 4.2 s |
| while a question is open | asked again on another line: sold |
| while the paid user is enabled | 202 after 4.1 s, the worker delivers |
| in the middle of a login | nothing probes within its 3 s: refused, uncharged |
| `conntrack -F` while idle | the flow is taken up again, with its port: nothing is noticed |

A path that drops packets of more than 1,400 bytes in silence, `tcp_mtu_probing` 0 as it is by
itself, before we asked for short segments: sales are well, since no sentence of theirs is as long,
and every round over a dozen users waits for its 30 s in vain. With probing at the router's end,
which RouterOS does not offer, the first took 4.3 s.

A line of 64 kbit/s with 600 ms: a sale 3.4 s, 4.6 with its login, by TLS 5.5; 2,000 users are
362 kB and 45 s. A sale beside that is refused, uncharged, after 3 s: eight seconds stand in line.

NATs forget idle flows after 2 h (RFC 5382), a day (RouterOS), half a minute at the least (mobile
carriers): an idle line is closed before. What is met is a restart, or a new address at night.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from portal.access.provisioning import make
from portal.hotspot.provisioning import NewHotspotUser
from portal.sandbox.routeros import RouterSandbox
from tests.hotspot.routeros.conftest import Connect
from tests.support.networks import namespaces
from tests.support.networks.namespaces import Network, cable, network
from tests.support.patience import PATIENCE, wait_until

ROUTER = "203.0.113.2"
CUT = """table ip cut {
    chain out { type filter hook output priority 0; tcp sport %(port)s drop; }
    chain in { type filter hook input priority 0; tcp sport %(flow)s drop; }
}"""
# As where a tunnel or PPPoE has less room, and ICMP is filtered.
NARROW = """table ip narrow {
    chain out { type filter hook output priority 0; ip length > 1400 drop; }
}"""
RESET = """table ip cut {
    chain in { type filter hook input priority 0; tcp sport %(flow)s reject with tcp reset; }
}"""


class Path:
    """Our end, the router's, and the router there."""

    def __init__(self, ours: Network, theirs: Network, router: RouterSandbox) -> None:
        self.ours, self.theirs, self.router = ours, theirs, router

    def flows(self) -> list[str]:
        """The local ports of the connections that our kernel holds for alive."""
        words = ("ss", "-tnH", "state", "established", "dport", "=", f":{self.router.port}")
        lines = self.ours.run(*words).splitlines()
        return [line.split()[2].rpartition(":")[2] for line in lines]

    def forget(self, how: str = CUT) -> None:
        """Let what is sent on the flow that stands go nowhere, or be answered with a RST."""
        [flow] = self.flows()
        rules = how.replace("%(port)s", f"{self.router.port} tcp dport {flow}")
        self.theirs.run("nft", "-f", "-", stdin=rules.replace("%(flow)s", flow))


@pytest.fixture
def path() -> Iterator[Path]:
    namespaces.require()
    mark = f"{os.getpid() % 100000}"
    with ExitStack() as stack:
        ours, theirs = (stack.enter_context(network(f"{what}{mark}")) for what in ("pth", "rtd"))
        cable(ours, "wan", theirs, "wan")
        ours.ip("address add 203.0.113.1/24 dev wan")
        theirs.ip(f"address add {ROUTER}/24 dev wan")
        with theirs.entered():
            router = stack.enter_context(RouterSandbox(host="0.0.0.0"))
        router.add_profile("1hora")
        stack.enter_context(ours.entered())
        yield Path(ours, theirs, router)


def test_it_is_left_before_the_next_command(path: Path, connect: Connect) -> None:
    router = connect(path.router, host=ROUTER, probe_seconds=1, idle_seconds=PATIENCE)
    assert router.provisioner.find_user("AB3C9D", PATIENCE) is None
    path.forget()
    wait_until(lambda: not path.flows(), "a dead path to be noticed")
    user = NewHotspotUser(name="AB3C9D", password="x", profile="1hora", mark="portal:acc_1")
    router.provisioner.add_user(user, PATIENCE)
    assert list(path.router.users) == ["AB3C9D"]


def test_a_user_is_made_though_the_nat_resets_an_idle_line(path: Path, connect: Connect) -> None:
    router = connect(path.router, host=ROUTER, idle_seconds=PATIENCE)
    assert router.provisioner.find_user("AB3C9D", PATIENCE) is None
    path.forget(RESET)
    user = NewHotspotUser(name="AB3C9D", password="x", profile="1hora", mark="portal:acc_1")
    assert isinstance(make(router.provisioner, user, PATIENCE), str)
    assert list(path.router.users) == ["AB3C9D"]


def test_long_answers_come_through_a_narrow_path(path: Path, connect: Connect) -> None:
    # Else the kernel hands on several segments as one packet.
    path.theirs.ip("link set wan gso_max_segs 1")
    path.theirs.run("nft", "-f", "-", stdin=NARROW)
    path.router.add_users(50)
    router = connect(path.router, host=ROUTER)
    assert len(router.provisioner.users_marked("", PATIENCE)) > 50
