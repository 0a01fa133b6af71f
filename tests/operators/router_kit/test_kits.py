"""Test kits made for operators who are not at the server, and the links to them."""

from __future__ import annotations

import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal.core.database import reading, writing
from portal.core.errors import Gone, Invalid, NotFound
from portal.models import AuditEntry, Company, KitLink, Router, utc_now
from portal.operators import companies, routers
from portal.operators.audit import Actor
from portal.operators.router_kit import kit, kit_links, kit_passwords
from portal.operators.router_kit.kit import KitOptions

PLAIN = KitOptions()
ROUTER = Actor("router", ip="192.0.2.44")


def password_in(script: str) -> str:
    found = set(re.findall(r'password="([^"]+)"', script))
    assert len(found) == 1
    return found.pop()


def token_of(link: kit_links.NewKitLink) -> str:
    return link.url.rpartition("/")[2]


def with_settings(app: Flask, monkeypatch: pytest.MonkeyPatch, **values: Any) -> None:
    changed = replace(app.extensions["settings"], **values)
    monkeypatch.setitem(app.extensions, "settings", changed)


def test_a_kit_draws_the_password_that_nobody_typed(
    actor: Actor, company: Company, begun: Router
) -> None:
    files = kit.make_kit(actor, company.id, begun.id, PLAIN)
    drawn = password_in(files.script)
    assert len(drawn) >= 20
    assert drawn not in repr(files)
    again = kit.make_kit(actor, company.id, begun.id, PLAIN)
    assert password_in(again.script) == drawn


def test_a_password_that_worked_is_shown_no_more(
    actor: Actor, company: Company, router: Router
) -> None:
    files = kit.make_kit(actor, company.id, router.id, PLAIN)
    assert "router-secret" not in files.script
    assert routers.get(company.id, router.id).password == "router-secret"


def test_the_zip_holds_scripts_and_pages(actor: Actor, company: Company, begun: Router) -> None:
    packed = kit.zipped(kit.make_kit(actor, company.id, begun.id, PLAIN))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        names = set(archive.namelist())
        script = archive.read(f"portal-{begun.id}.rsc").decode()
    assert {f"portal-{begun.id}-deshacer.rsc", "hotspot/login.html", "hotspot/api.json"} < names
    assert begun.id in script


def test_a_link_works_once(actor: Actor, company: Company, begun: Router) -> None:
    link = kit_links.new_link(actor, company.id, begun.id, PLAIN)
    assert link.url not in repr(link)
    assert link.command.startswith(f'/tool fetch url="{link.url}"')
    assert timedelta(minutes=10) < link.expires_at - utc_now() <= timedelta(minutes=15)
    script = kit_links.fetch_script(ROUTER, token_of(link))
    made = kit.make_kit(actor, company.id, begun.id, PLAIN)
    assert script == made.script
    with pytest.raises(Gone):
        kit_links.fetch_script(ROUTER, token_of(link))


def test_of_many_who_come_at_once_one_gets_it(
    app: Flask, actor: Actor, company: Company, begun: Router
) -> None:
    token = token_of(kit_links.new_link(actor, company.id, begun.id, PLAIN))

    def ask(_: int) -> str:
        with app.app_context():
            try:
                return kit_links.fetch_script(ROUTER, token)
            except Gone:
                return ""

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(ask, range(6)))
    assert len(list(filter(None, answers))) == 1


def test_an_old_link_and_a_guessed_one(actor: Actor, company: Company, begun: Router) -> None:
    link = kit_links.new_link(actor, company.id, begun.id, PLAIN)
    with writing() as session:
        past = utc_now() - timedelta(seconds=1)
        session.execute(
            update(KitLink).where(KitLink.router_id == begun.id).values(expires_at=past)
        )
    with pytest.raises(Gone):
        kit_links.fetch_script(ROUTER, token_of(link))
    for guess in ("kit_" + "0" * 32, "'; drop", "x" * 500, ""):
        with pytest.raises(NotFound):
            kit_links.fetch_script(ROUTER, guess)


def test_a_new_link_ends_the_one_before(actor: Actor, company: Company, begun: Router) -> None:
    first, second = (kit_links.new_link(actor, company.id, begun.id, PLAIN) for _ in range(2))
    with pytest.raises(NotFound):
        kit_links.fetch_script(ROUTER, token_of(first))
    assert kit_links.fetch_script(ROUTER, token_of(second))


