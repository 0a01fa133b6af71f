"""The SQL that a country is made with. Sale `n` is access `n`, on router `n % routers`."""

from __future__ import annotations

ROUTER = "JOIN router r ON r.id = 'RTR_' || lpad(upper(to_hex(n % :routers)), 8, '0')"
ID = "'acc_' || substr(md5(n::text), 1, 20)"
MOMENT = "now() - interval '1 year' * (1 - n / (:sales + 1.0))"
USED = "600, 5000000"

LIVING_TABLE = """CREATE UNLOGGED TABLE living (
    n integer PRIMARY KEY, name_sealed bytea NOT NULL, name_digest text NOT NULL)"""

# What a constraint is held by stays: only the others are as quick to make again.
INDEXES = """SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid IN ('sale'::regclass, 'access'::regclass)
        AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid)"""

_ACCESS = """INSERT INTO access (id, company_id, router_id, kind, name_sealed, name_digest, wanted,
    actual, profile_name, duration_seconds, duration_from, used_seconds, used_bytes, seen_seconds,
    seen_bytes, attempts, seen_at, started_at, expires_at, enabled_at, next_attempt_at,
    created_at, updated_at)"""

FILLING = {
    "accesses that have ended": f"""{_ACCESS}
    SELECT {ID}, r.company_id, r.id, 'pin', '\\x00', md5(n::text) || md5(n::text), 'absent',
        'absent', '1hora', 3600, 'purchase', 0, 0, {USED}, 0, {MOMENT}, {MOMENT}, {MOMENT},
        {MOMENT}, NULL, {MOMENT}, {MOMENT}
    FROM generate_series(1, :first - 1) n {ROUTER}""",
    "accesses that live": f"""{_ACCESS}
    SELECT {ID}, r.company_id, r.id, 'pin', l.name_sealed, l.name_digest, 'enabled', 'enabled',
        '1hora', 2592000, 'purchase', 0, 0, {USED}, 0, now(), now(),
        now() + interval '30 days', now(), now() + interval '30 days', now(), now()
    FROM living l {ROUTER}""",
    "sales": f"""INSERT INTO sale (id, company_id, router_id, plan_id, gateway_account_id,
        access_id, idempotency_key, request_digest, device, mac, customer_name, customer_email,
        auto_connect, extends, plan_name, amount, currency, vat_rate, profile_name,
        duration_seconds, duration_from, state, order_id, card_last4, amount_refunded, fee,
        attempts, paid_at, delivered_at, created_at, updated_at)
    SELECT 'sal_' || lpad(to_hex(n), 32, '0'), r.company_id, r.id, p.id, g.id, {ID},
        'sal_' || lpad(to_hex(n), 32, '0'), repeat('0', 64), 'd' || n,
        upper(substr(regexp_replace(md5(n::text), '(..)', '\\1:', 'g'), 1, 17)),
        'María García', 'cliente' || n || '@example.com', false, false, '1 Hora de Internet',
        2000, 'MXN', 1600, '1hora', 3600, 'purchase', 'delivered',
        'ord_' || lpad(to_hex(n), 20, '0'), '4242', 0, 357, 0, {MOMENT}, {MOMENT}, {MOMENT},
        {MOMENT}
    FROM generate_series(1, :sales) n {ROUTER}
        JOIN plan p ON p.company_id = r.company_id
        JOIN gateway_account g ON g.company_id = r.company_id""",
}
# Every router is to be read now; the rest comes round as on any day.
DUE = """UPDATE job SET next_attempt_at = statement_timestamp() + CASE
    WHEN id LIKE 'usage\\_sync:%' THEN interval '0'
    WHEN id LIKE 'router\\_reach:%' THEN interval '1 minute' * random()
    ELSE interval '10 minutes' * (1 + random()) / 2 END"""
