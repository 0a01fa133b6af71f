"""Walk a change of the key of RADIUS on two real servers: who paid is refused at no step."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest
import sqlalchemy as sa

from portal.access.radius.keys import SLOTS, reread_keys
from portal.access.radius.routers import PORTS_APART, ports_of
from portal.access.radius.secrets import RadiusSecrets
from portal.core.database import reading, writing
from portal.hotspot.setup.radius_server.kit import Kit
from portal.models import Plan, RadiusKey, RadiusSession, RadiusUser, Router
from portal.models.sale_states import SaleState
from portal.operators import routers
from portal.operators.key_rotation import Resealed
from portal.operators.radius import resealing
from portal.operators.radius.kit import KitWishes, server_kit
from portal.operators.router_kit.radius_facts import radius_facts
from portal.sales.operator_refund import refund_sale
from tests.support.databases.admin import Databases, fetch
from tests.support.databases.migrated import copy_postgresql
from tests.support.radius.shop import HOUR, RadiusShop
from tests.support.servers.freeradius import FreeRadius, libraries, require, version
from tests.support.servers.ports import free_udp_port
from tests.support.shop import SECRETS, open_shop
from tests.support.tenants import ACTOR

HOSTS = ("127.0.0.1", "127.0.0.2")
TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
MINUTES = timedelta(minutes=3)
OLD_MAC, OLD_IP = "02:00:00:00:00:AA", "192.168.88.50"


class Walk:
    """A shop whose router asks two servers, each with the files that it was given last."""

    def __init__(self, shop: RadiusShop, folder: Path) -> None:
        self.shop, self._folder = shop, folder
        self._servers: dict[str, FreeRadius] = {}
        self._held: list[tuple[str, socket.socket]] = []
        self._codes: dict[int, dict[str, str]] = {}
        self.said: list[str] = []

    def flask(self, *words: str) -> tuple[int, str]:
        """What `flask radius key …` ends with, and says."""
        done = self.shop.app.test_cli_runner().invoke(args=["radius", "key", *words])
        self.said.append(done.output)
        return done.exit_code, done.output

    def kit(self, host: str) -> Kit:
        """The files for one of the servers, as they would be written now."""
        folder = self._folder / host
        with self.shop.app.app_context():
            kit = server_kit(KitWishes(version(), str(folder), address=host))
        return replace(
            kit, log_folder=str(folder), run_folder=str(folder), threads=2, **libraries()
        )

    def reload(self, host: str) -> None:
        """Write its files anew, and restart it."""
        if host in self._servers:
            self._servers[host].process.terminate()
        (self._folder / host).mkdir(exist_ok=True)
        self._servers[host] = server = FreeRadius(self.kit(host), self._folder / host)
        self._let_go(host)
        server.start()
        taken = {(each.auth_port, each.accounting_port) for each in server.kit.listeners}
        self._hold(host, *(ports for ports in self._pairs() if ports not in taken))

    def _pairs(self) -> list[tuple[int, int]]:
        with self.shop.app.app_context():
            return [ports_of(slot) for slot in SLOTS]

    def _hold(self, host: str, *pairs: tuple[int, int]) -> None:
        """Keep the ports that are not listened at now from being given to another test."""
        for port in (port for pair in pairs for port in pair):
            held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            held.bind((host, port))
            self._held.append((host, held))

    def _let_go(self, host: str) -> None:
        for where, held in self._held:
            if where == host:
                held.close()
        self._held = [each for each in self._held if each[0] != host]

    def close(self) -> None:
        for host, server in self._servers.items():
            server.process.terminate()
            self._let_go(host)

    def log(self) -> str:
        return "".join(server.log for server in self._servers.values())

    def run_kit(self) -> None:
        """Have the router ask as its kit says now."""
        box = self.shop.router
        for row in box.rows("/radius"):
            box.execute("/radius/remove", numbers=row[".id"])
        with self.shop.app.app_context():
            facts = radius_facts(self.record())
        assert facts is not None
        for server in facts.servers:
            box.execute(
                "/radius/add",
                service="hotspot",
                address=server.address,
                secret=facts.secret,
                realm=facts.name,
                authentication_port=str(server.authentication_port),
                accounting_port=str(server.accounting_port),
                timeout="5s",
            )

    def key(self) -> RadiusSecrets:
        """The key that makes what is new."""
        with self.shop.app.app_context():
            return reread_keys().first

    def by_key(self, key: RadiusSecrets) -> int:
        """How many users are sealed with it."""
        with self.shop.app.app_context(), reading() as session:
            return session.query(RadiusUser).filter_by(key_id=key.id).count()

    def record(self) -> Router:
        with self.shop.app.app_context():
            return routers.get(self.shop.company_id, self.shop.router_id)

    def sell(self, kind: str = "usuario_contrasena") -> dict[str, str]:
        """Sell to a new device; the code."""
        mac, address = _device(len(self._codes))
        self.shop.router.join(mac, address)
        said = self.shop.buy(tipo_usuario=kind, mac_cliente=mac, ip_cliente=address)
        assert said.status_code == 200, said.text
        code: dict[str, str] = said.json["usuario_hotspot"]
        self._codes[len(self._codes)] = code
        return code

    def refund(self, number: int) -> None:
        """Give the money of a code back."""
        with self.shop.app.app_context():
            refund_sale(self.shop.sales()[number].id, "no navega")
        self.shop.finish(self.shop.router)
        assert self.shop.sales()[number].state == SaleState.REFUNDED
        del self._codes[number]

    def everyone_enters(self) -> None:
        """Each code that was bought lets its device in and out by either server alone."""
        box = self.shop.router
        for host in HOSTS:
            for row in box.rows("/radius"):
                hidden = "no" if row["address"] == host else "yes"
                box.execute("/radius/set", numbers=row[".id"], disabled=hidden)
            for number, code in self._codes.items():
                mac, address = _device(number)
                box.join(mac, address)
                self.shop.let_in(code, address)
                box.log_out(mac)
                assert box.accounted() == 0, "what was used was not taken"
        for row in box.rows("/radius"):
            box.execute("/radius/set", numbers=row[".id"], disabled="no")

    def sessions_of(self, mac: str) -> list[RadiusSession]:
        """What was accounted of a device."""
        return [session for session in self.shop.sessions() if session.mac == mac]

    def clear(self) -> list[str]:
        """Where a code stands in clear."""
        url = str(self.shop.app.extensions["settings"].database_url).replace("+psycopg2", "")
        stored = {
            table: repr(fetch(url, f"SELECT t::text FROM {table} AS t"))
            for (table,) in fetch(url, TABLES)
        }
        words = {
            word for code in self._codes.values() for word in (code["usuario"], code["contrasena"])
        }
        places = stored | {"log": self.log(), "said": "".join(self.said)}
        return [
            f"{place}: {found[0]}"
            for place, text in places.items()
            for word in words
            if (found := re.search(rf"(?<!\w)({word}|{word.encode().hex()})(?!\w)", text))
        ]

    def is_awaited_once_enrolled(self) -> bool:
        """Whether a router that nobody has heard yet counts for one without the new key."""
        shop = self.shop
        with shop.app.app_context():
            values = {"name": "Playa", "username": "portal", "delivery": "radius"}
            router, _ = routers.create(ACTOR, shop.company_id, **values)
            told = self.flask("status")[1]
            routers.delete(ACTOR, shop.company_id, router.id)
        return router.id in told

    def left_of(self, old: RadiusSecrets) -> list[str]:
        """The files that still hold what the old key makes."""
        gone = (old.inner, old.outer, old.name_key, old.role_password, old.shared_secret)
        files = {name: text for host in HOSTS for name, text in self.kit(host).files().items()}
        return [name for name, text in files.items() for word in gone if word in text]

    def wait(self) -> None:
        """Let minutes pass since each step of the change."""
        with self.shop.app.app_context(), writing() as session:
            earlier = {
                "created_at": RadiusKey.created_at - MINUTES,
                "in_use_since": RadiusKey.in_use_since - MINUTES,
            }
            session.execute(sa.update(RadiusKey).values(earlier))


class Dying(Resealed):
    """What was resealed: it is cut off in the second batch."""

    def __setattr__(self, name: str, value: object) -> None:
        if name == "count" and value == 2:
            raise KeyboardInterrupt
        super().__setattr__(name, value)


def _free_base() -> int:
    """A port from which on all are free that either key is asked at."""
    while True:
        port = free_udp_port()
        with ExitStack() as stack:
            try:
                for other in (port, port + 1, port + PORTS_APART, port + PORTS_APART + 1):
                    found = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                    found.bind((HOSTS[0], other))
            except OSError:
                continue
            return port


def _device(number: int) -> tuple[str, str]:
    return f"02:00:00:00:01:{number:02X}", f"192.168.88.{100 + number}"


@pytest.fixture
def walk(postgres: Databases, tmp_path: Path) -> Iterator[Walk]:
    require()
    (tmp_path / "instance").mkdir()
    port = _free_base()
    url = copy_postgresql(postgres, SECRETS)
    said = {
        "radius_servers": ",".join(HOSTS),
        "radius_port": port,
        "radius_accounting_port": port + 1,
    }
    with ExitStack() as stack:
        shop = stack.enter_context(open_shop(tmp_path / "instance", url, RadiusShop, **said))
        made = Walk(shop, tmp_path)
        stack.callback(made.close)
        shop.router.execute("/radius/incoming/set", accept="yes")
        with shop.app.app_context():
            routers.update(
                ACTOR,
                shop.company_id,
                shop.router_id,
                delivery="radius",
                host=None,
                coa_port=shop.router.incoming_port,
            )
        assert shop.app.test_cli_runner().invoke(args=["radius", "setup"]).exit_code == 0
        for host in HOSTS:
            made.reload(host)
        for profile in shop.router.rows("/ip/hotspot/profile"):
            shop.router.execute(
                "/ip/hotspot/profile/set",
                numbers=profile[".id"],
                use_radius="yes",
                login_by="cookie,http-chap,http-pap,mac-cookie",
            )
        made.run_kit()
        yield made


def test_nobody_who_paid_is_refused_while_the_key_changes(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, box = walk.shop, walk.shop.router
    shop.change(Plan, **HOUR, max_devices=3)
    pin, _ = walk.sell("pin"), walk.sell()
    box.join(OLD_MAC, OLD_IP)
    shop.let_in(pin, OLD_IP)
    old, former = walk.key(), walk.kit(HOSTS[0]).database
    walk.everyone_enters()

    assert walk.flask("add")[0] == 0
    drawn = walk.kit(HOSTS[0]).database
    assert walk.flask("add")[0] == 0, "as where an administrator had to make the role"
    assert walk.kit(HOSTS[0]).database == drawn, "no other key was drawn"
    walk.everyone_enters()
    walk.reload(HOSTS[0])
    walk.everyone_enters()
    assert "Espere" in walk.flask("use", "--unchecked")[1]
    walk.wait()
    code, told = walk.flask("use")
    assert (code, f"✗ {HOSTS[1]}" in told) == (1, True), told
    walk.reload(HOSTS[1])
    assert walk.flask("use")[0] == 0, walk.said[-1]
    assert "ya hay una clave nueva" in walk.flask("add")[1].lower()
    assert walk.is_awaited_once_enrolled(), "its kit may have been written before"
    walk.everyone_enters()
    back = walk.sell()
    walk.sell("pin")
    walk.everyone_enters()
    shop.let_in(back, _device(2)[1])
    walk.refund(2)
    assert walk.sessions_of(_device(2)[0])[-1].stopped, "by the secret that the router has still"

    with monkeypatch.context() as patch:
        patch.setattr(resealing, "BATCH", 1)
        patch.setattr(resealing, "Resealed", Dying)
        assert walk.flask("reseal")[0] == 1
    assert walk.by_key(old) == 1, "what was done before it was cut off stays done"
    walk.everyone_enters()
    assert walk.clear() == []
    assert "1 accesos por volver a cifrar" in walk.flask("status")[1]
    assert "1 accesos" in walk.flask("drop", "--abandon-routers")[1]
    assert walk.flask("reseal")[1].startswith("1 ")
    walk.everyone_enters()
    assert shop.router_id in walk.flask("status")[1]
    assert walk.flask("drop")[0] == 1
    walk.run_kit()
    walk.everyone_enters()
    assert "Espere" in walk.flask("drop")[1]
    walk.wait()
    assert "radius key drop" in walk.flask("status")[1]
    assert walk.flask("drop")[0] == 0, walk.said[-1]
    walk.everyone_enters()

    for host in HOSTS:
        walk.reload(host)
        walk.everyone_enters()
    assert walk.clear() == []
    assert walk.left_of(old) == []
    box.pass_time(600)
    [session] = walk.sessions_of(OLD_MAC)
    assert (session.ended_at, session.seconds) == (None, 600), "one that began with the old key"
    walk.refund(0)
    [session] = walk.sessions_of(OLD_MAC)
    assert session.stopped
    with pytest.raises(psycopg2.OperationalError, match=r"not permitted|authentication failed"):
        psycopg2.connect(**former.words)

    assert walk.flask("add")[0] == 0
    for host in HOSTS:
        walk.reload(host)
    walk.wait()
    assert walk.flask("use")[0] == 0, walk.said[-1]
    assert walk.flask("reseal")[0] == 0
    walk.wait()
    assert walk.flask("drop", "--abandon-routers")[0] == 0
    walk.everyone_enters()
    for host in HOSTS:
        walk.reload(host)
    walk.run_kit()
    walk.everyone_enters()
