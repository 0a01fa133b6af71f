"""Find the answers to customers that were not true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator

from portal.models import Sale, utc_now
from tests.chaos.calling import Answer
from tests.chaos.environment import mac_of
from tests.chaos.purchases import Purchase
from tests.chaos.scenarios import Manner, Outside, Scenario
from tests.support.ledgers import Finding, Ledgers, taken
from tests.support.tills import centavos

NO_CHARGE = "No se realizó ningún cargo"
PAID_AFTERWARDS = (Outside.LATE, Outside.BOTH)
EXPECTED = (200, 202, 402, 409, 429, 500, 503)


def find_false_answers(
    purchases: Iterable[Purchase], ledgers: Ledgers, undone: Container[str]
) -> Iterator[Finding]:
    """Every answer that the ledgers do not bear out.

    `undone` are e-mail addresses of purchases whose money somebody has given back since.
    """
    sales = {sale.id: sale for sale in ledgers.sales}
    kept: dict[str, int] = defaultdict(int)
    for order in ledgers.ours:
        kept[order["customer_info"]["email"]] += taken(order) - order["amount_refunded"]
    for purchase in purchases:
        email = purchase.scenario.email
        if email in undone:
            continue
        for answer in (*purchase.answers, *purchase.looks):
            sale = sales.get(answer.body.get("referencia", ""))
            if sale is not None and sale.customer_email in undone:
                continue
            if what := _false_answer(answer, purchase.scenario, sale, ledgers):
                yield Finding("false answer", email, f"{answer.status} {answer.detail}: {what}")
        if _said_no_last(purchase) and kept[email]:
            yield Finding(
                "false answer", email, f"told that nothing was charged; {kept[email]} were kept"
            )


def _false_answer(
    answer: Answer, scenario: Scenario, sale: Sale | None, ledgers: Ledgers
) -> str | None:
    if answer.status not in EXPECTED:
        return "unexpected"
    if answer.status in (402, 409, 429, 500, 503):
        return None
    if sale is None:
        return "names a sale that there is not"
    if not _is_theirs(sale, scenario):
        return f"names a sale of {sale.customer_email}"
    if answer.body.get("estado_pago") == "paid" and sale.state not in ("delivered", "refunded"):
        return f"paid, and then {sale.state}"
    told = answer.body.get("accion_requerida") or {}
    if "monto" in told and (centavos(told["monto"]) != sale.amount or not sale.is_deferred):
        return f"told to pay {told['monto']} for what costs {sale.amount} centavos"
    return _false_credentials(answer, sale, ledgers) if answer.body.get("success") else None


def _is_theirs(sale: Sale, scenario: Scenario) -> bool:
    """Who asks again for what their device has a reference for gets that one."""
    is_same = sale.is_deferred and sale.mac == mac_of(scenario.customer)
    return is_same or sale.customer_email == scenario.email


def _false_credentials(answer: Answer, sale: Sale, ledgers: Ledgers) -> str | None:
    told, access = answer.body["usuario_hotspot"], ledgers.access_of(sale)
    is_over = access.expires_at is not None and access.expires_at <= utc_now()
    if sale.state != "delivered" or (access.wanted != "enabled" and not is_over):
        return f"delivered, and then {sale.state}"
    sold = ledgers.names[access.id], ledgers.passwords[access.id]
    if (told["usuario"], told["contrasena"]) != sold:
        return "other credentials than the sale's"
    return None


def _said_no_last(purchase: Purchase) -> bool:
    """Whether "nothing was charged" is the last that the customer knows.

    Where a request brought no answer the customer knows that they do not know; of requests
    that crossed, the last answer is not the last word. Who pays after all has heard it before,
    and hears of that money by e-mail.
    """
    if purchase.unanswered or purchase.paid_outside in PAID_AFTERWARDS:
        return False
    told = sorted((*purchase.answers, *purchase.looks), key=lambda answer: answer.at)
    crossed = purchase.scenario.manner is Manner.DOUBLE_CLICK
    last = told if crossed else told[-1:]
    return bool(last) and all(_says_no(answer) for answer in last)


def _says_no(answer: Answer) -> bool:
    if answer.status == 200:
        return answer.body["estado_pago"] in ("declined", "canceled")
    return answer.status == 402 or NO_CHARGE in answer.detail
