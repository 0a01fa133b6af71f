"""Test the API over TLS: verified, pinned, or anonymous."""

from __future__ import annotations

import hashlib
import ssl
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import librouteros
import pytest

from portal.sandbox.routeros import RouterSandbox, Tls
from tests.sandbox.routeros.talk import Talk


def identity(router: RouterSandbox, wrap: Any) -> object:
    assert router.tls_port is not None
    with closing(
        librouteros.connect(
            router.host, router.user, router.password, port=router.tls_port, ssl_wrapper=wrap
        )
    ) as api:
        return tuple(api("/system/identity/print"))


def unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def test_the_certificate_is_verified_by_who_trusts_it() -> None:
    with RouterSandbox(tls=Tls.CERTIFICATE) as router:
        context = ssl.create_default_context(cadata=router.certificate_pem)
        for name in ("127.0.0.1", "localhost"):
            wrap = partial(context.wrap_socket, server_hostname=name)
            assert identity(router, wrap) == ({"name": "MikroTik"},)
        with pytest.raises(ssl.SSLCertVerificationError):
            identity(router, partial(context.wrap_socket, server_hostname="other.example"))
        stranger = ssl.create_default_context()
        with pytest.raises(ssl.SSLCertVerificationError):
            identity(router, partial(stranger.wrap_socket, server_hostname="127.0.0.1"))


def test_the_fingerprint_is_that_of_the_certificate_shown() -> None:
    with (
        RouterSandbox(tls="certificate") as router,
        Talk(router.host, router.tls_port or 0) as talk,
    ):
        with unverified().wrap_socket(talk.socket) as secure:
            shown = secure.getpeercert(binary_form=True)
        assert shown is not None
        assert hashlib.sha256(shown).hexdigest() == router.fingerprint


def test_without_a_certificate_only_anonymous_clients_get_in() -> None:
    with RouterSandbox(tls=Tls.ANONYMOUS) as router:
        assert router.certificate_pem is router.fingerprint is None
        context = unverified()
        with pytest.raises(ssl.SSLError):
            identity(router, context.wrap_socket)
        context.set_ciphers("ADH:@SECLEVEL=0")
        assert identity(router, context.wrap_socket) == ({"name": "MikroTik"},)


def test_plain_and_tls_serve_the_same_router_and_count_apart() -> None:
    with RouterSandbox(tls=Tls.CERTIFICATE) as router, Talk.logged_in(router) as talk:
        services = talk.rows("/ip/service/print", "=.proplist=name,port,certificate")
        shown = {row["name"]: row for row in services}
        assert shown["api"] == {"name": "api", "port": str(router.port)}
        assert shown["api-ssl"]["port"] == str(router.tls_port)
        assert shown["api-ssl"]["certificate"]
        ids = ",".join(row[".id"] for row in talk.rows("/ip/service/print"))
        talk.ask("/ip/service/set", f"=.id={ids}", "=max-sessions=1")
        assert identity(router, unverified().wrap_socket) == ({"name": "MikroTik"},)


def test_failures_strike_over_tls_too() -> None:
    with RouterSandbox(tls=Tls.CERTIFICATE) as router:
        router.faults.cut_after("/system/identity")
        with pytest.raises((librouteros.exceptions.ConnectionClosed, OSError)):
            identity(router, unverified().wrap_socket)
        assert identity(router, unverified().wrap_socket) == ({"name": "MikroTik"},)


def test_a_kept_router_shows_the_same_certificate_again(tmp_path: Path) -> None:
    seen = set()
    for _ in range(2):
        with RouterSandbox(tls=Tls.CERTIFICATE, state=tmp_path / "router.json") as router:
            seen.add(router.fingerprint)
    assert len(seen) == 1
    assert (tmp_path / "router.pem").stat().st_mode & 0o777 == 0o600


def test_without_tls_there_is_no_port(router: RouterSandbox) -> None:
    assert router.tls_port is None
