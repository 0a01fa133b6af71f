"""Let something happen amid a sale: a router restarts, keys change, a plan is withdrawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

from portal.core.database import writing
from portal.models import Company, GatewayAccount, Plan, Router
from portal.operators import gateway_accounts
from portal.sandbox.routeros.menus import paths
from tests.crash.checkpoints import noted_ports
from tests.crash.faults import (
    BEING_VERIFIED,
    BY_HAND,
    CANCELED,
    DECLINE,
    DELIVERED,
    NO_ACCESS,
    ONLINE,
    REFUNDED,
    ROUTER_AWAY,
    UNAVAILABLE,
    Action,
    Answer,
    Case,
    keep_the_door_shut,
    lose_the_charge_and_a_look,
    nothing,
    run_out_of_patience,
)
from tests.support.environment import Environment
from tests.support.tenants import ACTOR
from tests.support.tills import MERCADO_PAGO, UNKNOWN_TOKEN

USER, PROFILE = paths.USER, paths.USER_PROFILE


class Interruption:
    """Something that happens once, right before a call."""

    def __init__(self, environment: Environment, call: str, action: Action) -> None:
        self._environment, self._call, self._action = environment, call, action
        self._lock = Lock()
        self.happened = False

    def note(self, name: str) -> None:
        """Told of each call."""
        with self._lock:
            happens = name == f"before {self._call}" and not self.happened
            self.happened |= happens
        # Not under the lock: the action may make calls of its own.
        if happens:
            self._action(self._environment)


@contextmanager
def interrupted(environment: Environment, call: str, action: Action) -> Iterator[Interruption]:
    """While the block lasts, the action is done right before the first such call."""
    ports = environment.app.extensions["ports"]
    interruption = Interruption(environment, call, action)
    environment.app.extensions["ports"] = noted_ports(ports, interruption.note)
    try:
        yield interruption
    finally:
        environment.app.extensions["ports"] = ports


def on_router(name: str) -> Action:
    """Something that the simulated router can do by itself."""
    return lambda environment: getattr(environment.router, name)()


def at_gateway(name: str) -> Action:
    """The same at the gateway."""
    return lambda environment: getattr(environment.till.sandbox, name)()


def furnish(environment: Environment) -> None:
    """The operator sets the router up again."""
    if not any(row["name"] == "1hora" for row in environment.router.rows(PROFILE)):
        environment.router.add_profile("1hora")


def delete_profile(environment: Environment) -> None:
    """The operator removes the plan's profile."""
    rows = [row[".id"] for row in environment.router.rows(PROFILE) if row["name"] == "1hora"]
    environment.router.execute(f"{PROFILE}/remove", numbers=rows[0])


def delete_users(environment: Environment) -> None:
    """The operator cleans up by hand, those under way included."""
    for user in environment.router.users.values():
        environment.router.execute(f"{USER}/remove", numbers=user[".id"])


def refuse_key(environment: Environment) -> None:
    """The gateway takes the private key for wrong."""
    environment.till.refuse_key()


def accept_key(environment: Environment) -> None:
    """It was a mistake of the gateway's."""
    environment.till.accept_key()


def replace_key(environment: Environment) -> None:
    """The operator enters other credentials; the old ones are good for what was begun."""
    with environment.app.app_context():
        till = environment.till
        keys: gateway_accounts.Keys = {"private_key": f"{till.private_key}Replaced"}
        gateway_accounts.set_keys(ACTOR, environment.company_id, keys, till.provider)


def put_key_back(environment: Environment) -> None:
    """So that the next sale on this environment begins as the others."""
    with environment.app.app_context(), writing() as session:
        accounts = session.query(GatewayAccount).filter_by(provider=environment.till.provider)
        for account in accounts.order_by(GatewayAccount.version.desc()):
            account.current = account.id == environment.account_id
            session.flush()


def withdraw(record: type, *, back: bool = False) -> Action:
    """Plan, company or router is taken off the market, or put back."""

    def action(environment: Environment) -> None:
        environment.change(record, active=back)

    return action


def pass_time(*, router: float = 0, gateway: float = 0) -> Action:
    """The clock of one end jumps, by so many seconds."""

    def action(environment: Environment) -> None:
        environment.router.clock.advance(router)
        environment.till.sandbox.advance(gateway)

    return action


def worked_before(undo: Action) -> Action:
    """The worker looks once while it lasts."""

    def action(environment: Environment) -> None:
        environment.work()
        undo(environment)

    return action


def run_out_before(undo: Action) -> Action:
    """The customer's patience ends while it lasts."""

    def action(environment: Environment) -> None:
        run_out_of_patience(environment)
        undo(environment)

    return action


# Opening the order and making the user go side by side: only one of them comes before an event
# for certain, and it is the one that the event is about.
ON_ROUTER = ("add_user", "charge", "enable_user", "log_in")
AT_GATEWAY = ("open_order", "charge", "enable_user", "log_in")
UNFELT = Case("", nothing, ONLINE, 1, DELIVERED)