def test_a_link_keeps_what_was_asked_for(actor: Actor, company: Company, begun: Router) -> None:
    options = KitOptions(allowed_from=("198.51.100.9",), certificate="mine")
    link = kit_links.new_link(actor, company.id, begun.id, options)
    script = kit_links.fetch_script(ROUTER, token_of(link))
    assert 'address="198.51.100.9/32"' in script
    assert 'certificate="mine"' in script


def test_only_a_digest_of_a_link_is_kept(actor: Actor, company: Company, begun: Router) -> None:
    token = token_of(kit_links.new_link(actor, company.id, begun.id, PLAIN))
    with reading() as session:
        row = session.execute(select(KitLink.__table__).where(KitLink.router_id == begun.id)).one()
        entries = session.scalars(select(AuditEntry).where(AuditEntry.target == begun.id)).all()
    assert token not in repr(row)
    assert token not in repr([entry.details for entry in entries])
    assert {"router.kit", "router.kit_link"} <= {entry.action for entry in entries}


def test_another_companys_router_has_no_kit(actor: Actor, begun: Router) -> None:
    stranger = companies.create(actor, name="Ajena").id
    for make in (kit.make_kit, kit_links.new_link):
        with pytest.raises(NotFound):
            make(actor, stranger, begun.id, PLAIN)


def test_a_router_goes_with_its_links(actor: Actor, company: Company, begun: Router) -> None:
    kit_links.new_link(actor, company.id, begun.id, PLAIN)
    routers.delete(actor, company.id, begun.id)
    with reading() as session:
        left = select(func.count()).where(KitLink.router_id == begun.id)
        assert session.scalar(left) == 0


@pytest.mark.parametrize(
    ("url", "private", "words"),
    [
        ("http://127.0.0.1:8000", False, "solo existe en este servidor"),
        ("https://localhost", False, "solo existe en este servidor"),
        ("https://0.0.0.0", False, "solo existe en este servidor"),
        ("https://wifi.example.com", True, "dirección de ejemplo"),
        ("https://portal.invalid", True, "dirección de ejemplo"),
        ("https://127.0.0.2.nip.invalid", True, "dirección de ejemplo"),
        ("http://192.0.2.1:1", True, "No se llega a este servidor"),
    ],
)
def test_customers_must_be_able_to_come(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    actor: Actor,
    company: Company,
    begun: Router,
    url: str,
    private: bool,
    words: str,
) -> None:
    monkeypatch.setattr("portal.operators.public_address.LOOK_SECONDS", (0.2, 0.2))
    with_settings(app, monkeypatch, public_url=url, allow_private_targets=private)
    with pytest.raises(Invalid, match=words):
        kit.make_kit(actor, company.id, begun.id, PLAIN)


def test_whoever_came_by_that_address_proves_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch, actor: Actor, company: Company, begun: Router
) -> None:
    monkeypatch.setattr("portal.operators.public_address.LOOK_SECONDS", (0.2, 0.2))
    with_settings(app, monkeypatch, public_url="https://192.0.2.1")
    assert kit.make_kit(actor, company.id, begun.id, PLAIN, "https://192.0.2.1:443/")
    with pytest.raises(Invalid):
        kit.make_kit(actor, company.id, begun.id, PLAIN, "https://192.0.2.2/")
    with_settings(app, monkeypatch, public_url="http://192.0.2.1")
    with pytest.raises(Invalid, match="sin https"):
        kit_links.new_link(actor, company.id, begun.id, PLAIN, "http://192.0.2.1/")


@pytest.mark.parametrize(
    "password", ["corta", "once-letras", "password1234", "aaaaaaaaaaaaaaaa", "contraseña2026"]
)
def test_a_password_that_others_would_guess_is_given_to_no_router(password: str) -> None:
    with pytest.raises(Invalid):
        kit_passwords.check_password(password)


def test_a_long_one_of_ones_own_is_given() -> None:
    kit_passwords.check_password("hotspot-azotea-7741")


def test_the_router_lets_in_whom_the_public_name_leads_to(
    app: Flask, monkeypatch: pytest.MonkeyPatch, actor: Actor, company: Company, begun: Router
) -> None:
    """Behind the address of others nobody else knows by which one the router sees this server."""
    routers.update(actor, company.id, begun.id, host="8.8.8.8")
    with_settings(app, monkeypatch, public_url="https://192.0.2.1")
    files = kit.make_kit(actor, company.id, begun.id, PLAIN, "https://192.0.2.1/")
    assert 'address="192.0.2.1/32"' in files.script
