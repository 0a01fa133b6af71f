"""Produce each state in which somebody has no Internet, on a real router and a real gateway."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert, resolve_alerts
from portal.core.database import writing
from portal.hotspot.setup.facts import KitFacts
from portal.models import Access, Alert, PaymentPass, Router, Sale, utc_now
from portal.operators.audit import Actor
from portal.operators.diagnosis.causes import Cause
from portal.operators.diagnosis.examination import Examination, examine
from portal.operators.diagnosis.facts import Asked
from portal.operators.diagnosis.subject import Question
from portal.operators.refunds import refund
from portal.ports import checkout_hosts, settings
from tests.support.environment import Environment, Visitor

ANA = Actor("ana@example.com")
HOUR, MEGABYTE = 3600, 2**20
RIVAL_MAC, RIVAL_IP = "02:00:00:99:00:01", "10.5.99.1"
USER = "/ip/hotspot/user"


class Counter(Environment):
    """A shop with an owner at its counter, and one customer before them."""

    visitor_now: Visitor
    code: str
    password: str

    def open_garden(self) -> None:
        """Let customers reach whom they pay before they have paid."""
        facts = KitFacts(
            settings().public_url, "x", "x", "x", "", "", False, hosts=checkout_hosts()
        )
        for host in facts.walled_garden:
            self.router.execute("/ip/hotspot/walled-garden/ip/add", dst_host=host, action="accept")

    def empty(self, menu: str) -> None:
        """Remove all rows of a menu of the router's."""
        if numbers := ",".join(row[".id"] for row in self.router.rows(menu)):
            self.router.execute(f"{menu}/remove", numbers=numbers)

    def clear(self) -> None:
        """Begin anew, with a customer whose device has just come."""
        super().clear()
        self.router.faults.clear()
        self.router.come_up()
        self.router.set_clock_off(0)
        self.gateway.behave(force_three_ds=False)
        self.change(Router, active=True)
        self.empty("/ip/hotspot/ip-binding")
        self.empty("/ip/hotspot/walled-garden/ip")
        with self.app.app_context():
            self.open_garden()
        for host in {row["mac-address"] for row in self.router.hosts}:
            self.router.leave(host)
        others = [u[".id"] for u in self.router.users.values()]
        if others:
            self.router.execute(f"{USER}/remove", numbers=",".join(others))
        self.visitor_now = self.visitor()
        self.code = self.password = ""

    @property
    def mac(self) -> str:
        """The customer's device."""
        return self.visitor_now.mac

    def purchase(self, **changes: Any) -> int:
        """The customer buys, without being logged in by it; the answer's status."""
        answer = self.send(self.request(self.visitor_now, **changes))
        if answer.status_code == 200:
            user = answer.json["usuario_hotspot"]
            self.code, self.password = user["usuario"], user["contrasena"]
        return answer.status_code

    def log_in(self, address: str | None = None) -> None:
        """A device types the code."""
        self.router.log_in(self.code, self.password, address or self.visitor_now.ip)

    def rival_comes(self) -> None:
        """Another device types the code first."""
        self.router.join(RIVAL_MAC, RIVAL_IP)
        self.log_in(RIVAL_IP)

    def let_in_to_pay(self) -> None:
        """The customer has not logged in, and is about to pay for something."""
        name, password = "pase-0123456789abcdef", "x"
        self.router.add_user(name, password)
        self.router.log_in(name, password, self.visitor_now.ip)
        sale = self.sales()[-1]
        own = {"company_id": sale.company_id, "router_id": sale.router_id, "sale_id": sale.id}
        with self.app.app_context(), writing() as session:
            session.add(PaymentPass(mac=self.mac, name=name, expires_at=utc_now(), **own))

    def set_user(self, **values: str) -> None:
        """Somebody changes the customer's user on the router."""
        self.router.execute(f"{USER}/set", numbers=self.router.users[self.code][".id"], **values)

    def all_of(self, record: type[Any]) -> list[Any]:
        """All of a kind of record."""
        return self._all(select(record))

    def ask(self, asked: Asked = Asked.MAC, text: str = "", **more: Any) -> Examination:
        """What the owner is told; by the device's MAC where nothing else is said."""
        said = text or {Asked.MAC: self.mac, Asked.CODE: self.code}.get(asked, "")
        with self.app.app_context():
            return examine(self.company_id, Question(asked, said, **more))


