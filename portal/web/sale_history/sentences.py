"""Write a sale's moves, and what its gateway says of it, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from portal.core.formatting import price_in_full
from portal.core.i18n import gettext
from portal.models import Sale, SaleMove
from portal.payments.methods import TransferInstructions
from portal.sales.deferred.instructions import read
from portal.sales.gateway_differences import Difference
from portal.web.sale_history.words import (
    ACTIONS,
    ACTORS,
    DEFERRED,
    DIFFERENCES,
    METHODS,
    MODES,
    ORDERS,
    PARKED,
    PLACES,
    PREFIXES,
    REASONS,
    STATES,
    TURNS,
)


def state_name(state: str) -> str:
    """Name a sale's state."""
    return gettext(STATES[state])


def order_name(status: str) -> str:
    """Name the state of an order at its gateway."""
    return gettext(ORDERS[status])


def parked_because(reason: str) -> str:
    """Say why a sale waits for a person."""
    return gettext(PARKED[reason]) if reason in PARKED else reason


def sentence(sale: Sale, move: SaleMove) -> str:
    """Tell one move, who made it and why."""
    deferred = DEFERRED.get(move.to_state) if sale.is_deferred else None
    told = TURNS.get((move.from_state or "", move.to_state)) or deferred or ACTIONS[move.to_state]
    card = gettext(" de la tarjeta terminada en {}").format(sale.card_last4)
    action = gettext(told).format(
        amount=price_in_full(sale.amount, sale.currency),
        refunded=price_in_full(sale.amount_refunded, sale.currency),
        card=card if sale.card_last4 else "",
        method=method_name(sale.method),
    )
    why = f": {_reason(move.reason)}" if move.reason else ""
    actor = gettext(ACTORS[move.actor]) if move.actor in ACTORS else move.actor
    return gettext("{action}, por {actor}{why}.").format(action=action, actor=actor, why=why)


def method_name(method: str) -> str:
    """Name the way in which a sale is paid."""
    return gettext(METHODS[method])


def places_to_pay(sale: Sale) -> list[tuple[str, str]]:
    """Name where a deferred payment is made, each place with its number there."""
    instructions = read(sale.method, sale.instructions)
    if instructions is None:
        return []
    named = gettext(PLACES[sale.method])
    if isinstance(instructions, TransferInstructions):
        return [(named.format(instructions.bank or "SPEI"), instructions.clabe)]
    return [(named.format(each.network), each.reference) for each in instructions.references]


def difference(found: Difference) -> str:
    """Say in what our sale and the gateway's order differ."""
    told = gettext(DIFFERENCES.get(found.what, DIFFERENCES["currency"]))
    return told.format(
        ours=_side(found.what, found.ours, STATES), theirs=_side(found.what, found.theirs, ORDERS)
    )


def _side(what: str, value: str | int | None, states: Mapping[str, str]) -> str:
    if what in ("amount", "refunded", "received"):
        return _pesos(value)
    known = {"state": states, "mode": MODES}.get(what, {})
    return gettext(known[str(value)]) if str(value) in known else str(value)


def money(centavos: int, currency: str) -> str:
    """Write an amount in full, also one in a currency that we do not sell in."""
    return f"{_pesos(centavos)} {currency}"


def _reason(reason: str) -> str:
    for prefix, words in PREFIXES.items():
        if reason.startswith(prefix):
            return gettext(words) + reason.removeprefix(prefix)
    return gettext(REASONS[reason]) if reason in REASONS else f"«{reason}»"


def _pesos(centavos: str | int | None) -> str:
    return f"{int(centavos or 0) / 100:,.2f}"
