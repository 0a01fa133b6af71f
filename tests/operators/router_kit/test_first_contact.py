"""Test how a router is met for the first time: certificate, password, and what it says of itself.

What its terminal does with the kit's script is done by the script's own runner.
"""

from __future__ import annotations

import pytest
from flask import Flask

from portal.core.errors import Invalid, NotFound, Unavailable
from portal.hotspot.setup import State
from portal.models import Company, Router
from portal.operators import companies, router_setup, routers
from portal.operators.audit import Actor
from portal.operators.router_kit import first_contact, kit
from portal.operators.router_kit.kit import KitOptions
from portal.operators.router_kit.setup_check import check_setup, missing
from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.terminal.runner import Runner
from tests.operators.router_kit.test_kits import password_in
from tests.support.servers.ports import free_port


def test_the_certificate_is_read_without_saying_anything(
    company: Company, begun: Router, device: RouterSandbox
) -> None:
    device.forget_commands()
    seen = first_contact.certificate_shown(company.id, begun.id)
    assert seen == device.fingerprint
    assert device.counters.commands == 0


def test_a_router_without_a_certificate_says_what_to_do(
    actor: Actor, company: Company, begun: Router
) -> None:
    with RouterSandbox(tls="anonymous") as bare:
        routers.update(actor, company.id, begun.id, port=bare.tls_port or 0)
        with pytest.raises(Unavailable):
            first_contact.certificate_shown(company.id, begun.id)


def test_a_router_that_is_away_is_told_with_advice(
    actor: Actor, company: Company, begun: Router
) -> None:
    routers.update(actor, company.id, begun.id, port=free_port())
    with pytest.raises(Unavailable) as away:
        first_contact.certificate_shown(company.id, begun.id)
    assert "127.0.0.1" not in away.value.detail


def test_another_companys_router_is_not_met(actor: Actor, begun: Router) -> None:
    stranger = companies.create(actor, name="Ajena").id
    with pytest.raises(NotFound):
        first_contact.certificate_shown(stranger, begun.id)
    with pytest.raises(NotFound):
        first_contact.trust_certificate(actor, stranger, begun.id, "ab" * 32)
    with pytest.raises(NotFound):
        check_setup(stranger, begun.id)


def test_from_a_record_to_a_router_that_is_ready(
    app: Flask, actor: Actor, company: Company
) -> None:
    with RouterSandbox(user="admin", tls="certificate") as fresh:
        values = {"host": fresh.host, "port": fresh.tls_port or 0, "username": "portal"}
        router, _ = routers.create(actor, company.id, name="Nuevo", tls="verified", **values)
        script = kit.make_kit(actor, company.id, router.id, KitOptions()).script
        Runner(fresh).run(script)
        shown = first_contact.certificate_shown(company.id, router.id)
        first_contact.trust_certificate(actor, company.id, router.id, shown)
        findings = check_setup(company.id, router.id)
        assert [f for f in findings if f.state is State.MISSING] == []
        met = routers.get(company.id, router.id)
        assert met.login_hosts == ["10.5.50.1"]
        assert (met.setup_missing, met.setup_checked_at is not None) == (0, True)
        assert (met.password, met.kit_password) == (password_in(script), None)
        later = kit.make_kit(actor, company.id, router.id, KitOptions()).script
        assert password_in(later) != password_in(script)
        assert router_setup.check_router(company.id, router.id)
        Runner(fresh).run(later)
        check_setup(company.id, router.id)
        assert routers.get(company.id, router.id).password == password_in(later)


def test_what_is_missing_is_counted(
    actor: Actor, company: Company, begun: Router, device: RouterSandbox
) -> None:
    reached = {"port": device.port, "tls": "none", "password": device.password}
    routers.update(actor, company.id, begun.id, **reached)  # type: ignore[arg-type]
    findings = check_setup(company.id, begun.id)
    assert missing(findings) == routers.get(company.id, begun.id).setup_missing
    assert missing(findings) > 0


def test_a_router_may_be_asked_at_another_certificate_no_more(
    actor: Actor, company: Company, begun: Router
) -> None:
    first_contact.trust_certificate(actor, company.id, begun.id, "ab" * 32)
    with pytest.raises((Unavailable, Invalid)):
        check_setup(company.id, begun.id)
