"""Play a sale while something goes wrong, and say what is wrong then and afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from werkzeug.test import TestResponse

from tests.crash.events import interrupted
from tests.crash.false_answers import false_answers
from tests.crash.faults import (
    ACTIVE,
    BEING_VERIFIED,
    CARD,
    Answer,
    Case,
    nothing,
    pay_what_waits,
)
from tests.support.environment import Environment
from tests.support.lost_answers import METHODS, hurried, hurried_at_router

LOG_IN = f"{ACTIVE}/login"
# Seconds until who is left hanging gives up; what such a method asks beside it answers sooner.
LITTLE_TIME = 2.0


def play(environment: Environment, case: Case) -> list[str]:
    """Sell while it goes wrong, let all be well again, and say what is not as it should be."""
    with environment.paid_at(case.gateway):
        return _play(environment, case)


def _play(environment: Environment, case: Case) -> list[str]:
    begin(environment)
    request = _request(environment, case)
    case.first(environment)
    with _little_time(environment, case):
        case.breaks(environment)
        answer = environment.send(request)
        wrong = [*_answered(case, answer), *_now(environment, case)]
        case.meanwhile(environment)
    heal(environment)
    environment.settle()
    wrong += _settled(environment, case)
    name = f"{case.gateway}: {case.name}"
    return [f"{name}: {sentence}" for sentence in wrong + _repeated(environment, request)]


@contextmanager
def _little_time(environment: Environment, case: Case) -> Iterator[None]:
    """Let nobody wait for long for what hangs; whatever answers has all the time it needs."""
    with ExitStack() as stack:
        if case.hangs_at_router == LOG_IN:
            # What it has done is looked for in the time that is left of it, which is none.
            stack.enter_context(hurried(environment.app, "log_in", seconds=LITTLE_TIME))
        elif case.hangs_at_router:
            command = case.hangs_at_router
            stack.enter_context(hurried_at_router(environment.app, command, LITTLE_TIME))
        if case.hangs_at_gateway:
            methods = METHODS.get(case.hangs_at_gateway, ())
            stack.enter_context(hurried(environment.app, *methods, seconds=LITTLE_TIME))
        yield


def _request(environment: Environment, case: Case) -> dict[str, Any]:
    visitor = environment.visitor()
    if case.in_frame:
        return environment.framed_request(visitor)
    token = case.token if case.method == CARD else None
    return environment.request(
        visitor, token_tarjeta=token, metodo=case.method, conexion_automatica=True
    )


def play_interrupted(environment: Environment, scene: tuple[str, Case]) -> list[str]:
    """As `play`, with the break right before a call."""
    call, case = scene
    with (
        environment.paid_at(case.gateway),
        interrupted(environment, call, case.breaks) as interruption,
    ):
        wrong = play(environment, replace(case, breaks=nothing))
    return wrong if interruption.happened else [*wrong, f"{case.name}: it never happened"]


def begin(environment: Environment) -> None:
    """Nothing has happened yet."""
    environment.clear()
    environment.till.sandbox.reset_figures()


def heal(environment: Environment) -> None:
    """All is well again, and whatever still hangs is cut."""
    environment.router.faults.clear()
    environment.till.sandbox.heal()
    environment.router.drop_connections()


def heard(answer: TestResponse) -> Answer:
    """What the customer made of the answer."""
    if answer.status_code == 303:
        # Our page leads on to the purchase's own, which waits for what the frame does.
        return BEING_VERIFIED if "/pago/" in answer.location else Answer(303)
    body = answer.json or {}
    connection = body.get("auto_conexion") or {}
    online = connection["estado"] == "conectado" if connection else None
    return Answer(answer.status_code, body.get("estado_pago"), online)


def _answered(case: Case, answer: TestResponse) -> Iterator[str]:
    body = answer.json or {}
    if heard(answer) != case.answer:
        yield f"answered {heard(answer)} instead of {case.answer}: {body.get('detail')}"
    if bool(body.get("usuario_hotspot")) != (answer.status_code == 200):
        yield "credentials stand in the wrong answer"


def _now(environment: Environment, case: Case) -> Iterator[str]:
    """While nothing is well yet."""
    charges = environment.till.asked()
    if charges != case.charges:
        yield f"asked for money {charges} times instead of {case.charges}"
    ledgers = environment.ledgers()
    paid = {sale.access_id for sale in ledgers.sales if ledgers.money_of(sale)}
    for access in ledgers.accesses:
        user = environment.router.users.get(ledgers.names[access.id], {"disabled": "true"})
        if access.id not in paid and user.get("disabled", "false") == "false":
            yield "P3: enabled before its money is in"


def _settled(environment: Environment, case: Case) -> list[str]:
    ledgers = environment.ledgers()
    ends = [sale.state for sale in ledgers.sales]
    raised = {alert.kind for alert in ledgers.alerts}
    wrong = [] if ends == [case.end] else [f"ended {ends} instead of {case.end}"]
    wrong += [] if raised == case.alerts else [f"raised {raised} instead of {set(case.alerts)}"]
    return (
        wrong
        + ledgers.wrong()
        + [f"{s.id} is told otherwise" for s in false_answers(environment, ledgers)]
    )


def _repeated(environment: Environment, request: dict[str, object]) -> list[str]:
    """The same purchase once more, now that all is well."""
    environment.send(request)
    pay_what_waits(environment)
    environment.settle()
    ledgers = environment.ledgers()
    paid = [sale for sale in ledgers.sales if ledgers.money_of(sale)]
    wrong = [f"P1: repeated, it was paid {len(paid)} times"] if len(paid) > 1 else []
    return wrong + [f"repeated: {breach}" for breach in ledgers.wrong()]
