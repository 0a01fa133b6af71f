"""A server and a router behind NAT, each in a network of its own, with real WireGuard between."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from flask import render_template

from portal.cli.deploy.wireguard import tunnel_values
from portal.operators import routers
from portal.operators.dial_in.status import PeerStatus, peer_statuses
from portal.operators.router_kit import kit
from portal.operators.router_kit.first_contact import certificate_shown, trust_certificate
from portal.operators.router_kit.kit import KitOptions
from portal.sandbox.conekta import ConektaSandbox
from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.terminal.runner import Runner
from tests.support.networks.namespaces import PATH, Network, cable, network, run
from tests.support.patience import wait_until
from tests.support.servers.ports import free_port
from tests.support.servers.serving import serve
from tests.support.shop import (
    IP,
    MAC,
    PATIENT,
    PRIVATE_KEY,
    ROUTER_PASSWORD,
    Shop,
    close_app,
    make_app,
)
from tests.support.tenants import ACTOR

SERVER = "203.0.113.1"
BEHIND, MOVED = "203.0.113.2", "203.0.113.3"
NAT = """table ip nat {
    chain out { type nat hook postrouting priority srcnat; oifname "wan" masquerade; }
}"""


class Ground:
    """The networks, the shop in the server's, and its router at the other end."""

    def __init__(self, server: Network, nat: Network, site: Network, shop: Shop, url: str) -> None:
        self.server, self.nat, self.site = server, nat, site
        self.shop, self.url = shop, url
        self.key = ""

    def kit(self) -> str:
        """The script that an owner downloads; those who come from there reach this server."""
        with self.shop.app.app_context():
            options = KitOptions()
            made = kit.make_kit(ACTOR, self.shop.company_id, self.shop.router_id, options, self.url)
        return made.script

    def run_kit(self) -> list[str]:
        """Run it on the router, which posts its key over the Internet; what it said."""
        script = self.kit()
        runner = Runner(self.shop.router, reaches=None)
        with self.site.entered():
            runner.run(script)
        [interface] = self.shop.router.rows("/interface/wireguard")
        self.key = interface["public-key"]
        return runner.said

    def apply(self) -> None:
        """Do what the server's timer does: run the helper, as root."""
        self.server.run("sh", str(self.helper))

    @property
    def helper(self) -> Path:
        """The script that `flask deploy wireguard helper` prints, with its key elsewhere."""
        app = self.shop.app
        path = Path(app.instance_path_of_test) / "portal-wireguard"  # type: ignore[attr-defined]
        if not path.exists():
            with app.app_context():
                text = render_template("deploy/portal-wireguard.sh.j2", **tunnel_values())
            path.write_text(text.replace("/etc/wireguard", str(path.parent)))
        return path

    def peer(self, key: str | None = None) -> PeerStatus | None:
        """How a peer stands, as the helper says now."""
        self.apply()
        with self.shop.app.app_context():
            return (peer_statuses() or {}).get(key or self.key)

    def trust_first_contact(self) -> None:
        """Hold the router to the certificate that it shows through the tunnel."""
        shop = self.shop
        with shop.app.app_context():
            shown = certificate_shown(shop.company_id, shop.router_id)
            trust_certificate(ACTOR, shop.company_id, shop.router_id, shown, trusted=True)

    def cut(self) -> None:
        """Pull the cable that leads from the NAT to the server."""
        self.nat.ip("link set wan down")

    def move(self) -> None:
        """Plug it in again, with another public address: what went out by the old one is over."""
        self.nat.ip(f"address delete {BEHIND}/24 dev wan")
        self.nat.ip(f"address add {MOVED}/24 dev wan")
        self.nat.ip("link set wan up")


@contextmanager
def ground(folder: Path, settings: dict[str, object]) -> Iterator[Ground]:
    """All of it, while the block lasts. Names hold our process' number: others may do the same."""
    mark = f"{os.getpid() % 100000}"
    with ExitStack() as stack:
        server, nat, site = (
            stack.enter_context(network(f"{what}{mark}")) for what in ("srv", "nat", "rtr")
        )
        cable(server, "wan", nat, "wan")
        cable(nat, "lan", site, "wan")
        server.ip(f"address add {SERVER}/24 dev wan")
        nat.ip(f"address add {BEHIND}/24 dev wan")
        nat.ip("address add 192.168.1.1/24 dev lan")
        nat.run("tee", "/proc/sys/net/ipv4/ip_forward", stdin="1")
        nat.run("nft", "-f", "-", stdin=NAT)
        site.ip("address add 192.168.1.2/24 dev wan")
        site.ip("route add default via 192.168.1.1")
        stack.enter_context(server.entered())
        port = free_port()
        url = f"https://{SERVER}:{port}"
        with site.entered():
            device = RouterSandbox(password=ROUTER_PASSWORD, host="0.0.0.0", tls="certificate")
            stack.enter_context(device)
        device.add_profile("1hora")
        device.join(MAC, IP)
        gateway = stack.enter_context(ConektaSandbox(keys=[PRIVATE_KEY]))
        told = {"conekta_api_url": gateway.url, "public_url": url, **PATIENT, **settings}
        app = make_app(folder, None, **told)
        app.instance_path_of_test = str(folder)  # type: ignore[attr-defined]
        stack.callback(close_app, app)
        shop = Shop(app, device, gateway)
        with app.app_context():
            values = {"dial_in": "wireguard", "port": device.tls_port or 0, "tls": "verified"}
            routers.update(ACTOR, shop.company_id, shop.router_id, trusted=True, **values)
        stack.enter_context(serve(app, port, secure=True, host=SERVER))
        yield Ground(server, nat, site, shop, url)


@contextmanager
def dialled(made: Ground) -> Iterator[str]:
    """Lay the router's end with the keys that it made: RouterOS' own interface cannot be had."""
    rows = made.shop.router.rows
    [interface], [peer] = rows("/interface/wireguard"), rows("/interface/wireguard/peers")
    [address] = [r for r in rows("/ip/address") if r["interface"] == interface["name"]]
    name = f"rtr{os.getpid() % 100000}"
    words = ["ip", "netns", "exec", made.site.name, "wireguard-go", "-f", name]
    environ = os.environ | {"PATH": PATH, "LOG_LEVEL": "error"}
    process = subprocess.Popen(words, env=environ, stdin=subprocess.DEVNULL)
    try:
        wait_until(Path(f"/run/wireguard/{name}.sock").exists)
        endpoint = f"{peer['endpoint-address']}:{peer['endpoint-port']}"
        words = ["wg", "set", name, "private-key", "/dev/stdin", "peer", peer["public-key"]]
        words += ["endpoint", endpoint, "allowed-ips", peer["allowed-address"]]
        # The kit says 10 s; so long nobody waits here.
        words += ["persistent-keepalive", "1"]
        made.site.ip(f"address add {address['address']} dev {name}")
        made.site.ip(f"link set {name} up")
        made.site.ip(f"route add {address['network']} dev {name}")
        run(*words, stdin=interface["private-key"])
        yield name
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
