"""Test that a profile which breaks what its plan promises is named: row 10 of the reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.hotspot.setup import Finding, KitFacts, PlanTerms, State, UserProfile
from portal.hotspot.setup.time_words import span
from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.terminal.runner import Runner
from tests.hotspot.setup.conftest import make_facts
from tests.hotspot.setup.test_checks import findings
from tests.hotspot.setup.test_script_commands import VERSIONS, known, mistakes

NAME = "cajas"
WEEK = PlanTerms("Semana", seconds=604_800)
BIND = '/ip hotspot user set [find name=$user] mac-address=$"mac-address"'
CLEAR = '/ip hotspot user set [find name=$user] comment=""'
REMOVE_LATER = (
    ":local user $user; /system scheduler add name=$user interval=1h "
    'on-event="/ip hotspot user remove [find name=$user]"'
)
FAMILY = PlanTerms("Familia", 604_800, devices=3)


def facts_of(*plans: PlanTerms) -> KitFacts:
    return make_facts(api_user="portal", profiles=(UserProfile(NAME, plans),))


def of_profile(router: RouterSandbox, *plans: PlanTerms) -> dict[str, Finding]:
    begin = f"Perfil de usuario «{NAME}»"
    found = [f for f in findings(router, facts_of(*plans)) if f.name.startswith(begin)]
    return {f.name.removeprefix(begin).removeprefix(", "): f for f in found}


CASES = [
    (
        {"session_timeout": "30m"},
        (WEEK,),
        "session-timeout",
        State.MISSING,
        "desconecta a los 30 minutos, y «Semana» dura 1 semana",
    ),
    (
        {"session_timeout": "30m"},
        (PlanTerms("Hora", 1_800), PlanTerms("5 GB")),
        "session-timeout",
        State.MISSING,
        "desconecta a los 30 minutos, y «5 GB» no vence por tiempo",
    ),
    (
        {"shared_users": "200"},
        (WEEK,),
        "shared-users",
        State.ADVICE,
        "200: un código sirve a más aparatos de los vendidos; «Semana» vende 1",
    ),
    (
        {"shared_users": "unlimited"},
        (FAMILY, WEEK),
        "shared-users",
        State.ADVICE,
        "unlimited: un código sirve a más aparatos de los vendidos; «Familia» vende 3",
    ),
    (
        {"shared_users": "2"},
        (FAMILY, WEEK),
        "shared-users",
        State.MISSING,
        "2: entran menos aparatos de los vendidos; «Familia» vende 3",
    ),
    (
        {"rate_limit": "1M/1M"},
        (PlanTerms("Rápido", rate_limit="2M/5M"),),
        "rate-limit",
        State.MISSING,
        "1M/1M; «Rápido» promete 2M/5M",
    ),
    (
        {},
        (PlanTerms("Rápido", rate_limit="2M/5M"),),
        "rate-limit",
        State.MISSING,
        "sin límite; «Rápido» promete 2M/5M",
    ),
    (
        {"add_mac_cookie": "no"},
        (WEEK,),
        "add-mac-cookie",
        State.MISSING,
        "no: el cliente escribe su código otra vez cada que su teléfono vuelve",
    ),
    (
        {"idle_timeout": "5m"},
        (WEEK,),
        "idle-timeout",
        State.ADVICE,
        "desconecta a un teléfono que descansa 5 minutos",
    ),
    (
        {"keepalive_timeout": "10s"},
        (WEEK,),
        "keepalive-timeout",
        State.ADVICE,
        "desconecta a un teléfono que no contesta en 10 segundos",
    ),
]


@pytest.mark.parametrize(("values", "plans", "value", "state", "said"), CASES)
def test_what_breaks_a_promise_is_named_and_mended(
    router: RouterSandbox,
    values: dict[str, str],
    plans: tuple[PlanTerms, ...],
    value: str,
    state: State,
    said: str,
) -> None:
    # As many as the plans sell, so that this is not what is found.
    most = max(plan.devices or 1 for plan in plans)
    router.add_profile(NAME, **{"shared_users": str(most)} | values)
    found = of_profile(router, *plans)
    assert found.keys() == {value}
    assert (found[value].state, found[value].found) == (state, said)
    Runner(router).run(found[value].mend)
    assert of_profile(router, *plans)[""].state is State.OK


@pytest.mark.parametrize(
    ("script", "plan", "state", "written"),
    [
        (CLEAR, WEEK, State.ADVICE, "comment"),
        (BIND, WEEK, State.ADVICE, "mac-address"),
        (BIND, FAMILY, State.MISSING, "mac-address"),
        (f"{CLEAR}\n{BIND}", FAMILY, State.MISSING, "comment, mac-address"),
        (CLEAR.replace('comment=""', "limit-uptime=1h"), WEEK, State.MISSING, "limit-uptime"),
        (CLEAR.replace('comment=""', "disabled=yes"), WEEK, State.MISSING, "disabled"),
        (REMOVE_LATER, WEEK, State.MISSING, "remove"),
    ],
)
@pytest.mark.parametrize("event", ["on_login", "on_logout"])
def test_a_script_that_writes_to_what_was_sold(
    router: RouterSandbox, script: str, plan: PlanTerms, state: State, written: str, event: str
) -> None:
    shared = str(plan.devices or 1)
    router.add_profile(NAME, shared_users=shared, **{event: script})
    value = event.replace("_", "-")
    found = of_profile(router, plan)
    assert found.keys() == {value}
    assert found[value].state is state
    assert found[value].found == (
        f"el script cambia en el usuario vendido: {written}; quite esa orden"
    )
    assert found[value].mend.endswith(f"value-name={value}")


@pytest.mark.parametrize(
    "script",
    [
        ":log info $user",
        "/tool fetch url=https://example.com",
        ":put [/ip hotspot user get [find name=$user] comment]",
        "/ip hotspot active remove [find user=$user]",
    ],
)
def test_a_script_that_leaves_the_user_alone(router: RouterSandbox, script: str) -> None:
    router.add_profile(NAME, on_login=script)
    assert of_profile(router, WEEK)[""].state is State.OK


def test_plans_of_one_profile_that_promise_different_rates(router: RouterSandbox) -> None:
    plans = (PlanTerms("Lento", rate_limit="1M/1M"), PlanTerms("Rápido", rate_limit="2M/5M"))
    router.add_profile(NAME, rate_limit="1M/1M")
    found = of_profile(router, *plans)
    assert found.keys() == {"rate-limit"}
    assert found["rate-limit"].state is State.ADVICE
    assert found["rate-limit"].found.startswith("1M/1M; «Rápido» promete 2M/5M, y otro plan")


@pytest.mark.parametrize("timeout", ["0s", "1w", "4w2d"])
def test_a_session_that_may_last_as_long_as_the_plan(router: RouterSandbox, timeout: str) -> None:
    router.add_profile(NAME, session_timeout=timeout)
    assert of_profile(router, WEEK)[""].state is State.OK


@pytest.mark.parametrize("version", VERSIONS)
def test_its_lines_exist(reference_data: Path, version: str) -> None:
    spoilt = {"session_timeout": "30m", "shared_users": "200", "add_mac_cookie": "no"}
    spoilt |= {"idle_timeout": "1m", "keepalive_timeout": "10s", "on_login": BIND}
    with RouterSandbox(version=version) as router:
        router.add_profile(NAME, **spoilt)
        found = of_profile(router, PlanTerms("Semana", 604_800, rate_limit="2M/5M"))
    assert len(found) == 7
    for finding in found.values():
        assert mistakes(finding.mend, known(reference_data, version), VERSIONS[version]) == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 segundos"),
        (1, "1 segundo"),
        (90, "1 minuto 30 segundos"),
        (3_600, "1 hora"),
        (90_061, "1 día 1 hora"),
        (1_209_600, "2 semanas"),
    ],
)
def test_lengths_of_time(seconds: int, words: str) -> None:
    assert span(seconds) == words
