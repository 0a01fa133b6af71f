"""What an operator learns of our own machine, and of others', from the router he registers."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from ipaddress import ip_address
from typing import Any

import psutil
import pytest
from flask import Flask

from portal.core.database import writing
from portal.core.errors import Invalid
from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import TargetForbidden
from portal.hotspot.resolver import Resolver
from portal.hotspot.router import RouterAddress
from portal.hotspot.routeros.connector import Opener
from portal.hotspot.routeros.line.callers import Alone
from portal.hotspot.routeros.settings import RouterSettings
from portal.hotspot.routeros.values import Generation
from portal.hotspot.targets import is_own
from portal.models import Router
from portal.operators import router_setup
from portal.sandbox.routeros import RouterSandbox
from tests.api.admin.caller import Caller, log_in
from tests.hotspot.routeros.peer import Deaf, Peer, silent
from tests.support.servers.ports import free_port
from tests.support.shop import close_app, make_app
from tests.support.tenants import Tenant, make_tenant

NEW = {"nombre": "Azotea", "usuario": "portal", "password": "planted-router-password"}
FORBIDDEN = (
    *("127.0.0.1", "127.9.9.9", "localhost", "LOCALHOST", "::1", "[::1]"),
    *("0.0.0.0", "0.1.2.3", "::", "169.254.169.254", "fe80::1"),
    *("224.0.0.1", "ff02::1", "255.255.255.255"),
    *("::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "64:ff9b::127.0.0.1", "2002:7f00:1::1"),
    *("2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.0.0.1", "127.0.0x1"),
)
LANS = (
    *("10.11.12.13", "172.16.99.98", "192.168.88.1", "100.64.7.7"),
    *("fd12:3456::7", "2001:db8:9::1"),
)


def interfaces() -> list[str]:
    """This machine's own addresses."""
    listed = [address for group in psutil.net_if_addrs().values() for address in group]
    ip = (socket.AF_INET, socket.AF_INET6)
    return sorted({a.address.partition("%")[0] for a in listed if a.family in ip})


@pytest.fixture(scope="module")
def app_settings() -> dict[str, Any]:
    """As it is deployed: no router may be this machine."""
    return {"allow_private_targets": False, "router_connect_timeout": 1.0}


@pytest.fixture(scope="module")
def tenant(app: Flask) -> Tenant:
    return make_tenant(app, host="10.0.0.1")


@pytest.fixture(scope="module")
def operator(app: Flask, tenant: Tenant) -> Caller:
    return log_in(app, tenant.company_id).at("/api/v1/admin")


@pytest.fixture(scope="module")
def root(app: Flask, tenant: Tenant) -> Caller:
    return log_in(app).at(f"/admin/empresas/{tenant.company_id}")


@pytest.mark.parametrize("host", [*FORBIDDEN, *interfaces()])
def test_this_machine_is_no_router(
    operator: Caller, root: Caller, tenant: Tenant, host: str
) -> None:
    answers = [
        operator.post("/mi-empresa/routers", {**NEW, "host": host}),
        root.post("/routers", {**NEW, "host": host}),
        operator.put(f"/mi-empresa/routers/{tenant.router_id}", {"host": host}),
        root.put(f"/routers/{tenant.router_id}", {"host": host}),
    ]
    for answer in answers:
        assert answer.status_code == 422
        assert "host" in answer.json["errores"]
    assert operator.get("/mi-empresa/routers").json["routers"][0]["host"] not in (host, host[1:-1])


@pytest.mark.parametrize("host", LANS)
def test_a_router_in_a_private_network_is_one(operator: Caller, tenant: Tenant, host: str) -> None:
    answer = operator.put(f"/mi-empresa/routers/{tenant.router_id}", {"host": host})
    assert answer.status_code == 200, answer.json
    assert answer.json["host"] == host


def test_a_name_that_is_not_found_is_nobodys_yet(operator: Caller, tenant: Tenant) -> None:
    host = "router.invalid"
    answer = operator.put(f"/mi-empresa/routers/{tenant.router_id}", {"host": host})
    assert answer.status_code == 200, answer.json


@pytest.mark.parametrize("host", ["[2001:DB8:0::1]", "2001:db8:0:0:0:0:0:1"])
def test_an_ipv6_address_is_kept_in_one_spelling(
    operator: Caller, tenant: Tenant, host: str
) -> None:
    answer = operator.put(f"/mi-empresa/routers/{tenant.router_id}", {"host": host})
    assert answer.json["host"] == "2001:db8::1"


@pytest.mark.parametrize("host", ["[10.0.0.1]", "[::1", "fe80::1%eth0", "2001:db8::1]:8728", "::g"])
def test_what_is_no_host(operator: Caller, tenant: Tenant, host: str) -> None:
    answer = operator.put(f"/mi-empresa/routers/{tenant.router_id}", {"host": host})
    assert answer.status_code == 422


@pytest.fixture
def standing(app: Flask, tenant: Tenant) -> Iterator[Peer]:
    """A service of this machine, which a record written before names as a router."""
    with Peer(silent) as peer:
        place(app, tenant, "localhost", peer.port)
        yield peer


def place(app: Flask, tenant: Tenant, host: str, port: int, **values: Any) -> None:
    with app.app_context(), writing() as session:
        router = session.get_one(Router, tenant.router_id)
        router.host, router.port = host, port
        router.password, router.password_place = "planted-router-password", None
        for name, value in values.items():
            setattr(router, name, value)