@dataclass(frozen=True)
class Event:
    """Something that happens, how it is undone, and what follows by the call it comes before.

    Before any other of `moments` the sale goes on as if nothing had happened.
    """

    name: str
    action: Action
    undo: Action
    moments: tuple[str, ...]
    follows: Mapping[str, Case] = field(default_factory=dict)

    def cases(self, gateway: str) -> Iterator[tuple[str, Case]]:
        """The call that the event comes before, and what follows where it is paid there."""
        for moment in dict.fromkeys((*self.moments, *self.follows)):
            case = self.follows.get(moment, UNFELT)
            undone = self.undo if case.meanwhile is nothing else case.meanwhile
            named = replace(case, name=f"before {moment}", breaks=self.action, meanwhile=undone)
            yield moment, self._at(gateway, moment, named)

    def _at(self, gateway: str, moment: str, case: Case) -> Case:
        others = AT_MERCADO_PAGO.get((self.name, moment), {}) if gateway == MERCADO_PAGO else {}
        return replace(case, gateway=gateway, **others)


def _follows(answer: Answer, charges: int, end: str, *alerts: str, **more: Any) -> Case:
    return Case("", nothing, answer, charges, end, alerts=frozenset(alerts), **more)


WITHOUT_ROUTER = {
    "add_user": _follows(NO_ACCESS, 0, CANCELED),
    "charge": _follows(ROUTER_AWAY, 1, DELIVERED),
    "enable_user": _follows(ROUTER_AWAY, 1, DELIVERED),
    "log_in": _follows(BY_HAND, 1, DELIVERED),
}
WITHOUT_PROFILE = {
    "add_user": _follows(NO_ACCESS, 0, CANCELED, "profile_missing"),
    "charge": _follows(ROUTER_AWAY, 1, DELIVERED, "profile_missing"),
    "enable_user": _follows(ROUTER_AWAY, 1, DELIVERED, "profile_missing"),
    "log_in": _follows(BY_HAND, 1, DELIVERED),
}
WITHOUT_KEY = {
    "open_order": _follows(UNAVAILABLE, 0, CANCELED, "key_refused"),
    "charge": _follows(BEING_VERIFIED, 1, CANCELED, "key_refused"),
    "cancel": _follows(DECLINE, 1, CANCELED, "key_refused", token=UNKNOWN_TOKEN),
    "look_up": _follows(
        BEING_VERIFIED,
        1,
        DELIVERED,
        "key_refused",
        first=lose_the_charge_and_a_look,
        meanwhile=worked_before(accept_key),
    ),
    "refund": _follows(
        ROUTER_AWAY,
        1,
        REFUNDED,
        "key_refused",
        first=keep_the_door_shut,
        meanwhile=run_out_before(accept_key),
    ),
}
WITHOUT_GATEWAY = {
    "open_order": _follows(UNAVAILABLE, 0, CANCELED, "charge_refused"),
    "charge": _follows(UNAVAILABLE, 0, CANCELED, "charge_refused"),
}

# A card is added there before any money is asked for, and that tells of the key and of the token.
AT_MERCADO_PAGO: dict[tuple[str, str], dict[str, Any]] = {
    ("the key is refused", "charge"): {"answer": UNAVAILABLE, "charges": 0},
    ("the key is refused", "cancel"): {"charges": 0},
}

EVENTS = [
    Event("the router restarts", on_router("reboot"), nothing, ON_ROUTER),
    Event("the router is reset", on_router("reset"), furnish, ON_ROUTER, WITHOUT_PROFILE),
    Event(
        "the profile is deleted",
        delete_profile,
        furnish,
        ON_ROUTER,
        {"add_user": WITHOUT_PROFILE["add_user"]},
    ),
    Event(
        "users are deleted", delete_users, nothing, ON_ROUTER, {"log_in": WITHOUT_ROUTER["log_in"]}
    ),
    Event(
        "the router goes down",
        on_router("go_down"),
        on_router("come_up"),
        ON_ROUTER,
        WITHOUT_ROUTER,
    ),
    Event("the key is refused", refuse_key, accept_key, AT_GATEWAY, WITHOUT_KEY),
    Event("the key is replaced", replace_key, put_key_back, AT_GATEWAY),
    Event(
        "the gateway is away", at_gateway("unplug"), at_gateway("plug"), AT_GATEWAY, WITHOUT_GATEWAY
    ),
    Event("the plan is withdrawn", withdraw(Plan), withdraw(Plan, back=True), ON_ROUTER),
    Event("the company is suspended", withdraw(Company), withdraw(Company, back=True), ON_ROUTER),
    Event("the router is paused", withdraw(Router), withdraw(Router, back=True), ON_ROUTER),
    Event("the router runs ahead", pass_time(router=7200), nothing, ON_ROUTER),
    Event("the router runs behind", pass_time(router=-600), pass_time(router=600), ON_ROUTER),
    Event("the gateway runs ahead", pass_time(gateway=7200), pass_time(gateway=-7200), AT_GATEWAY),
    Event("the gateway runs behind", pass_time(gateway=-600), pass_time(gateway=600), AT_GATEWAY),
]