Scene = Callable[[Counter], None]


def declined(counter: Counter) -> None:
    assert counter.purchase(token_tarjeta="tok_test_card_declined") == 402


def abandoned(counter: Counter) -> None:
    declined(counter)
    counter.change(Sale, cancel_reason="abandoned")


def bank_waits(counter: Counter) -> None:
    counter.gateway.behave(force_three_ds=True)
    assert counter.purchase() == 202


def undecided(counter: Counter) -> None:
    bank_waits(counter)
    counter.change(Sale, action_url=None)


def buyer_waits(counter: Counter) -> None:
    undecided(counter)
    counter.change(Sale, method="cash")


def parked(counter: Counter) -> None:
    counter.purchase()
    counter.change(Sale, parked_reason="stuck")


def refunded(counter: Counter) -> None:
    counter.purchase()
    [sale] = counter.sales()
    with counter.app.app_context():
        refund(ANA, counter.company_id, sale.id, "No le sirvió")


def charged_back(counter: Counter) -> None:
    counter.purchase()
    counter.change(Sale, state="charged_back")


def paid_but_away(counter: Counter) -> None:
    counter.router.faults.cut_before(f"{USER}/set", times=None)
    assert counter.purchase() == 202
    counter.router.go_down()


def away(counter: Counter) -> None:
    counter.purchase()
    counter.router.go_down()


def refuses(counter: Counter) -> None:
    counter.purchase()
    counter.router.faults.refuse_login(times=None)
    counter.router.drop_connections()


def key_lost(counter: Counter) -> None:
    counter.purchase()
    counter.change(Access, name_sealed=b"\x00" * 40)


def withdrawn(counter: Counter) -> None:
    counter.purchase()
    counter.change(Access, wanted="absent")


def blocked(counter: Counter) -> None:
    counter.purchase()
    counter.set_user(disabled="yes")


def user_missing(counter: Counter) -> None:
    counter.purchase()
    counter.router.execute(f"{USER}/remove", numbers=counter.router.users[counter.code][".id"])


def name_lost(counter: Counter) -> None:
    user_missing(counter)
    counter.router.add_user(counter.code, "x")


def not_delivered(counter: Counter) -> None:
    counter.router.faults.trap("failure: busy", f"{USER}/set", times=None)
    assert counter.purchase() == 202
    counter.router.faults.clear()


def not_in_network(counter: Counter) -> None:
    counter.purchase()
    counter.router.leave(counter.mac)


def online_elsewhere(counter: Counter) -> None:
    counter.purchase()
    counter.rival_comes()
    counter.router.leave(counter.mac)


def bypassed(counter: Counter) -> None:
    counter.purchase()
    counter.router.execute("/ip/hotspot/ip-binding/add", mac_address=counter.mac, type="bypassed")


def online(counter: Counter) -> None:
    counter.purchase()
    counter.log_in()


def foreign_session(counter: Counter) -> None:
    counter.purchase()
    counter.router.add_user("vecino", "x")
    counter.router.log_in("vecino", "x", counter.visitor_now.ip)


def payment_pass(counter: Counter) -> None:
    counter.purchase()
    counter.let_in_to_pay()


def old_address(counter: Counter) -> None:
    online(counter)
    counter.router.join(counter.mac, "10.5.98.1", keeps_old=True)
    [old] = [h for h in counter.router.hosts if h["address"] == counter.visitor_now.ip]
    # The router has missed the old address, and not yet the session that stood there.
    counter.router.ask(
        lambda device: device.tables["/ip/hotspot/host"].remove(
            device.tables["/ip/hotspot/host"].first("address", old["address"])
        )
    )


def bound(counter: Counter) -> None:
    counter.purchase()
    counter.set_user(mac_address=RIVAL_MAC)


