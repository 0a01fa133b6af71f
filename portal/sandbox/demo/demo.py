"""Start the demo's processes in their order, and end them."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from flask import Flask

from config import Settings, load_settings
from portal.core.errors import Problem
from portal.core.extensions import db
from portal.core.migrations import upgrade
from portal.operators import gateway_accounts, router_setup, webhook_registration
from portal.operators.gateway_lookup import hosts_to_pay_at
from portal.operators.router_kit.setup_check import check_setup
from portal.sandbox.demo.children import Children
from portal.sandbox.demo.facts import Facts, RouterAccess
from portal.sandbox.demo.hotspot import set_up_hotspot
from portal.sandbox.demo.instance import Instance, Memory
from portal.sandbox.demo.radius.deciding import check_installed, decide_by_radius, prepare
from portal.sandbox.demo.sandboxes import (
    HOSTS,
    SimulatedRouter,
    furnish_router,
    start_gateway,
    start_router,
    start_second_gateway,
    tell_notices,
    upload_pages,
)
from portal.sandbox.demo.shop import ACTOR, SECOND, furnish, second_keys
from portal.sandbox.demo.web import (
    LOOPBACK,
    listen,
    start_web,
    start_worker,
    url_of,
    wait_until_it_answers,
)

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Settings of the terminal that the demo follows; all others are its own.
CHOSEN = ("CONEKTA_CHARGE",)


CreateApp = Callable[[Settings], Flask]


def serve(
    folder: Path,
    port: int,
    ready: Callable[[Facts, Path], None],
    notice: Callable[[str], None],
    create_app: CreateApp,
    *,
    by_radius: bool = False,
) -> None:
    """Run a demo in this instance folder until SIGINT, SIGTERM or SIGHUP.

    `ready` is called with the facts and the folder of the logs once everything answers,
    `notice` with a sentence while somebody has to wait. Port 0 takes a free one. The
    database is always the instance's own, whatever the environment says, which chooses no more
    than how Conekta charges (CONEKTA_CHARGE). `by_radius`: a RADIUS server of its own decides who
    comes in. Raises DemoError: port taken, another demo in the folder, a process that ended, or a
    program that this machine lacks.
    """
    if by_radius:
        check_installed()
    instance = Instance(folder)
    waiting = "Terminan los procesos de la demostración anterior…"
    with (
        _until_told_to_stop(),
        instance.occupied(lambda: notice(waiting)) as held,
        listen(port) as listener,
        Children(instance.logs, held) as children,
    ):
        notice("Arrancando…")
        start = partial(_start, instance, listener, children, notice, create_app)
        facts = start(by_radius=by_radius)
        ready(facts, instance.logs)
        children.watch()


def _start(
    instance: Instance,
    listener: socket.socket,
    children: Children,
    notice: Callable[[str], None],
    create_app: CreateApp,
    *,
    by_radius: bool,
) -> Facts:
    """Start everything, what takes long first and side by side."""
    memory, url = instance.memory, url_of(listener)
    starting = start_router(children, instance)
    beside_it = prepare(children, instance) if by_radius else {}
    beside = start_second_gateway(children, instance)
    gateway, second = start_gateway(children, instance).announcement(), beside.announcement()
    router = furnish_router(starting, memory)
    env = _environment(instance, gateway, second, router, url) | beside_it
    # The terminal is for what the demo says itself.
    with _migrated(create_app(load_settings(env, log_level="WARNING"))):
        furnish(memory, router.access, router.login_host, "radius" if by_radius else "api")
        if by_radius:
            decide_by_radius(children, instance, router)
        _open_second(memory, second["url"])
        _connect(memory, router, notice)
    instance.tell(env)
    web = start_web(children, env, listener)
    start_worker(children, env)
    facts = _facts(memory, url, router.access, gateway["url"])
    wait_until_it_answers(web, url, facts.api_key)
    children.check()
    return facts


def _environment(
    instance: Instance,
    gateway: Mapping[str, Any],
    second: Mapping[str, Any],
    router: SimulatedRouter,
    url: str,
) -> dict[str, str]:
    """Give what the processes find in their environment, and no more than that of it."""
    return {
        "INSTANCE_PATH": str(instance.folder),
        "CONEKTA_API_URL": gateway["url"],
        "CONEKTA_SCRIPT_URL": gateway["script_url"],
        "MERCADOPAGO_API_URL": second["url"],
        "MERCADOPAGO_SCRIPT_URL": second["script_url"],
        "DEMO_CONTROL_URL": router.control_url,
        "PUBLIC_URL": url,
        # A deployment on the same machine is none of the demo's business.
        "PORTAL_ENV": "",
        "ALLOW_PRIVATE_TARGETS": "true",
        **_chosen(os.environ),
    }


def _chosen(environ: Mapping[str, str]) -> dict[str, str]:
    """Take over what whoever starts the demo may want to see in it."""
    return {name: environ[name] for name in CHOSEN if name in environ}


def _open_second(memory: Memory, gateway_url: str) -> None:
    """Let the shop be paid at the second gateway too, which the owner may come to prefer."""
    keys = second_keys(memory)
    account = gateway_accounts.at(memory["company_id"], SECOND)
    url = webhook_registration.webhook_url(account)
    tell_notices(gateway_url, str(keys["private_key"]), url, str(keys["webhook_secret"]))


def _connect(memory: Memory, router: SimulatedRouter, notice: Callable[[str], None]) -> None:
    """Bring router and gateway to send us their customers and news, as operators do."""
    company_id = memory["company_id"]
    upload_pages(router, router_setup.setup_files(company_id, memory["router_id"]).pages)
    set_up_hotspot(router.access, LOOPBACK, [LOOPBACK, *hosts_to_pay_at(company_id)])
    try:
        webhook_registration.register(ACTOR, company_id)
    except Problem as problem:
        # An operator may have given other keys; the shop sells without news as well.
        notice(problem.detail)
    with suppress(Problem):
        # The panel shows a router that somebody has set up.
        check_setup(company_id, memory["router_id"])


@contextmanager
def _migrated(app: Flask) -> Iterator[None]:
    """The block acts on the application's database, brought up to date."""
    with app.app_context():
        try:
            upgrade()
            yield
        finally:
            db.engine.dispose()
            app.extensions["ports"].close()


def _facts(memory: Memory, url: str, access: RouterAccess, gateway_url: str) -> Facts:
    people = ("admin_email", "admin_password", "owner_email", "owner_password")
    kept = ("api_key", *people, "company_id", "router_id")
    return Facts(
        portal_url=url + "/",
        api_url=url,
        router=access,
        gateway_url=gateway_url,
        hosts=HOSTS,
        **{name: memory[name] for name in kept},
    )


@contextmanager
def _until_told_to_stop() -> Iterator[None]:
    """The block ends without an error at the first signal to stop; later ones change nothing."""

    def stop(_signal: int, _frame: FrameType | None) -> NoReturn:
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in STOPPING}
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
