"""A sale while something goes wrong, and what is wrong with it then and afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from werkzeug.test import TestResponse

from tests.crash.environment import Environment
from tests.crash.events import interrupted
from tests.crash.faults import Answer, Case, nothing
from tests.crash.telling import untruths


def play(stage: Environment, case: Case) -> list[str]:
    """Sell while it goes wrong, let all be well again, and say what is not as it should be."""
    begin(stage)
    request = stage.request(stage.visitor(), token_tarjeta=case.token, conexion_automatica=True)
    case.first(stage)
    case.breaks(stage)
    answer = stage.send(request)
    wrong = [*_answered(case, answer), *_now(stage, case)]
    case.meanwhile(stage)
    heal(stage)
    stage.settle()
    wrong += _settled(stage, case)
    return [f"{case.name}: {sentence}" for sentence in wrong + _repeated(stage, request)]


def play_interrupted(stage: Environment, scene: tuple[str, Case]) -> list[str]:
    """As `play`, with the break right before a call."""
    call, case = scene
    with interrupted(stage, call, case.breaks) as interruption:
        wrong = play(stage, replace(case, breaks=nothing))
    return wrong if interruption.happened else [*wrong, f"{case.name}: it never happened"]


def begin(stage: Environment) -> None:
    """Nothing has happened yet."""
    stage.clear()
    stage.gateway.reset_figures()


def heal(stage: Environment) -> None:
    """All is well again, and whatever still hangs is cut."""
    stage.router.faults.clear()
    stage.gateway.heal()
    stage.router.drop_connections()


def heard(answer: TestResponse) -> Answer:
    """What the customer made of the answer."""
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


def _now(stage: Environment, case: Case) -> Iterator[str]:
    """While nothing is well yet."""
    calls = stage.gateway.calls()
    charges = calls["charge"] + calls["order_with_charge"]
    if charges != case.charges:
        yield f"asked for money {charges} times instead of {case.charges}"
    books = stage.books()
    paid = {sale.access_id for sale in books.sales if books.money_of(sale)}
    for access in books.accesses:
        user = stage.router.users.get(books.names[access.id], {"disabled": "true"})
        if access.id not in paid and user.get("disabled", "false") == "false":
            yield "P3: enabled before its money is in"


def _settled(stage: Environment, case: Case) -> list[str]:
    books = stage.books()
    ends = [sale.state for sale in books.sales]
    raised = {alert.kind for alert in books.alerts}
    wrong = [] if ends == [case.end] else [f"ended {ends} instead of {case.end}"]
    wrong += [] if raised == case.alerts else [f"raised {raised} instead of {set(case.alerts)}"]
    return wrong + books.wrong() + [f"{s.id} is told otherwise" for s in untruths(stage, books)]


def _repeated(stage: Environment, request: dict[str, object]) -> list[str]:
    """The same purchase once more, now that all is well."""
    stage.send(request)
    stage.settle()
    books = stage.books()
    paid = [sale for sale in books.sales if books.money_of(sale)]
    wrong = [f"P1: repeated, it was paid {len(paid)} times"] if len(paid) > 1 else []
    return wrong + [f"repeated: {breach}" for breach in books.wrong()]
