"""Read the networks that this machine is attached to out of the kernel's routes."""

from __future__ import annotations

from ipaddress import ip_address

from portal.hotspot import own_networks
from portal.hotspot.targets import is_own

# As Linux 6.1 prints them; a default route, a way by a gateway, and two networks next door.
IPV4 = """Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	0158A8C0	0003	0	0	0	00000000	0	0	0
eth0	0058A8C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
eth0	0000000A	0158A8C0	0003	0	0	0	000000FF	0	0	0
wg0	0000630A	00000000	0001	0	0	0	0000FFFF	0	0	0
"""
OURS, ZERO, GATEWAY = f"{0xFD << 120:032x}", "0" * 32, f"{(0xFD << 120) + 1:032x}"
COUNTS = "00000400 00000003 00000000 00000001"
IPV6 = f"""{OURS} 40 {ZERO} 00 {ZERO} {COUNTS} eth0
{ZERO} 00 {ZERO} 00 {GATEWAY} {COUNTS} eth0
"""


def test_the_networks_next_door_are_read_and_no_others() -> None:
    found = [str(network) for network in own_networks.ipv4_networks(IPV4)]
    assert found == ["192.168.88.0/24", "10.99.0.0/16"]
    assert [str(network) for network in own_networks.ipv6_networks(IPV6)] == ["fd00::/64"]


def test_every_neighbour_is_refused_and_who_is_further_off_is_not() -> None:
    """Whatever networks the machine has that this runs on."""
    networks = list(own_networks.own_networks())
    neighbours = [network[-2] for network in networks if network.num_addresses > 2]
    assert all(is_own(address) for address in neighbours)
    assert not is_own(ip_address("203.0.113.9"))
    assert not any(ip_address("203.0.113.9") in network for network in networks)
