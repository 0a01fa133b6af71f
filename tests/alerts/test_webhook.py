"""Prove that a webhook is signed, goes only where it may, and costs no more than it should."""

from __future__ import annotations

import hashlib
import hmac
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from portal.alerts.http_post import NotReached, post
from portal.alerts.kinds import AlertKind
from portal.core.errors import Invalid
from portal.sandbox.smtp import SmtpSandbox
from tests.alerts.desk import SECRET, Desk
from tests.alerts.receiver import Receiver
from tests.support.shop import open_shop

EMPTY = b"Content-Length: 0\r\n\r\n"


def told(desk: Desk) -> str:
    """What the operator is told of the webhook."""
    return desk.channel("webhook").problem or ""


def test_the_signature_is_what_the_documentation_says(desk: Desk, webhook: Receiver) -> None:
    desk.use_webhook(webhook.url, "parked")
    desk.alert(AlertKind.PARKED, "sal_1", "Ñandú")
    desk.send()
    [got] = webhook.received
    assert got.path == "/avisos?de=portal"
    parts = dict(part.split("=") for part in got.headers["X-Portal-Signature"].split(","))
    assert abs(int(parts["t"]) - time.time()) < 60
    signed = f"{parts['t']}.".encode() + got.body
    assert parts["v1"] == hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert SECRET not in got.body.decode() + str(got.headers)


def test_what_happened_many_times_is_listed(desk: Desk, webhook: Receiver) -> None:
    desk.use_webhook(webhook.url, "parked")
    for number in range(3):
        desk.alert(AlertKind.PARKED, f"sal_{number}")
    desk.send()
    [got] = webhook.received
    assert got.json["veces"] == 3
    assert [item["sobre"] for item in got.json["avisos"]] == ["sal_0", "sal_1", "sal_2"]
    assert len({item["id"] for item in got.json["avisos"]}) == 3


@pytest.mark.parametrize(
    ("status", "said"),
    [("302 Found", "lleva a otra (302)"), ("410 Gone", "(responde 410)"), ("401 No", "401")],
)
def test_a_redirect_is_not_followed_and_a_no_is_told(
    desk: Desk, webhook: Receiver, smtp: SmtpSandbox, status: str, said: str
) -> None:
    desk.use_webhook(webhook.url, "parked")
    desk.use_email("ana@example.com", "other")
    location = f"Location: {webhook.url}\r\n".encode()
    webhook.answers.append(f"HTTP/1.1 {status}\r\n".encode() + location + EMPTY)
    desk.alert(AlertKind.PARKED, "sal_1")
    desk.send()
    assert len(webhook.received) == 1
    assert said in told(desk)
    assert len(smtp.messages) == 1


def test_a_server_in_trouble_is_asked_when_it_wants(desk: Desk, webhook: Receiver) -> None:
    desk.use_webhook(webhook.url, "parked")
    webhook.answers.append(b"HTTP/1.1 503 Later\r\nRetry-After: 120\r\n" + EMPTY)
    desk.alert(AlertKind.PARKED, "sal_1")
    desk.send()
    desk.pass_time(100)
    assert desk.send() == 0
    desk.pass_time(30)
    assert desk.send() == 1
    assert len(webhook.received) == 2


@pytest.mark.parametrize("answer", [b"", b"no HTTP at all\r\n\r\n", b"HTTP/1.1 2xx\r\n\r\n"])
def test_what_is_no_answer_is_tried_again(desk: Desk, webhook: Receiver, answer: bytes) -> None:
    desk.use_webhook(webhook.url, "parked")
    webhook.answers.append(answer)
    desk.alert(AlertKind.PARKED, "sal_1")
    desk.send()
    assert "no respondió" in told(desk)
    desk.pass_time(10)
    desk.send()
    assert told(desk) == ""


@contextmanager
def dribbling() -> Iterator[str]:
    """A server that sends a header without end, a letter at a time."""
    with socket.create_server(("127.0.0.1", 0)) as listening, ExitStack() as stack:
        gone = Event()

        def talk() -> None:
            line, _ = listening.accept()
            with line, suppress(OSError):
                line.sendall(b"HTTP/1.1 200 OK\r\nX-More: ")
                while not gone.wait(0.02):
                    line.sendall(b"x")

        thread = Thread(target=talk, daemon=True)
        thread.start()
        stack.callback(thread.join)
        stack.callback(gone.set)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"


def test_a_server_that_dribbles_is_left_in_time() -> None:
    with dribbling() as url, pytest.raises(NotReached):
        post(url, b"{}", {}, 0.5, lambda _endpoints: None)


def test_of_a_long_answer_little_is_read(webhook: Receiver) -> None:
    webhook.answers.append(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_000_000)
    answer = post(webhook.url, b"{}", {}, 5.0, lambda _endpoints: None)
    assert (answer.status, len(answer.body)) == (200, 16 * 1024)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Desk]:
    """A desk of a deployment that lets nobody's webhooks into private networks."""
    with open_shop(tmp_path, None, allow_private_targets=False) as shop:
        yield Desk(shop)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "10.1.2.3", "192.168.88.1", "172.16.0.1", "169.254.169.254"),
        *("100.64.0.1", "0.0.0.0", "[::1]", "[fd00::1]", "[fe80::1]", "[::ffff:10.0.0.1]"),
        *("[64:ff9b::a00:1]", "224.0.0.1", "255.255.255.255"),
    ],
)
def test_a_private_address_is_refused(guarded: Desk, host: str) -> None:
    with pytest.raises(Invalid) as refused:
        guarded.use_webhook(f"https://{host}/avisos", "parked")
    assert "red privada" in refused.value.detail
    assert list(refused.value.extra["errores"]) == ["alertas.webhook.url"]


def test_without_encryption_it_is_refused(guarded: Desk) -> None:
    with pytest.raises(Invalid, match="https"):
        guarded.use_webhook("http://example.com/avisos", "parked")


def test_where_a_name_leads_is_looked_at_again_before_each_message(
    guarded: Desk, webhook: Receiver
) -> None:
    """It may have been moved since it was entered: the address decides, not the name."""
    guarded.use_webhook("https://8.8.8.8/avisos", "parked")
    guarded.shop.change(type(guarded.channel("webhook")), target=webhook.url)
    guarded.alert(AlertKind.PARKED, "sal_1")
    guarded.send()
    assert "red privada" in told(guarded)
    assert webhook.received == []


def test_a_secret_is_needed(desk: Desk, webhook: Receiver) -> None:
    with pytest.raises(Invalid, match="secreto"):
        desk.set(alerts={"webhook": {"target": webhook.url}})
