"""Test that the panel says why somebody has no Internet, and that its one button mends it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from html import unescape
from pathlib import Path

import pytest

from portal.models import AuditEntry
from portal.models.admin_user import Role
from portal.operators.diagnosis.causes import Cause
from tests.operators.diagnosis import scenes
from tests.operators.diagnosis.scenes import SCENES, Counter, Scene
from tests.panel.client import PanelClient, panel_of
from tests.panel.test_frame import MOST_BYTES
from tests.support.environment import open_environment

SECTION = re.compile(r'<section class="card" aria-labelledby="por-que">(.*?)</section>', re.S)
FORM = re.compile(r'<form method="post" action="([^"]+)">(.*?)</form>', re.S)
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
LINK = re.compile(r'<a class="button" href="([^"]+)">')
SENTENCE = re.compile(r'<p id="por-que"><b>(.*?)</b></p>', re.S)

# What is so after the button was pressed, where it mends by itself.
MENDED = {
    Cause.PARKED: Cause.NOT_LOGGED_IN,
    Cause.BLOCKED: Cause.NOT_LOGGED_IN,
    Cause.USER_MISSING: Cause.NOT_LOGGED_IN,
    Cause.NOT_DELIVERED: Cause.NOT_LOGGED_IN,
    Cause.ONLINE_ELSEWHERE: Cause.NOT_IN_NETWORK,
    Cause.ONLINE: Cause.NOT_LOGGED_IN,
    Cause.OLD_ADDRESS: Cause.NOT_LOGGED_IN,
    Cause.BOUND: Cause.NOT_LOGGED_IN,
    Cause.DEVICE_LIMIT: Cause.NOT_LOGGED_IN,
    Cause.TIME_LOST: Cause.NOT_LOGGED_IN,
    Cause.LIMITS_BEHIND: Cause.NOT_LOGGED_IN,
    Cause.NOT_LOGGED_IN: Cause.ONLINE,
}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    folder: Path = tmp_path_factory.mktemp("instance")
    with ExitStack() as stack:
        yield stack.enter_context(
            open_environment(folder, None, Counter, log_level="ERROR", address_logins=0)
        )


@pytest.fixture(scope="module")
def owner(opened: Counter) -> PanelClient:
    return panel_of(opened.app, opened.company_id)


@pytest.fixture(scope="module")
def cashier(opened: Counter) -> PanelClient:
    return panel_of(opened.app, opened.company_id, Role.CASHIER)


@pytest.fixture
def counter(opened: Counter) -> Counter:
    opened.clear()
    return opened


def shown(somebody: PanelClient, path: str) -> str:
    """The part of the page that says why."""
    answer = somebody.get(path)
    assert answer.status_code == 200
    found = SECTION.search(answer.text)
    assert found is not None, answer.text
    return found[1]


def buttons(section: str) -> tuple[list[tuple[str, str]], list[str]]:
    """What can be pressed: forms with what they hold, and links that look like buttons."""
    return FORM.findall(section), LINK.findall(section)


@pytest.mark.parametrize(("scene", "cause"), SCENES, ids=[cause for _, cause in SCENES])
def test_one_sentence_and_one_button_that_mends_it(
    counter: Counter, owner: PanelClient, scene: Scene, cause: Cause
) -> None:
    scene(counter)
    section = shown(owner, f"/panel/por-que?mac={counter.mac}")
    found = SENTENCE.search(section)
    assert found is not None
    assert "%(" not in found[1]
    assert unescape(found[1]).endswith(".")
    forms, links = buttons(section)
    assert len(forms) + len(links) == 1
    if cause in MENDED:
        [(address, body)] = forms
        fields = dict(FIELD.findall(body))
        del fields["csrf_token"]
        after = owner.follow(owner.post(unescape(address), **fields))
        assert after.status_code == 200
        assert counter.ask().diagnosis.cause is MENDED[cause]
    elif links:
        assert owner.get(unescape(links[0])).status_code == 200


@pytest.mark.parametrize(
    ("scene", "amount"),
    [(scenes.time_over, {"minutos": "30"}), (scenes.data_used, {"megabytes": "5"})],
)
def test_what_is_used_up_is_given_anew(
    counter: Counter, owner: PanelClient, scene: Scene, amount: dict[str, str]
) -> None:
    scene(counter)
    _, [link] = buttons(shown(owner, f"/panel/por-que?mac={counter.mac}"))
    assert owner.post(link, **amount, motivo="").status_code == 422
    assert owner.post(link, motivo="Cortesía").status_code == 422
    after = owner.follow(owner.post(link, **amount, motivo="Cortesía"))
    assert "Listo: ya lo tiene." in after.text
    assert counter.ask().diagnosis.cause is Cause.NOT_LOGGED_IN


def test_no_code_and_no_email_is_ever_in_an_address(counter: Counter, owner: PanelClient) -> None:
    counter.purchase()
    for typed in (counter.code.lower(), f"{counter.code} {counter.password}", "MARIA@example.com"):
        answer = owner.post("/panel/por-que", quien=typed)
        address = answer.headers["Location"]
        assert address == f"/panel/por-que/{counter.accesses()[0].id}"
    device = owner.post("/panel/por-que", quien=counter.mac.lower().replace(":", ""))
    assert device.headers["Location"] == f"/panel/por-que?mac={counter.mac}"
    myself = owner.post("/panel/por-que", quien="  ")
    assert "detrás de NAT" in owner.follow(myself).text


def test_a_stranger_is_told_at_once(counter: Counter, owner: PanelClient) -> None:
    for typed, said in (
        ("NADIE1", "no es de ningún acceso"),
        ("no@example.com", "Nadie ha comprado con ese correo"),
    ):
        answer = owner.post("/panel/por-que", quien=typed)
        assert answer.status_code == 200
        assert said in answer.text
    assert counter.sales() == []


def test_the_others_of_the_same_person_are_one_step_away(
    counter: Counter, owner: PanelClient
) -> None:
    counter.purchase()
    counter.visitor_now = counter.visitor()
    counter.purchase()
    first, second = counter.accesses()
    page = owner.follow(owner.post("/panel/por-que", quien="maria@example.com"))
    assert "Hay 1 acceso más de la misma persona" in page.text
    assert f"/panel/por-que/{first.id}" in page.text
    assert second.id in page.request.path


def test_a_cashier_mends_what_he_may_and_is_told_whom_to_ask(
    counter: Counter, cashier: PanelClient
) -> None:
    scenes.time_over(counter)
    section = shown(cashier, f"/panel/por-que?mac={counter.mac}")
    assert buttons(section) == ([], [])
    assert "Pida a quien administra que lo haga: «Regalar tiempo»." in section
    assert cashier.get(f"/panel/accesos/{counter.accesses()[0].id}/regalo").status_code == 403


def test_what_could_not_be_looked_at_is_said(counter: Counter, owner: PanelClient) -> None:
    scenes.away(counter)
    section = shown(owner, f"/panel/por-que?mac={counter.mac}")
    assert "No se pudo mirar: " in section
    assert section.count("no se pudo mirar</span>") >= 4


def test_it_speaks_english_too(counter: Counter, owner: PanelClient) -> None:
    scenes.device_limit(counter)
    section = shown(owner, f"/panel/por-que?mac={counter.mac}&lang=en")
    assert "devices are online already" in section
    assert "Free the code" in section


def test_who_is_online_is_listed_with_what_can_be_done(
    counter: Counter, owner: PanelClient, cashier: PanelClient
) -> None:
    scenes.online(counter)
    counter.router.join(scenes.RIVAL_MAC, scenes.RIVAL_IP)
    counter.router.add_user("vecino", "x")
    counter.router.log_in("vecino", "x", scenes.RIVAL_IP)
    page = owner.get("/panel/en-linea").text
    assert "2 aparatos en línea ahora." in page
    assert "María García" in page
    assert counter.mac in page
    assert "vecino" in page
    assert page.count('/desconectar"') == 1
    assert "/regalo" in page
    assert "/regalo" not in cashier.get("/panel/en-linea").text
    [(address, _)] = [form for form in FORM.findall(page) if form[0].endswith("/desconectar")]
    after = cashier.follow(cashier.post(address))
    assert "se desconectó" in after.text
    assert [row["user"] for row in counter.router.active] == ["vecino"]
    entries = [entry.action for entry in counter.all_of(AuditEntry)]
    assert "access.disconnect" in entries


def test_many_online_turn_pages_that_stay_small(counter: Counter, owner: PanelClient) -> None:
    counter.router.add_profile("muchos", shared_users="unlimited")
    counter.router.add_user("grupo", "x", profile="muchos")
    for number in range(120):
        address = f"10.5.{70 + number // 100}.{number % 100 + 1}"
        counter.router.join(f"02:00:00:11:{number // 100:02X}:{number % 100:02X}", address)
        counter.router.log_in("grupo", "x", address)
    first = owner.get("/panel/en-linea", headers={"Accept-Encoding": "gzip"})
    assert len(first.data) < MOST_BYTES
    assert f"/panel/en-linea?router={counter.router_id}" in owner.get("/panel/en-linea").text
    last = owner.get(f"/panel/en-linea?router={counter.router_id}&desde_fila=100").text
    assert last.count("del router") == 20


def test_a_router_that_is_away_is_said_in_the_list(counter: Counter, owner: PanelClient) -> None:
    counter.router.go_down()
    page = owner.get("/panel/en-linea")
    assert page.status_code == 200
    assert "No se pudo entrar al router" in page.text
