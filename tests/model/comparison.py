"""Compare the model with what is so: our records, the gateway's orders, the router's users."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from portal import models
from portal.models import utc_now
from tests.model.environment import ModelEnvironment, Seen
from tests.model.model import Model
from tests.model.model_access import Access
from tests.model.model_sale import PRICE, Money, Sale

# Moments of the model are exact; ours are as late as the test was slow.
SLOWNESS = timedelta(minutes=4)


class Comparison:
    """One look at everything. `sale_ids` are our ids of the model's sales."""

    def __init__(
        self, environment: ModelEnvironment, model: Model, sale_ids: dict[Sale, str]
    ) -> None:
        self._environment, self._model, self._ids = environment, model, sale_ids
        self._sales = {sale.id: sale for sale in environment.sales()}
        self._accesses = {access.id: access for access in environment.accesses()}
        self._users = dict(environment.users())

    def differences(self) -> Iterator[str]:
        """What is not as it must be, as sentences."""
        if len(self._sales) != len(self._model.sales):
            yield f"{len(self._sales)} sales instead of {len(self._model.sales)}"
        asked = sum(sale.asked for sale in self._model.sales)
        charges = self._environment.gateway.calls()["charge"]
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
            paid=(row.paid_at is None, sale.paid is None),
        )

    def _money(self, sale: Sale, sale_id: str) -> Iterator[str]:
        order = self._environment.order_of(sale_id)
        money = Money.NONE if order is None else _money_of(order)
        back = order["amount_refunded"] if order else 0
        expected = PRICE if sale.order.money is Money.BACK else sale.order.part
        yield from _differ(sale_id, money=(money, sale.order.money), back=(back, expected))

    def _told(self, sale: Sale, sale_id: str) -> Iterator[str]:
        told: Any = self._environment.status(sale_id).json
        credentials = told["usuario_hotspot"] is not None
        yield from _differ(
            sale_id,
            told=(told["estado_pago"], sale.told),
            credentials_told=(credentials, sale.is_open and not sale.extends),
        )

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

    def _user(self, access: Access, access_id: str) -> Iterator[str]:
        found, user = self._users.get(access_id), access.user
        is_online = access.is_online(self._model.now)
        expected = user and Seen(user.is_enabled, is_online, user.seconds, user.data)
        if found != expected:
            yield f"{access_id} is {found} on the router instead of {expected}"


def _money_of(order: dict[str, Any]) -> Money:
    status = order.get("payment_status")
    if status in ("canceled", "expired"):
        return Money.CLOSED
    if status == "partially_refunded":
        return Money.TAKEN
    return Money(status) if status else Money.OPEN


def _differ(subject: str, **pairs: tuple[Any, Any]) -> Iterator[str]:
    for what, (found, expected) in pairs.items():
        if found != expected:
            yield f"{subject}: {what} is {found} instead of {expected}"
