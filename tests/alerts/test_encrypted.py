"""Prove that webhooks go encrypted to whoever has the name's certificate, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.alerts.http_post import NotReached, post
from portal.sandbox.routeros.wire.tls import Certificate
from tests.alerts.receiver import Receiver, receiver

CERTIFICATE = Certificate.make()


@pytest.fixture
def encrypted() -> Iterator[Receiver]:
    with receiver() as server:
        server.socket = CERTIFICATE.context().wrap_socket(server.socket, server_side=True)
        yield server


def url_of(server: Receiver, host: str) -> str:
    return f"https://{host}:{server.server_port}/avisos"


def test_a_certificate_of_the_name_is_taken(
    encrypted: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted = tmp_path / "ca.pem"
    trusted.write_text(CERTIFICATE.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    answer = post(url_of(encrypted, "localhost"), b"{}", {}, 5.0, lambda _endpoints: None)
    assert answer.status == 204
    assert len(encrypted.received) == 1


def test_one_that_nobody_vouches_for_is_not(encrypted: Receiver) -> None:
    with pytest.raises(NotReached):
        post(url_of(encrypted, "localhost"), b"{}", {}, 5.0, lambda _endpoints: None)
    assert encrypted.received == []
