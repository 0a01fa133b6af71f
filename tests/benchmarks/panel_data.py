"""Fill a PostgreSQL database as years of trading would, by statements of its own making."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import text

from portal.core.database import writing
from portal.core.extensions import db
from portal.models import Plan, SaleWordsCursor
from portal.operators import plans, routers
from portal.sales.takings.summing import sum_days
from tests.support.tenants import ACTOR, Tenant, make_tenant

DAYS = 365
# A first name, two last names, a state and a price by the number of a sale.
FIRST = "(ARRAY['María','José','Luis','Ana','Zoé','Íñigo','Sofía','Juan'])[1 + n % 8]"
LAST = "(ARRAY['García','Hernández','Martínez','López','González','Núñez'])[1 + n / 8 % 6]"
STATE = (
    "CASE WHEN n % 50 = 7 THEN 'canceled' WHEN n % 200 = 9 THEN 'refunded'"
    " WHEN n % 5000 = 11 THEN 'charged_back' ELSE 'delivered' END"
)
PRICE = "(ARRAY[2000,2000,2000,5005,10000])[1 + n % 5]"
MOMENT = "now() - (interval '1 day' * :days) * (1 - n / (:sales * 1.0))"


@dataclass(frozen=True)
class Size:
    """How much there is."""

    sales: int
    routers: int
    codes: int


def fill(app: Flask, size: Size) -> Tenant:
    """Make one company of this size, as it would stand with a worker."""
    tenant = make_tenant(app)
    with app.app_context():
        for number in range(1, size.routers):
            name = f"Sucursal {number}"
            routers.create(
                ACTOR, tenant.company_id, name=name, host="127.0.0.1", username="a", password="b"
            )
        for number in range(18):
            plans.create(
                ACTOR,
                tenant.company_id,
                router_id=None,
                name=f"Plan {number}",
                amount=2000,
                profile_name="1hora",
                unlimited=True,
            )
        _insert(tenant, size)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        while sum_days(tenant.company_id):
            pass
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE takings_day, takings_hour"))
    return tenant


def _insert(tenant: Tenant, size: Size) -> None:
    values = {"company": tenant.company_id, "days": DAYS}
    values |= {"sales": size.sales, "accesses": size.sales + size.codes}
    for statement in STATEMENTS:
        began = time.monotonic()
        with writing() as session:
            # Each row is right by how it is made; to check a million foreign keys takes minutes.
            session.execute(text("SET LOCAL session_replication_role = replica"))
            session.execute(text(statement), values)
        print(f"{time.monotonic() - began:6.1f} s  {statement[:40]}", flush=True)
    with writing() as session:
        newest = session.scalar(text("SELECT MAX(id) FROM sale_move"))
        session.merge(SaleWordsCursor(id=1, sale_move_id=newest))
        session.query(Plan).filter_by(name="Plan 17").update({"active": False})


ROUTERS = "(SELECT array_agg(id ORDER BY name) FROM router WHERE company_id = :company)"
PLANS = "(SELECT array_agg(id ORDER BY id) FROM plan WHERE company_id = :company)"
STATEMENTS = (
    # Those past the sales are codes that nobody has bought yet.
    f"""INSERT INTO access (id, company_id, router_id, kind, name_sealed, name_digest, wanted,
        actual, profile_name, used_seconds, used_bytes, seen_seconds, seen_bytes, attempts,
        created_at, updated_at)
    SELECT 'acc_' || substr(md5(n::text), 1, 20), :company,
        routers[1 + n % array_length(routers, 1)], 'pin', '\\x00', md5(n::text) || md5(n::text),
        CASE WHEN n > :sales THEN 'disabled' ELSE 'absent' END,
        CASE WHEN n > :sales THEN 'disabled' ELSE 'absent' END,
        '1hora', 0, 0, 0, 0, 0, now(), now()
    FROM generate_series(1, :accesses) n, (SELECT {ROUTERS} AS routers) r""",
    f"""INSERT INTO sale (id, company_id, router_id, plan_id, gateway_account_id, access_id,
        idempotency_key, request_digest, device, mac, customer_name, customer_email, auto_connect,
        extends, plan_name, amount, currency, vat_rate, profile_name, state, cancel_reason,
        order_id, card_last4, amount_refunded, fee, attempts, paid_at, delivered_at,
        created_at, updated_at)
    SELECT 'sal_' || md5('s' || n), :company, routers[1 + n % array_length(routers, 1)],
        plans[1 + n % array_length(plans, 1)], account, 'acc_' || substr(md5(n::text), 1, 20),
        'sal_' || md5('s' || n), repeat('0', 64), 'd' || n,
        upper(substr(regexp_replace(md5(n::text), '(..)', '\\1:', 'g'), 1, 17)),
        {FIRST} || ' ' || {LAST}, 'cliente' || n || '@example.com', false, false,
        'Plan', {PRICE}, 'MXN', 1600, '1hora', {STATE},
        CASE WHEN n % 50 = 7 THEN 'declined' END, 'ord_' || md5('o' || n),
        lpad((n % 10000)::text, 4, '0'),
        CASE WHEN n % 200 = 9 THEN {PRICE} ELSE 0 END, 357, 0,
        CASE WHEN n % 50 <> 7 THEN {MOMENT} END, CASE WHEN n % 50 <> 7 THEN {MOMENT} END,
        {MOMENT}, {MOMENT}
    FROM generate_series(1, :sales) n,
        (SELECT {ROUTERS} AS routers, {PLANS} AS plans,
            (SELECT id FROM gateway_account WHERE company_id = :company) AS account) r""",
    """INSERT INTO sale_move (sale_id, at, from_state, to_state, actor)
    SELECT id, created_at, 'paid', state, 'request' FROM sale WHERE company_id = :company""",
    """INSERT INTO money_back (sale_id, company_id, router_id, at, kind, amount, currency, vat_rate)
    SELECT id, company_id, router_id, paid_at + interval '1 hour',
        CASE state WHEN 'refunded' THEN 'refund' ELSE 'chargeback' END, amount, currency, 1600
    FROM sale WHERE company_id = :company AND state IN ('refunded', 'charged_back')
        AND paid_at IS NOT NULL""",
    """INSERT INTO sale_words (sale_id, company_id, created_at, words)
    SELECT id, company_id, created_at, (translate(lower(customer_name), 'áéíóúñ', 'aeioun') || ' '
        || customer_email || ' ' || split_part(customer_email, '@', 1) || ' example com #'
        || card_last4 || ' $' || amount || ' ' || lower(replace(mac, ':', '')) || ' '
        || substr(lower(replace(mac, ':', '')), 3) || ' '
        || substr(lower(replace(mac, ':', '')), 5))::tsvector
    FROM sale WHERE company_id = :company""",
)