def test_a_record_of_before_is_not_connected_to(
    app: Flask, operator: Caller, tenant: Tenant, standing: Peer
) -> None:
    for page in ("test-connection", "mikrotik-profiles"):
        answer = operator.get(f"/routers/{tenant.router_id}/{page}")
        assert answer.status_code == 422
        assert "de este servidor" in answer.json["detail"]
    with app.app_context():
        for ask in (
            router_setup.setup_files,
            router_setup.check_router,
            router_setup.shared_folders,
        ):
            with pytest.raises(Invalid, match="de este servidor"):
                ask(tenant.company_id, tenant.router_id)
    assert standing.accepted == 0


def opener(resolver: Resolver, **settings: Any) -> Opener:
    """As the adapter opens connections, with a name service of the test's own."""
    made = Opener(
        RouterAddress("router.example", 8728, "portal", "secret"),
        RouterSettings(**settings),
        lambda: Generation("a", 1),
    )
    made._resolver = resolver
    return made


def answers(*rounds: list[tuple[str, int]]) -> Callable[[], list[tuple[socket.AddressFamily, Any]]]:
    """A name service that answers otherwise each time."""
    left = iter(rounds)
    return lambda: [(socket.AF_INET, place) for place in next(left)]


@pytest.mark.parametrize("first", [True, False])
def test_one_bad_address_of_several_is_enough(first: bool) -> None:
    with Peer(silent) as peer:
        places = [("127.0.0.1", peer.port), ("198.51.100.1", peer.port)]
        resolver = Resolver("router.example", 8728, answers(places if first else places[::-1]))
        with pytest.raises(TargetForbidden):
            opener(resolver).open(Deadline(2), Alone())
        assert peer.accepted == 0


def test_a_name_that_is_bound_anew_is_looked_at_anew() -> None:
    with Peer(silent) as peer:
        own = [("127.0.0.1", peer.port)]
        resolver = Resolver("router.example", 8728, answers(own, own))
        for _ in range(2):
            with pytest.raises(TargetForbidden):
                opener(resolver).open(Deadline(2), Alone())
        assert peer.accepted == 0


def test_what_was_looked_at_is_what_is_connected_to() -> None:
    """A second question to the name service would fail here."""
    with RouterSandbox(password="secret") as box:
        resolver = Resolver("router.example", 8728, answers([("127.0.0.1", box.port)]))
        connection = opener(resolver, own_machine=True).open(Deadline(2), Alone())
        connection.close()
        assert box.counters.connections == 1


@pytest.mark.parametrize("text", interfaces())
def test_the_kernel_knows_our_addresses(text: str) -> None:
    assert is_own(ip_address(text))


# From here on, what an operator learns of machines that are not ours; they stand on this one.


@pytest.fixture(scope="module")
def lan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = make_app(
        tmp_path_factory.mktemp("lan"), None, router_connect_timeout=0.4, router_timeout=1.0
    )
    yield app
    close_app(app)


def hangs_up(sock: socket.socket) -> None:
    """Close at once."""


def web_server(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.recv(4096)
        sock.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def ssh_server(sock: socket.socket) -> None:
    sock.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")
    silent(sock)


def endless(sock: socket.socket) -> None:
    while True:
        sock.sendall(b"\x05!re\x00" * 10_000)


SERVICES = {f.__name__: f for f in (silent, hangs_up, web_server, ssh_server, endless)}
MODES = ({"tls": "none"}, {"tls": "verified"}, {"tls": "pinned", "tls_fingerprint": "ab" * 32})


def told(app: Flask, tenant: Tenant, caller: Caller, port: int, mode: dict[str, str]) -> Any:
    place(app, tenant, "127.0.0.1", port, **mode)
    answer = caller.get(f"/api/v1/admin/routers/{tenant.router_id}/test-connection")
    return answer.status_code, answer.json


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode["tls"])
def test_no_answer_tells_what_a_port_does(lan: Flask, mode: dict[str, str]) -> None:
    with ExitStack() as stack:
        ports = {"closed": free_port(), "filtered": stack.enter_context(Deaf()).port}
        for name, serve in SERVICES.items():
            ports[name] = stack.enter_context(Peer(serve)).port
        full = stack.enter_context(RouterSandbox())
        full.faults.too_many_sessions(times=None)
        ports["full"] = full.port
        encrypted = stack.enter_context(RouterSandbox(tls="certificate"))
        if mode["tls"] != "none":
            ports["another's certificate"] = encrypted.tls_port or 0

        tenants = [make_tenant(lan) for _ in ports]
        # One after another: of nine who log in at the same moment one is sent away.
        callers = [log_in(lan, tenant.company_id) for tenant in tenants]

        def asked(tenant: Tenant, caller: Caller, port: int) -> list[Any]:
            # As often as it takes for the router to be left alone.
            return [told(lan, tenant, caller, port, mode) for _ in range(4)]

        with ThreadPoolExecutor(len(ports)) as companies:
            answers = companies.map(asked, tenants, callers, ports.values())
            said = dict(zip(ports, answers, strict=True))
    every = [answer for group in said.values() for answer in group]
    assert every[0][0] == 503
    assert all(answer == every[0] for answer in every), said


def test_a_router_that_refuses_the_password_says_so(lan: Flask) -> None:
    tenant = make_tenant(lan)
    with RouterSandbox(password="another") as box:
        caller = log_in(lan, tenant.company_id)
        status, body = told(lan, tenant, caller, box.port, {"tls": "none"})
    assert status == 503
    assert "rechazó el usuario o la contraseña" in body["detail"]
