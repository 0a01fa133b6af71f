"""Stop all processes of ours for ten minutes, and see what routers and customers have of it.

`python -m tests.support.radius.outage` waits for ten minutes by the clock on the wall. Elsewhere
the router's clock is put ahead and all moments in the tables are put back by as much: that is the
same, since the server compares those moments with its own clock alone, and keeps none itself.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from portal.core.database import writing
from portal.core.extensions import db
from portal.models import Plan
from portal.sandbox.routeros import Refusal
from tests.support.databases.admin import Databases, execute, fetch
from tests.support.databases.migrated import copy_postgresql
from tests.support.databases.postgres import Postgres
from tests.support.patience import PATIENCE
from tests.support.processes.process import Process
from tests.support.radius.shop import RadiusShop, open_radius_shop
from tests.support.servers.gunicorn import Server
from tests.support.shop import SECRETS

SPAN_SECONDS = 600
PART, HALF, LONG = SPAN_SECONDS // 4, SPAN_SECONDS // 2, 6 * SPAN_SECONDS
# Whatever is a moment there, and is compared with the clock.
MOMENTS = {
    "radius_user": ("expires_at", "first_started_at"),
    "radius_session": ("started_at", "heard_at", "ended_at"),
    "radius_router": ("heard_at",),
    "radius_grant": ("granted_at",),
    "access": ("started_at", "expires_at", "next_attempt_at", "lease_until"),
    "sale": ("next_attempt_at", "lease_until"),
    "job": ("next_attempt_at", "lease_until"),
}
STRANGERS = "SELECT usename FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
LOOK_SECONDS = 0.02
QUICK = {"USAGE_SYNC_SECONDS": "1", "RETRY_FIRST": "0.2", "RETRY_LONGEST": "1"}


@dataclass(frozen=True)
class Customer:
    """A device with the code that it bought."""

    mac: str
    address: str
    code: dict[str, str]


class Business:
    """A shop whose application and worker are processes of their own, which can be stopped."""

    def __init__(self, shop: RadiusShop, url: str, folder: Path) -> None:
        self.shop, self._url = shop, url
        env = SECRETS | QUICK | {"DATABASE_URL": url, "LOG_LEVEL": "WARNING"}
        env |= {"INSTANCE_PATH": str(folder), "CONEKTA_API_URL": shop.gateway.url}
        self._server = Server(env=env)
        command = (sys.executable, "-m", "flask", "--app", "wsgi", "worker")
        self._worker = Process([*command, "--threads", "1", "--pause", "0.2"], env)
        self._plans = {
            terms: self._plan(*terms)
            for terms in ((HALF, "connected"), (HALF, "purchase"), (LONG, "purchase"))
        }

    def start(self) -> None:
        """Sell, and do what is due."""
        self._server.start()
        self._worker.start()

    def stop(self) -> None:
        """End both as a crash would, and every connection of ours to the database."""
        for process in (self._worker, self._server):
            process.kill()
        with self.shop.app.app_context():
            db.engine.dispose()

    def close(self) -> None:
        """End what runs."""
        self._worker.terminate()
        self._server.close()

    def is_stopped(self) -> bool:
        """Whether nothing of ours runs or has the database open: the RADIUS server alone may."""
        deadline = time.monotonic() + PATIENCE
        # Connections that this test has closed itself, of the look before too, take a moment to go.
        while (others := self._strangers()) and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
        return not (self._server.running or self._worker.running or others)

    def _strangers(self) -> set[str]:
        database = self._url.rpartition("/")[2].partition("?")[0]
        found = {row[0] for row in fetch(self._url, STRANGERS, database)}
        return {role for role in found if role and not role.startswith("portal_radius")}

    def sell(self, number: int, seconds: int, duration_from: str) -> Customer:
        """Sell to a new device over HTTP."""
        mac, address = f"02:00:5E:20:00:{number:02X}", f"192.168.88.{number + 20}"
        self.shop.router.join(mac, address)
        order = self.shop.order(
            producto_id=self._plans[seconds, duration_from],
            email_cliente=f"c{number}@example.com",
            mac_cliente=mac,
            ip_cliente=address,
        )
        said = requests.post(
            f"{self._server.url}/api/v1/payments/pagar-conekta",
            json=order,
            headers={"X-API-Key": self.shop.api_key},
            timeout=PATIENCE,
        )
        assert said.status_code == 200, said.text
        return Customer(mac, address, said.json()["usuario_hotspot"])

    def wait_until(self, done: Callable[[], bool], what: str) -> None:
        """Wait for what the worker does."""
        self._worker.wait_until(done, what)

    def _plan(self, seconds: int, duration_from: str) -> int:
        plan = Plan(
            company_id=self.shop.company_id,
            router_id=self.shop.router_id,
            name=f"{seconds} s {duration_from}",
            amount=2000,
            profile_name="1hora",
            duration_seconds=seconds,
            duration_from=duration_from,
        )
        with self.shop.app.app_context(), writing() as session:
            session.add(plan)
            session.flush()
            return plan.id


class Passing:
    """Let time pass, by the clocks of the router and the tables, or by the one on the wall."""

    def __init__(self, shop: RadiusShop, url: str, *, is_real: bool) -> None:
        self._shop, self._url, self._is_real = shop, url, is_real

    def wait(self, seconds: int) -> None:
        """Let so many seconds pass for everybody."""
        if self._is_real:
            time.sleep(seconds)
        else:
            self._shop.router.pass_time(seconds)
            for table, columns in MOMENTS.items():
                put = ", ".join(f"{name} = {name} - interval '{seconds} s'" for name in columns)
                execute(self._url, f"UPDATE {table} SET {put}")
        self._shop.router.accounted()


@contextmanager
def open_business(
    folder: Path, url: str, *, is_real: bool = False
) -> Iterator[tuple[Business, Passing]]:
    """A business that runs, and the time that passes for it."""
    with open_radius_shop(folder, url) as shop:
        business = Business(shop, url, folder / "instance")
        try:
            business.start()
            yield business, Passing(shop, url, is_real=is_real)
        finally:
            business.close()


def play(business: Business, time_passes: Passing) -> None:
    """Sell, stop everything of ours for ten minutes, and start it again."""
    shop, router = business.shop, business.shop.router
    online, bought = business.sell(1, HALF, "connected"), business.sell(2, HALF, "purchase")
    stays, comes = business.sell(3, LONG, "purchase"), business.sell(4, LONG, "purchase")
    for each in (online, bought, stays):
        shop.let_in(each.code, each.address)
    business.stop()
    assert business.is_stopped()

    time_passes.wait(PART)
    shop.let_in(comes.code, comes.address)
    router.log_out(stays.mac)
    router.accounted()
    router.join(stays.mac, stays.address)
    shop.let_in(stays.code, stays.address)
    assert macs(shop) == {each.mac for each in (online, bought, stays, comes)}
    time_passes.wait(PART + 2)
    assert macs(shop) == {stays.mac, comes.mac}, "what was bought ended without us"
    for each in (online, bought):
        router.join(each.mac, each.address)
        assert is_refused(shop, each), "what has ended lets nobody in again"
    time_passes.wait(2 * PART - 2)
    assert macs(shop) == {stays.mac, comes.mac}
    assert business.is_stopped()

    business.start()
    business.wait_until(lambda: wanted(shop) == ["absent"] * 2 + ["enabled"] * 2, "the ends")
    ended = [one for one in shop.sessions() if one.mac in (online.mac, bought.mac)]
    assert {one.ended_because for one in ended} == {"Session-Timeout"}
    assert all(HALF - PATIENCE <= one.seconds <= HALF + PATIENCE for one in ended)
    assert macs(shop) == {stays.mac, comes.mac}
    late = business.sell(5, LONG, "purchase")
    shop.let_in(late.code, late.address)
    assert late.mac in macs(shop)


def macs(shop: RadiusShop) -> set[str]:
    return {row["mac-address"] for row in shop.router.active}


def wanted(shop: RadiusShop) -> list[str]:
    return [str(access.wanted) for access in shop.accesses()]


def is_refused(shop: RadiusShop, customer: Customer) -> bool:
    try:
        shop.let_in(customer.code, customer.address)
    except Refusal as refused:
        return "unknown host" not in str(refused)
    return False


def main() -> None:
    """Play it with ten minutes by the clock on the wall."""
    with TemporaryDirectory() as folder, Postgres() as postgres:
        began = time.monotonic()
        databases: Databases = postgres
        url = copy_postgresql(databases, SECRETS)
        with open_business(Path(folder), url, is_real=True) as (business, time_passes):
            play(business, time_passes)
        print(f"nobody who paid was kept waiting; {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
