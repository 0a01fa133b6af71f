"""Test the shared line: idle connections, forks, TLS, and what must not be seen of a secret."""

from __future__ import annotations

import datetime as dt
import ipaddress
import logging
import os
import socket
import ssl
import threading
from functools import partial
from time import monotonic

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.payments.conekta.adapter import Conekta
from portal.payments.conekta.client import ApiRequest, ConektaClient, ConektaSettings
from portal.payments.gateway import Credentials, Fault, Opened, Paid, Refused, Unknown
from portal.payments.line.exchange import Lines
from portal.payments.line.host import HttpHost
from portal.payments.methods import Card
from tests.payments.conekta.lying import LONG_ENOUGH, Connections
from tests.payments.conekta.samples import (
    KEY,
    ORDER_ID,
    PURCHASE,
    TOKEN,
    charge,
    charged,
    declined_charge,
    error,
    order,
)
from tests.payments.conekta.wire import Wire, answer
from tests.support.patience import PATIENCE, within

LOOK = f"GET /orders/{ORDER_ID}"
CHARGE = f"POST /orders/{ORDER_ID}/charges"
UNREACHABLE = Refused("unreachable", Fault.US)


def test_a_line_that_lay_idle_is_not_used_again(scripted, connect, monkeypatch):
    wire = scripted({"POST /orders": (200, order()), CHARGE: (200, charge())})
    gateway = connect(wire.url)
    gateway.open_order(PURCHASE, 5)
    monkeypatch.setattr("portal.payments.line.exchange.MAX_IDLE_SECONDS", 0.0)
    assert isinstance(gateway.charge(PURCHASE, ORDER_ID, Card(TOKEN), 5), Paid)
    assert wire.lines == 2


def test_closing_lets_go_of_the_lines_and_the_next_call_opens_one(scripted):
    wire = scripted({LOOK: (200, order())})
    client = ConektaClient(ConektaSettings(base_url=wire.url))
    gateway = Conekta(Credentials("conekta", KEY, False), client)
    for _ in range(2):
        assert gateway.look_up(PURCHASE, ORDER_ID, 5) == Opened(ORDER_ID)
        client.close()
    assert wire.lines == 2


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_opens_its_own_line(scripted, connect):
    wire = scripted({LOOK: (200, order())})
    gateway = connect(wire.url)
    gateway.look_up(PURCHASE, ORDER_ID, 5)
    child = os.fork()
    if child == 0:
        found = gateway.look_up(PURCHASE, ORDER_ID, 5)
        os._exit(0 if found == Opened(ORDER_ID) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert gateway.look_up(PURCHASE, ORDER_ID, 5) == Opened(ORDER_ID)
    assert (len(wire.requests), wire.lines) == (3, 2)


class Parting(socket.socket):
    """A line that has something else happen while it is closed, as another thread may."""

    meanwhile = staticmethod(lambda: None)

    def close(self):
        self.meanwhile()
        super().close()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_no_thread_of_a_forked_process_takes_its_parents_line(scripted):
    wire = scripted({})
    lines = Lines(HttpHost(wire.url, None), 2)
    parents = [Parting(socket.AF_INET, socket.SOCK_STREAM) for _ in range(2)]
    for line in parents:
        line.connect((lines.host.name, lines.host.port))
        lines.give_back(line)
    child = os.fork()
    if child == 0:
        taken = []
        parents[1].meanwhile = lambda: taken.append(lines.take(5))
        taken.append(lines.take(5))
        os._exit(0 if len(taken) == 2 and not set(taken) & set(parents) else 1)
    for line in parents:
        line.close()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that vouches for itself, and its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_over_tls(tls, certificate, connect):
    bodies = {"POST /orders": order(), CHARGE: charge()}
    with Wire(lambda request, _: answer(200, bodies[request.name]), tls) as wire:
        gateway = connect(wire.url, ca_bundle=str(certificate))
        assert gateway.open_order(PURCHASE, 5) == Opened(ORDER_ID)
        assert isinstance(gateway.charge(PURCHASE, ORDER_ID, Card(TOKEN), 5), Paid)
    assert wire.lines == 1


def test_over_tls_as_well_a_gateway_has_its_own_time_alone(tls, certificate, connect, monkeypatch):
    came, is_read, told = threading.Event(), threading.Event(), []
    connections = Connections(monkeypatch)

    def reply(_, line):
        line.sendall(answer(200, order()))
        came.set()
        # Even to send nothing more is a message over TLS, and would have come later.
        is_read.wait(PATIENCE)

    with Wire(reply, tls) as wire:
        gateway = connect(wire.url, ca_bundle=str(certificate), observe=lambda *a: told.append(a))
        started = monotonic()
        let_lie = partial(connections.let_lie, came)
        assert gateway.open_order(PURCHASE, 5, let_lie) == Opened(ORDER_ID)
        whole = monotonic() - started
        is_read.set()
    assert 0 <= told[0][1] <= whole - LONG_ENOUGH


def test_a_certificate_that_nobody_vouches_for_is_told_nothing(tls, connect):
    with Wire(lambda *_: answer(200, charge()), tls) as wire:
        assert connect(wire.url).charge(PURCHASE, ORDER_ID, Card(TOKEN), 5) == UNREACHABLE
    assert wire.requests == []


@within(0.9, at_least=0.3)
def test_a_dribble_over_tls_is_cut_off_too(tls, certificate, connect):
    def reply(_, line):
        for byte in answer(200, charge()):
            if wire.stopping.wait(0.02):
                break
            line.sendall(bytes([byte]))

    with Wire(reply, tls) as wire:
        gateway = connect(wire.url, ca_bundle=str(certificate))
        assert gateway.charge(PURCHASE, ORDER_ID, Card(TOKEN), 0.4) == Unknown("timeout")


@pytest.mark.parametrize("pause", [None, 0.02])
@within(1.0, at_least=0.3)
def test_a_handshake_without_end_was_sent_nothing(pause, connect):
    """It says nothing (None), or a TLS record's bytes one by one."""
    gone = threading.Event()

    def serve(listener):
        line, _ = listener.accept()
        with line:
            for byte in b"\x16\x03\x03\x40\x00" + b"\x00" * 2000:
                if gone.wait(pause if pause else 30):
                    return
                line.sendall(bytes([byte]))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        outcome = connect(url, connect_timeout=0.4).charge(PURCHASE, ORDER_ID, Card(TOKEN), 5)
        gone.set()
        thread.join()
    assert outcome == UNREACHABLE


def test_neither_key_nor_token_is_ever_shown(scripted, connect, caplog):
    caplog.set_level(logging.DEBUG)
    heard = []
    echo = error("processing.x") | {"echo": [TOKEN, KEY], "data": charged(None, declined_charge())}
    for given in [(200, charge()), (402, echo), (422, error("a")), (500, b""), (200, b"{"), None]:
        wire = scripted({CHARGE: given, "POST /orders": given, LOOK: None})
        gateway = connect(wire.url, observe=lambda *call: heard.append(call))
        heard.append(gateway.charge(PURCHASE, ORDER_ID, Card(TOKEN), 5))
        heard.append(gateway.charge(PURCHASE, None, Card(TOKEN), 5))
    account = gateway._account
    call = ApiRequest("charge", "POST", "/orders", {"token_id": TOKEN})
    shown = repr(
        [
            gateway,
            account,
            account._client,
            account.settings,
            Credentials("conekta", KEY, True),
            call,
            heard,
        ]
    )
    for text in (shown, caplog.text):
        assert KEY not in text
        assert TOKEN not in text
