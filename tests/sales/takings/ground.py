"""Sell at random moments of a company's year, and count it all over without any of ours."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Flask

from portal.core.database import writing
from portal.core.local_time import DAY
from portal.models import Company, MoneyBack, Sale
from portal.sales.takings.amounts import Takings
from portal.sales.takings.vat import vat_within
from tests.api.admin.sold import make_sale
from tests.support.tenants import Tenant

# Clocks in Tijuana went forward in the night of the second day, and back in that of the fourth.
SPRING = (date(2025, 3, 8), date(2025, 3, 9))
AUTUMN = (date(2025, 11, 1), date(2025, 11, 2))
Days = tuple[date, date]
PRICES = (2000, 9900, 1, 5005, 123_456)
RATES = (1600, 800, 0)


class Ground:
    """One company, and what it sold and gave back."""

    def __init__(
        self, app: Flask, tenant: Tenant, zone: str, days: Days = AUTUMN, seed: int = 7
    ) -> None:
        print(f"seed {seed}")
        self.days, self.over = days, datetime.combine(days[1] + 7 * DAY, time(), UTC)
        self.app, self.tenant, self.zone = app, tenant, ZoneInfo(zone)
        self._random = random.Random(seed)
        self.lines: list[tuple[datetime, str, Takings]] = []
        with app.app_context(), writing() as session:
            session.get_one(Company, tenant.company_id).time_zone = zone

    def trade(self, sales: int) -> None:
        """Sell so often, and give some of it back later, in part or whole."""
        for _ in range(sales):
            self._sell()

    def _sell(self) -> None:
        pick = self._random
        at, amount, rate = self._moment(), pick.choice(PRICES), pick.choice(RATES)
        fee, currency = pick.choice([None, 357, 1200]), pick.choice(["MXN", "MXN", "USD"])
        values = {"amount": amount, "vat_rate": rate, "fee": fee, "currency": currency}
        sale_id = make_sale(self.app, self.tenant, at, "delivered", **values)
        vat = vat_within(amount, rate)
        charge = Takings(1, amount, vat, fees=fee or 0, fees_told=int(fee is not None))
        self.lines.append((at, currency, charge))
        if pick.random() < 0.4:
            self._give_back(sale_id, at, pick.randint(1, amount), rate)

    def _give_back(self, sale_id: str, paid_at: datetime, amount: int, rate: int) -> None:
        at = paid_at + timedelta(seconds=self._random.randint(0, 3 * 86_400))
        with self.app.app_context(), writing() as session:
            sale = session.get_one(Sale, sale_id)
            copied = {n: getattr(sale, n) for n in ("company_id", "router_id", "currency")}
            back = MoneyBack(sale_id=sale_id, at=at, kind="outside", amount=amount, **copied)
            back.vat_rate = rate
            session.add(back)
        vat = vat_within(amount, rate)
        taken = Takings(refunds=1, refunded=amount, refunded_vat=vat)
        self.lines.append((at, sale.currency, taken))

    def _moment(self) -> datetime:
        """Any second of one of the days, the last of them and the first as often as others."""
        day = datetime.combine(self._random.choice(self.days), datetime.min.time(), self.zone)
        begin = day.astimezone(UTC)
        ends = (day + timedelta(days=1)).astimezone(UTC)
        last = int((ends - begin).total_seconds()) - 1
        second = self._random.choice([0, last, self._random.randint(0, last)])
        return begin + timedelta(seconds=second, microseconds=self._random.choice([0, 999_999]))

    def by_hour(self, until: datetime) -> dict[tuple[date, int, str], tuple[int, ...]]:
        """Count it line by line: sales and money of each hour there."""
        sums: dict[tuple[date, int, str], Takings] = defaultdict(Takings)
        for at, currency, takings in self._before(until):
            there = at.astimezone(self.zone)
            sums[there.date(), there.hour, currency] += takings
        return {key: told(takings) for key, takings in sums.items()}

    def by_month(self) -> dict[tuple[int, int, str], Takings]:
        sums: dict[tuple[int, int, str], Takings] = defaultdict(Takings)
        for at, currency, takings in self.lines:
            there = at.astimezone(self.zone)
            sums[there.year, there.month, currency] += takings
        return dict(sums)

    def _before(self, until: datetime) -> Iterator[tuple[datetime, str, Takings]]:
        return (line for line in self.lines if line[0] < until)


def told(takings: Takings) -> tuple[int, ...]:
    """What an hour tells."""
    return takings.sales, takings.charged, takings.refunds, takings.refunded
