"""Prove by EXPLAIN that what is asked of a filled PostgreSQL is read by index, all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from portal.access.code_recovery import NoSuchPurchase, find_lost_code
from portal.access.payment_pass.giving import give_pass
from portal.access.payment_pass.marks import passes_at
from portal.alerts.daily_summary import tell_of_yesterday
from portal.alerts.sales_history import tell_of_sales
from portal.alerts.undecided_sales import tell_of_undecided_sales
from portal.core.database import reading, writing
from portal.core.leases import claim_one
from portal.models import Access, PaymentPass, Router, Sale, utc_now
from portal.models.sale_states import SaleState
from portal.operators import reports, routers, transactions
from portal.operators.accounting.movements import movements
from portal.operators.router_kit.radius_points import radius_points
from portal.operators.takings import attention
from portal.sales.recovery import recover_sale
from portal.sales.search.writing import write_words
from portal.sales.takings.summing import sum_days
from portal.vouchers.upkeep import keep_vouchers
from portal.worker import receipts
from portal.worker.retention import erase_personal_data
from tests.api.admin.caller import log_in
from tests.panel.client import panel_of
from tests.sales.deferred.buying import ask, take_all
from tests.support.databases.admin import Databases
from tests.support.databases.migrated import copy_postgresql
from tests.support.filling.codes import name_codes
from tests.support.filling.fill import Size, fill
from tests.support.filling.visits import Known, api_visits, known_of, panel_visits
from tests.support.plans import (
    Bounds,
    Statistics,
    asked_of,
    faults,
    gather_statistics,
    keep_statistics,
)
from tests.support.shop import IP, MAC, SECRETS, Shop, open_shop
from tests.support.tenants import ACTOR, make_tenant

# Two companies side by side, so that what reads all of one or of the table is told from a part.
SIZE = Size(
    sales=40_000,
    codes=20_000,
    events=6_000,
    entries=6_000,
    alerts=400,
    passes=8_000,
    grants=6_000,
    open=200,
)
ROUTERS, EACH, CODES, A_MONTH, WAITING = 12, 20_000, 10_000, 1_800, 2_000
# What a page reads at most: the newest that a search looks through, and their words.
A_PAGE = Bounds(rows=3001, sorted_rows=2200, pages=13_000, counted=CODES)
# An answer counts the list, and so much of a search that a thousand are found.
A_COUNT = Bounds(rows=10_000, pages=45_000, counted=EACH)
# A year's sums by hour.
A_SUM = Bounds(rows=18_000, pages=13_000, whole=frozenset({"takings_hour"}))
SUMS = ("today", "accounting", "accounting, a year ago")
ONE = Bounds(rows=50, sorted_rows=50, pages=300)
# One kind after the other, not by turns: to gather statistics of all takes a second.
known_and_restored = pytest.mark.parametrize("is_restored", [False, True], scope="module")


@dataclass(frozen=True)
class Trade:
    """A shop that sells, beside a company that has traded for long."""

    shop: Shop
    company_id: str
    known: Known
    statistics: Statistics

    @property
    def app(self) -> Flask:
        return self.shop.app

    def faults(self, action: Callable[[], object], bounds: Bounds) -> list[str]:
        """What is wrong with how it is asked for what the action asks for."""
        with self.app.app_context(), asked_of(self.app) as asked:
            action()
        return faults(self.app, asked, bounds)


@pytest.fixture(scope="module")
def filled(postgres: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trade]:
    url = copy_postgresql(postgres, SECRETS)
    with open_shop(tmp_path_factory.mktemp("trade"), url, log_level="ERROR") as shop:
        # Before anything is sold: for a moment, what a shop offers is remembered.
        take_all(shop)
        companies = [company_with_routers(shop.app) for _ in range(2)]
        keep_statistics(shop.app)
        fill(url, companies, SIZE)
        with shop.app.app_context():
            sum_days(companies[0])
        known = known_of(shop.app, companies[0])
        name_codes(shop.app, str(known.code.batch_id))
        gather_statistics(shop.app, "access, takings_day, takings_hour, takings_state")
        yield Trade(shop, companies[0], known, Statistics(shop.app))
    postgres.drop_database(url)


@pytest.fixture
def is_restored() -> bool:
    """Whether PostgreSQL knows nothing of the tables but their size, as right after a restore."""
    return False


@pytest.fixture
def trade(filled: Trade, is_restored: bool) -> Trade:
    """The shop, with such statistics."""
    filled.statistics.are(known=not is_restored)
    return filled


def company_with_routers(app: Flask) -> str:
    """A company with a dozen routers, of which none answers."""
    company_id = make_tenant(app).company_id
    with app.app_context():
        for number in range(1, ROUTERS):
            name = f"Sucursal {number}"
            routers.create(
                ACTOR, company_id, name=name, host="127.0.0.1", username="a", password="b"
            )
    return company_id


def test_a_plan_that_reads_all_is_found(trade: Trade) -> None:
    def read_all() -> None:
        with reading() as session:
            session.scalar(select(func.count()).where(Sale.customer_name == "Nadie"))

    def sort_all() -> None:
        with reading() as session:
            mine = select(Access).where(Access.company_id == trade.company_id)
            session.scalars(mine.order_by(Access.profile_name).limit(5)).all()

    def pass_over_all() -> None:
        with reading() as session:
            mine = select(Sale.id).where(Sale.company_id == trade.company_id, Sale.fee < 0)
            session.scalars(mine.order_by(Sale.created_at).limit(5)).all()

    [found] = trade.faults(read_all, A_PAGE)
    assert found.startswith("reads all of sale: SELECT count(*)")
    assert any("sorts 30,000 rows" in found for found in trade.faults(sort_all, A_PAGE))
    assert trade.faults(pass_over_all, A_PAGE)
    assert trade.faults(lambda: transactions.get(trade.company_id, trade.known.sale.id), ONE) == []


def test_nothing_of_what_was_looked_at_stays(trade: Trade) -> None:
    def blank() -> None:
        with writing() as session:
            mine = update(Sale).where(Sale.id == trade.known.sale.id)
            session.execute(mine.values(attempts=Sale.attempts + 1))

    assert trade.faults(blank, ONE) == []
    with trade.app.app_context():
        assert transactions.get(trade.company_id, trade.known.sale.id).sale.attempts == 1


def test_pages_of_the_panel(trade: Trade) -> None:
    owner = panel_of(trade.app, trade.company_id)
    found = {}
    for name, path in panel_visits(trade.known):
        with asked_of(trade.app) as asked:
            assert owner.get(path).status_code == 200, name
        bounds = A_SUM if name in SUMS else A_PAGE
        if wrong := faults(trade.app, asked, bounds):
            found[name] = wrong
        assert len(asked) <= 26, name
    assert found == {}, "\n".join(f"{n}: {w[:250]}" for n, ws in found.items() for w in ws)


def test_calls_of_the_api(trade: Trade) -> None:
    owner = log_in(trade.app, trade.company_id)
    found = {}
    for name, path in api_visits(trade.known):
        with asked_of(trade.app) as asked:
            assert owner.get(path).status_code == 200, name
        if wrong := faults(trade.app, asked, A_COUNT):
            found[name] = wrong
        assert len(asked) <= 26, name
    assert found == {}, "\n".join(f"{n}: {w[:250]}" for n, ws in found.items() for w in ws)


def test_what_needs_a_hand_where_many_wait_for_a_transfer(trade: Trade) -> None:
    """Their buyers have time: none of them is shown, and no other sale is looked at for it."""
    mine = (Sale.company_id == trade.company_id) & (Sale.state == SaleState.DELIVERED)
    lately = select(Sale.id).where(mine).order_by(Sale.created_at.desc()).limit(WAITING)
    waits = {"state": SaleState.PENDING, "payable_until": utc_now() + timedelta(days=1)}
    with trade.app.app_context(), writing() as session:
        ids = session.scalars(lately).all()
        session.execute(update(Sale).where(Sale.id.in_(ids)).values(waits))
    gather_statistics(trade.app, "sale")
    try:
        found = trade.faults(lambda: attention.look(trade.company_id), Bounds(rows=WAITING))
        assert [fault for fault in found if "by ix_sale_company_id_created_at" in fault] == []
    finally:
        waited = {"state": SaleState.DELIVERED, "payable_until": None}
        with trade.app.app_context(), writing() as session:
            session.execute(update(Sale).where(Sale.id.in_(ids)).values(waited))
        gather_statistics(trade.app, "sale")


def test_tables_are_read_a_batch_at_a_time(trade: Trade) -> None:
    def read_sales() -> None:
        rows = transactions.every(trade.company_id)
        assert sum(1 for _ in zip(rows, range(1200), strict=False)) == 1200

    def read_movements() -> None:
        month = (trade.known.sale.created_at.year, trade.known.sale.created_at.month)
        rows = movements(trade.company_id, month)
        assert sum(1 for _ in zip(rows, range(2500), strict=False)) > 0

    assert trade.faults(read_sales, A_PAGE) == []
    assert trade.faults(read_movements, Bounds(rows=A_MONTH, sorted_rows=A_MONTH)) == []


@known_and_restored
def test_statistics_are_there_or_not(trade: Trade, is_restored: bool) -> None:
    with trade.app.app_context(), reading() as session:
        known = session.scalar(text("SELECT count(*) FROM pg_stats WHERE tablename = 'sale'"))
    assert (known == 0) is is_restored


@known_and_restored
def test_a_sale(trade: Trade, is_restored: bool) -> None:
    """From the catalogue to what became of it, with a try that is declined.

    Also right after a restore, when PostgreSQL knows nothing of the tables but their size.
    """
    shop = trade.shop

    def sell() -> None:
        key = {"X-API-Key": shop.api_key}
        shop.app.test_client().get("/api/v1/catalogo_perfiles_venta", headers=key)
        declined = shop.buy(f"no-{is_restored}", token_tarjeta="tok_test_card_declined")
        assert declined.status_code == 402
        bought = shop.buy(f"yes-{is_restored}", conexion_automatica=True)
        assert bought.status_code == 200, bought.text
        assert shop.status(bought.json["referencia"]).status_code == 200
        assert shop.status(bought.json["id_transaccion"]).status_code == 200

    assert trade.faults(sell, ONE) == []


@known_and_restored
def test_a_transfer_and_its_pass(trade: Trade, is_restored: bool) -> None:
    """From the reference to the money that came, with the device let in meanwhile to its bank."""
    shop, phone = trade.shop, f"02:00:00:00:01:0{is_restored:d}"
    shop.router.join(phone, f"192.168.88.20{is_restored:d}")

    def sell() -> None:
        asked = ask(shop, "spei", mac_cliente=phone, ip_cliente=f"192.168.88.20{is_restored:d}")
        assert asked.status_code == 202, asked.text
        reference: str = (asked.json or {})["referencia"]
        assert give_pass(reference).stands
        with reading() as session:
            order_id = session.get_one(Sale, reference).order_id
        shop.gateway.pay(str(order_id))
        claim = claim_one(Sale, reference, 60.0)
        assert claim is not None
        recover_sale(claim)
        with reading() as session:
            [ended] = session.scalars(
                select(PaymentPass).where(PaymentPass.sale_id == reference)
            ).all()
        assert ended.ended_at is not None

    assert trade.faults(sell, ONE) == []


@known_and_restored
def test_receipts_that_are_due(trade: Trade, is_restored: bool) -> None:
    """Asked every few seconds, and nearly always for nothing."""
    assert trade.faults(lambda: receipts.due(trade.company_id), Bounds()) == []


@known_and_restored
def test_passes_of_those_who_are_online(trade: Trade, is_restored: bool) -> None:
    with trade.app.app_context(), reading() as session:
        standing = select(PaymentPass).where(PaymentPass.removed_at.is_(None))
        places = [(one.router_id, one.name) for one in session.scalars(standing.limit(100))]
    assert trade.faults(lambda: passes_at(places), Bounds(rows=SIZE.open + 50, pages=600)) == []


@known_and_restored
def test_whether_a_router_reports_whom_it_let_in(trade: Trade, is_restored: bool) -> None:
    with trade.app.app_context(), reading() as session:
        router = session.get_one(Router, trade.known.sale.router_id)
    assert trade.faults(lambda: radius_points(router), ONE) == []


def test_a_lost_code(trade: Trade) -> None:
    def ask() -> None:
        with pytest.raises(NoSuchPurchase):
            find_lost_code(trade.shop.router_id, MAC, IP, "nadie@example.com", "4242")

    assert trade.faults(ask, ONE) == []


def test_the_report_of_all_companies(trade: Trade) -> None:
    of_both = Bounds(rows=2 * A_MONTH, sorted_rows=2 * A_MONTH, pages=2 * A_MONTH)
    assert trade.faults(reports.of_all, of_both) == []


def test_sales_that_have_time_to_be_paid_are_not_read_each_minute(trade: Trade) -> None:
    canceled = select(Sale.id).where(Sale.state == "canceled").limit(WAITING)
    with trade.app.app_context(), writing() as session:
        some = Sale.id.in_(session.scalars(canceled).all())
        tomorrow = {"state": "pending", "payable_until": utc_now() + timedelta(days=1)}
        session.execute(update(Sale).where(some).values(tomorrow | {"device": Sale.id}))
    try:
        few = Bounds(rows=SIZE.open, pages=600)
        assert trade.faults(tell_of_undecided_sales, few) == []
    finally:
        with trade.app.app_context(), writing() as session:
            session.execute(update(Sale).where(some).values(state="canceled", payable_until=None))


@pytest.mark.parametrize(
    ("work", "bounds"),
    [
        (lambda trade: tell_of_yesterday(trade.company_id), A_PAGE),
        (lambda _trade: tell_of_sales(), A_PAGE),
        (lambda _trade: tell_of_undecided_sales(), A_PAGE),
        (lambda _trade: write_words(), A_PAGE),
        (lambda trade: sum_days(trade.company_id), A_PAGE),
        (lambda trade: keep_vouchers(trade.company_id), A_PAGE),
        (lambda trade: erase_personal_data(trade.company_id), Bounds(rows=1000, pages=20_000)),
    ],
)
def test_work_that_comes_round(
    trade: Trade, work: Callable[[Trade], object], bounds: Bounds
) -> None:
    assert trade.faults(lambda: work(trade), bounds) == []