def device_limit(counter: Counter) -> None:
    counter.purchase()
    counter.rival_comes()


def profile_limit(counter: Counter) -> None:
    device_limit(counter)
    counter.change(Access, max_devices=3)


def data_used(counter: Counter) -> None:
    counter.purchase()
    counter.change(Access, data_limit=MEGABYTE, used_bytes=MEGABYTE)


def time_over(counter: Counter) -> None:
    counter.purchase()
    counter.change(
        Access,
        started_at=utc_now() - timedelta(hours=25),
        expires_at=utc_now() - timedelta(hours=1),
    )


def time_lost(counter: Counter) -> None:
    time_over(counter)
    with counter.app.app_context(), writing() as session:
        about = (session, counter.company_id, AlertKind.ROUTER_AWAY, counter.router_id)
        raise_alert(*about, "El router no responde.")
        resolve_alerts(*about)
    counter.change(
        Alert,
        created_at=utc_now() - timedelta(hours=5),
        resolved_at=utc_now() - timedelta(hours=3),
    )


def limits_behind(counter: Counter) -> None:
    online(counter)
    counter.router.clock.advance(120)
    counter.set_user(limit_uptime="60s")
    counter.end_sessions()


def own_limits_behind(counter: Counter) -> None:
    limits_behind(counter)
    counter.change(Access, duration_from="connected", duration_seconds=HOUR, expires_at=None)


def garden_closed(counter: Counter) -> None:
    counter.purchase()
    counter.empty("/ip/hotspot/walled-garden/ip")


def clock_wrong(counter: Counter) -> None:
    counter.purchase()
    counter.router.set_clock_off(86_400)


def not_bought(counter: Counter) -> None:
    assert counter.sales() == []


def sales_paused(counter: Counter) -> None:
    counter.change(Router, active=False)


def unclear(counter: Counter) -> None:
    counter.purchase()
    counter.router.faults.trap("not enough permissions (9)", "/ip/hotspot/host", times=None)


SCENES: list[tuple[Scene, Cause]] = [
    (declined, Cause.DECLINED),
    (abandoned, Cause.UNPAID),
    (bank_waits, Cause.BANK_WAITS),
    (undecided, Cause.UNDECIDED),
    (buyer_waits, Cause.BUYER_WAITS),
    (parked, Cause.PARKED),
    (refunded, Cause.MONEY_BACK),
    (charged_back, Cause.CHARGED_BACK),
    (paid_but_away, Cause.PAID_WAITS),
    (away, Cause.ROUTER_AWAY),
    (refuses, Cause.ROUTER_REFUSES),
    (key_lost, Cause.KEY_LOST),
    (withdrawn, Cause.WITHDRAWN),
    (blocked, Cause.BLOCKED),
    (user_missing, Cause.USER_MISSING),
    (name_lost, Cause.NAME_LOST),
    (not_delivered, Cause.NOT_DELIVERED),
    (not_in_network, Cause.NOT_IN_NETWORK),
    (online_elsewhere, Cause.ONLINE_ELSEWHERE),
    (bypassed, Cause.BYPASSED),
    (online, Cause.ONLINE),
    (foreign_session, Cause.FOREIGN_SESSION),
    (payment_pass, Cause.PAYMENT_PASS),
    (old_address, Cause.OLD_ADDRESS),
    (bound, Cause.BOUND),
    (device_limit, Cause.DEVICE_LIMIT),
    (profile_limit, Cause.PROFILE_LIMIT),
    (data_used, Cause.DATA_USED),
    (time_over, Cause.TIME_OVER),
    (time_lost, Cause.TIME_LOST),
    (limits_behind, Cause.LIMITS_BEHIND),
    (garden_closed, Cause.GARDEN_CLOSED),
    (clock_wrong, Cause.CLOCK_WRONG),
    (lambda counter: counter.purchase(), Cause.NOT_LOGGED_IN),
    (not_bought, Cause.NOT_BOUGHT),
    (unclear, Cause.UNCLEAR),
]
