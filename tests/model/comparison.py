"""Compare the model with what is so: our records, the gateway's orders, the router's users."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from portal import models
from portal.models import utc_now
from tests.model.environment import ModelEnvironment, Seen
from tests.model.model import Model
from tests.model.model_access import Access, Entry
from tests.model.model_order import PRICE, Money
from tests.model.model_pass import Pass
from tests.model.model_sale import Sale

# Moments of the model are exact; ours are as late as the test was slow.
SLOWNESS = timedelta(minutes=4)


Told = tuple[str, bool]
# What is told of a sale, by its id, and the records that it was told by.
Answers = dict[str, tuple[tuple[object, ...], Told]]


class Comparison:
    """One look at everything. `sale_ids` are our ids of the model's sales.

    `answers` holds what buyers were told at earlier looks: it is asked again where it may differ.
    """

    def __init__(
        self,
        environment: ModelEnvironment,
        model: Model,
        sale_ids: dict[Sale, str],
        answers: Answers,
    ) -> None:
        self._environment, self._model, self._ids = environment, model, sale_ids
        self._answers = answers
        records = environment.records()
        self._sales = {sale.id: sale for sale in records.sales}
        self._accesses = {access.id: access for access in records.accesses}
        self._passes = records.passes
        self._alerts = _by_subject(records.alerts)
        rows = environment.router.users
        self._users = dict(environment.users(rows))
        self._bystanders = environment.bystanders(rows)
        self._orders = environment.orders()

    def differences(self) -> Iterator[str]:
        """What is not as it must be, as sentences."""
        if len(self._sales) != len(self._model.sales):
            yield f"{len(self._sales)} sales instead of {len(self._model.sales)}"
        asked = sum(sale.asked for sale in self._model.sales)
        charges = sum(till.asked() for till in self._environment.tills.values())
        if charges != asked:
            yield f"P1: money asked for {charges} times, not {asked}"
        for sale, sale_id in self._ids.items():
            yield from self._sale(sale, self._sales[sale_id])
            yield from self._money(sale, sale_id)
            yield from self._told(sale, sale_id)
        known = set()
        for access, access_id in self._access_ids().items():
            known.add(access_id)
            yield from self._access(access, self._accesses[access_id])
            yield from self._user(access, access_id)
        yield from self._given_passes(known)
        if self._bystanders != self._environment.untouched:
            yield f"P4: users of others are {self._bystanders}"
        for access_id in self._users.keys() - known:
            yield f"P3: {access_id} is on the router and nobody knows it"

    def _access_ids(self) -> dict[Access, str]:
        return {sale.access: self._sales[sale_id].access_id for sale, sale_id in self._ids.items()}

    def _sale(self, sale: Sale, row: models.Sale) -> Iterator[str]:
        yield from _differ(
            row.id,
            state=(row.state, sale.state),
            parked=(row.parked_reason, sale.parked),
            refunded=(row.amount_refunded, sale.refunded),
            received=(row.amount_received, sale.received),
            returned=(row.amount_returned or 0, sale.returned),
            alerts=(self._alerts.get(row.id, set()), sale.alerts),
            paid=(row.paid_at is None, sale.paid is None),
        )

    def _money(self, sale: Sale, sale_id: str) -> Iterator[str]:
        order = self._orders.get(sale_id)
        money = Money.NONE if order is None else _money_of(order)
        back = order["amount_refunded"] if order else 0
        expected = PRICE if sale.order.money is Money.BACK else sale.order.part
        yield from _differ(sale_id, money=(money, sale.order.money), back=(back, expected))
        if order is not None and sale.is_deferred:
            yield from _differ(sale_id, came=(came(order), sale.order.came))

    def _told(self, sale: Sale, sale_id: str) -> Iterator[str]:
        row = self._sales[sale_id]
        access = self._accesses[row.access_id]
        records = (row.state, row.cancel_reason, row.parked_reason, access.wanted, access.actual)
        before, told = self._answers.get(sale_id, (None, ("", False)))
        if before != records:
            told = self._ask(sale_id)
            self._answers[sale_id] = records, told
        state, has_credentials = told
        yield from _differ(
            sale_id,
            told=(state, sale.told),
            credentials_told=(has_credentials, sale.is_open and not sale.extends),
        )

    def _ask(self, sale_id: str) -> Told:
        told: Any = self._environment.status(sale_id).json
        return told["estado_pago"], told["usuario_hotspot"] is not None

    def _access(self, access: Access, row: models.Access) -> Iterator[str]:
        yield from _differ(
            row.id,
            wanted=(row.wanted, access.wanted),
            known=(row.actual, access.known),
            seconds=(row.duration_seconds, access.seconds),
            data=(row.data_limit, access.data),
            seen=(row.seen_seconds, access.seen),
            used=(row.used_seconds, access.used),
        )
        if not self._ends_alike(access, row):
            left = row.expires_at and row.expires_at - utc_now()
            yield f"{row.id} ends in {left} instead of {access.ends} - {self._model.now} s"

    def _ends_alike(self, access: Access, row: models.Access) -> bool:
        if access.ends is None or row.expires_at is None:
            return access.ends is row.expires_at
        left = timedelta(seconds=access.ends - self._model.now)
        return abs(row.expires_at - utc_now() - left) < SLOWNESS

    def _user(self, entry: Entry, its_id: str) -> Iterator[str]:
        found, user = self._users.get(its_id), entry.user
        is_online = entry.is_online(self._model.now)
        expected = user and Seen(user.is_enabled, is_online, user.seconds, user.data)
        if found != expected:
            yield f"{its_id} is {found} on the router instead of {expected}"

    def _given_passes(self, known: set[str]) -> Iterator[str]:
        """Each pass, by the sale that it was given for and its place among that one's."""
        for sale, sale_id in self._ids.items():
            rows = [row for row in self._passes if row.sale_id == sale_id]
            if len(rows) != len(sale.passes):
                yield f"{sale_id} had {len(rows)} passes instead of {len(sale.passes)}"
            for one, row in zip(sale.passes, rows, strict=False):
                known.add(row.id)
                yield from self._pass(one, row)

    def _pass(self, one: Pass, row: models.PaymentPass) -> Iterator[str]:
        yield from _differ(
            row.id,
            stands=(row.removed_at is None, one.stands),
            is_over=(row.ended_at is not None, one.is_over),
        )
        yield from self._user(one, row.id)


def _money_of(order: dict[str, Any]) -> Money:
    status = order.get("payment_status")
    if status in ("canceled", "expired"):
        return Money.CLOSED
    if status == "partially_refunded":
        return Money.TAKEN
    return Money(status) if status else Money.OPEN


def came(order: dict[str, Any]) -> int:
    """Centavos that came for it by transfer or in cash, whether they do or not."""
    charges = (order.get("charges") or {}).get("data", [])
    return sum(charge["amount"] for charge in charges if charge["status"] == "paid")


def _by_subject(alerts: Iterable[models.Alert]) -> dict[str, set[str]]:
    """The kinds of what stands before the operator, by what it is about."""
    found: dict[str, set[str]] = {}
    for alert in alerts:
        found.setdefault(alert.subject, set()).add(alert.kind)
    return found


def _differ(subject: str, **pairs: tuple[Any, Any]) -> Iterator[str]:
    for what, (found, expected) in pairs.items():
        if found != expected:
            yield f"{subject}: {what} is {found} instead of {expected}"
