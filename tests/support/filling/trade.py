"""Say what stands in each table after years of trading, column by column.

`n` counts a table's rows through all companies, oldest first, and `m` those of one company, whose
ids are in `p`. An expression for a column that the table does not have is left out, so that an
older schema is filled with the same.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Filling:
    """Rows of one table: `source` counts them, `columns` says what is in each."""

    table: str
    source: str
    columns: dict[str, str]


# `generate_series` to the number of this parameter, with whose each is.
OF_EACH = (
    "generate_series(1, %({0})s) n"
    " JOIN place p ON p.number = n %% %(companies)s CROSS JOIN LATERAL"
    " (SELECT n / %(companies)s AS m, now() - make_interval(days => %(days)s)"
    " * (1 - n / (%({0})s * 1.0)) AS moment) each"
)
FIRST = "(ARRAY['María','José','Luis','Ana','Zoé','Íñigo','Sofía','Juan'])[1 + m %% 8]"
LAST = "(ARRAY['García','Hernández','Martínez','López','González','Núñez'])[1 + m / 8 %% 6]"
PRICE = "(ARRAY[2000,2000,2000,5005,10000])[1 + m %% 5]"
IS_OPEN = "n > %(sales)s - %(open)s"
STATE = (
    f"CASE WHEN {IS_OPEN}"
    " THEN (ARRAY['pending','paid','refunding','canceling','prepared'])[1 + m %% 5]"
    " WHEN m %% 50 = 7 THEN 'canceled' WHEN m %% 200 = 9 THEN 'refunded'"
    " WHEN m %% 1000 = 11 THEN 'charged_back' ELSE 'delivered' END"
)
WAS_PAID = f"m %% 50 <> 7 AND NOT ({IS_OPEN} AND m %% 5 IN (0, 3, 4))"
# Of those that wait for their buyer every second does so for a transfer.
BY_TRANSFER = f"{IS_OPEN} AND m %% 10 = 0"
MAC = "upper(substr(regexp_replace(md5(n::text), '(..)', '\\1:', 'g'), 1, 17))"
ROUTER = "p.routers[1 + m %% array_length(p.routers, 1)]"
PLAN = "p.plans[1 + m %% array_length(p.plans, 1)]"
# Those past the sales are of codes; the newest still open a door.
ACCESS = Filling(
    "access",
    OF_EACH.format("accesses"),
    {
        "id": "'acc_' || substr(md5(n::text), 1, 20)",
        "company_id": "p.company_id",
        "router_id": ROUTER,
        "kind": "'pin'",
        "name_sealed": "'\\x00'::bytea",
        "name_digest": "md5(n::text) || md5(n::text)",
        "wanted": "CASE WHEN n > %(sales)s * 0.98 THEN 'enabled' ELSE 'absent' END",
        "actual": "CASE WHEN n > %(sales)s * 0.98 THEN 'enabled' ELSE 'absent' END",
        "profile_name": "'1hora'",
        "mac": MAC,
        "duration_seconds": "3600",
        "duration_from": "'purchase'",
        "used_seconds": "0",
        "used_bytes": "0",
        "seen_seconds": "0",
        "seen_bytes": "0",
        "attempts": "0",
        # Some have just run out, and some are to be looked at again.
        "expires_at": "CASE WHEN n > %(sales)s * 0.98 THEN now() + interval '1 minute' * (m %% 60)"
        " ELSE moment + interval '1 hour' END",
        "next_attempt_at": "CASE WHEN n > %(accesses)s * 0.999"
        " THEN now() - interval '1 second' * (m %% 60) END",
        "created_at": "moment",
        "updated_at": "moment",
    },
)
SALE = Filling(
    "sale",
    OF_EACH.format("sales"),
    {
        "id": "'sal_' || md5('s' || n)",
        "company_id": "p.company_id",
        "router_id": ROUTER,
        "plan_id": PLAN,
        "gateway_account_id": "p.account_id",
        "access_id": "'acc_' || substr(md5(n::text), 1, 20)",
        "idempotency_key": "'sal_' || md5('s' || n)",
        "request_digest": "repeat('0', 64)",
        "device": "'d' || n",
        "mac": MAC,
        "client_address": "'187.190.0.' || m %% 200",
        "customer_name": f"{FIRST} || ' ' || {LAST}",
        "customer_email": "'cliente' || n || '@example.com'",
        "auto_connect": "false",
        "extends": "false",
        "plan_name": "'Plan'",
        "amount": PRICE,
        "currency": "'MXN'",
        "vat_rate": "1600",
        "profile_name": "'1hora'",
        "state": STATE,
        "method": f"CASE WHEN {BY_TRANSFER} THEN 'spei' ELSE 'card' END",
        "instructions": f"CASE WHEN {BY_TRANSFER} THEN json_build_object('clabe', repeat('6', 18),"
        " 'bank', 'STP', 'expires_at', null, 'page_url', null)::text END",
        "instructions_sent_at": f"CASE WHEN {BY_TRANSFER} THEN moment END",
        "payable_until": f"CASE WHEN {BY_TRANSFER} THEN now() + interval '1 day' END",
        "cancel_reason": f"CASE WHEN m %% 50 = 7 AND NOT {IS_OPEN} THEN 'declined' END",
        "order_id": "'ord_' || md5('o' || n)",
        "card_last4": "lpad((m %% 10000)::text, 4, '0')",
        "amount_refunded": f"CASE WHEN m %% 200 = 9 AND NOT {IS_OPEN} THEN {PRICE} ELSE 0 END",
        "fee": "357",
        "attempts": "0",
        "parked_reason": f"CASE WHEN {IS_OPEN} AND m %% 7 = 0 THEN 'router' END",
        "next_attempt_at": f"CASE WHEN {IS_OPEN} THEN now() - interval '1 second' * (m %% 60) END",
        "paid_at": f"CASE WHEN {WAS_PAID} THEN moment END",
        "delivered_at": f"CASE WHEN {WAS_PAID} THEN moment END",
        "created_at": "moment",
        "updated_at": "moment",
    },
)
MOVE = Filling(
    "sale_move",
    "sale s, (VALUES (1, NULL, 'opened'), (2, 'opened', 'prepared'), (3, 'prepared', 'charging'),"
    " (4, 'charging', 'paid'), (5, 'paid', 'delivered')) step (place, before, after)"
    " ORDER BY s.created_at, place",
    {
        "sale_id": "s.id",
        "at": "s.created_at",
        "from_state": "before",
        "to_state": "CASE place WHEN 5 THEN s.state ELSE after END",
        "actor": "'request'",
    },
)
MONEY_BACK = Filling(
    "money_back",
    "sale s WHERE s.state IN ('refunded', 'charged_back') AND s.paid_at IS NOT NULL"
    " ORDER BY s.paid_at",
    {
        "sale_id": "s.id",
        "company_id": "s.company_id",
        "router_id": "s.router_id",
        "at": "s.paid_at + interval '1 hour'",
        "kind": "CASE s.state WHEN 'refunded' THEN 'refund' ELSE 'chargeback' END",
        "amount": "s.amount",
        "currency": "s.currency",
        "vat_rate": "1600",
    },
)
WORDS = Filling(
    "sale_words",
    "sale s CROSS JOIN LATERAL (SELECT lower(replace(s.mac, ':', '')) AS digits) m"
    " ORDER BY s.created_at",
    {
        "sale_id": "s.id",
        "company_id": "s.company_id",
        "created_at": "s.created_at",
        "words": "(translate(lower(s.customer_name), 'áéíóúñ', 'aeioun') || ' ' || s.customer_email"
        " || ' ' || split_part(s.customer_email, '@', 1) || ' example com #' || s.card_last4"
        " || ' $' || s.amount || ' ' || digits || ' ' || substr(digits, 3) || ' '"
        " || substr(digits, 5))::tsvector",
    },
)
SELLER = Filling(
    "voucher_seller",
    "place p, generate_series(1, 8) n",
    {"company_id": "p.company_id", "name": "'Vendedor ' || n", "created_at": "now()"},
)
HANDOVER = Filling(
    "cash_handover",
    "place p CROSS JOIN unnest(p.sellers) s",
    {
        "company_id": "p.company_id",
        "seller_id": "s",
        "amount": "2000",
        "currency": "'MXN'",
        "vouchers": "1",
        "returned": "0",
        "created_by": "'cli:tests'",
        "created_at": "now()",
    },
)
# A hundred codes in a batch; seven in ten were used, and the cash of the newest is still held.
BATCH = Filling(
    "voucher_batch",
    "place p, generate_series(0, (%(codes)s - 1) / %(companies)s / 100) b",
    {
        "id": "'lot_' || substr(md5(p.company_id || b), 1, 12)",
        "company_id": "p.company_id",
        "router_id": "p.routers[1]",
        "plan_id": "p.plans[1]",
        "seller_id": "p.sellers[1 + b %% 8]",
        "origin": "'batch'",
        "kind": "'pin'",
        "number": "100",
        "drawn": "100",
        "made": "100",
        "plan_name": "'Plan'",
        "amount": "2000",
        "currency": "'MXN'",
        "profile_name": "'1hora'",
        "created_by": "'cli:tests'",
        "attempts": "0",
        "created_at": "now() - make_interval(days => %(days)s)"
        " * (1 - b * 100 * %(companies)s / (%(codes)s * 1.0))",
        "updated_at": "now()",
    },
)
SOLD = "CASE WHEN m %% 10 < 8 THEN moment END"
VOUCHER = Filling(
    "voucher",
    OF_EACH.format("codes"),
    {
        "id": "'vou_' || substr(md5('v' || n), 1, 20)",
        "company_id": "p.company_id",
        "router_id": "p.routers[1]",
        "plan_id": "p.plans[1]",
        "seller_id": "p.sellers[1 + m / 100 %% 8]",
        "batch_id": "'lot_' || substr(md5(p.company_id || m / 100), 1, 12)",
        "access_id": "'acc_' || substr(md5((n + %(sales)s)::text), 1, 20)",
        "origin": "'batch'",
        "number": "m %% 100",
        "plan_name": "'Plan'",
        "amount": "2000",
        "currency": "'MXN'",
        "use_before": "now() + interval '90 days'",
        "sold_at": SOLD,
        "handover_id": "CASE WHEN m %% 10 < 8 AND n < %(codes)s * 0.9 THEN p.handovers[1] END",
        "used_at": "CASE WHEN m %% 10 < 7 THEN moment END",
        "voided_at": "CASE WHEN m %% 100 = 99 THEN moment END",
        "expired_at": "CASE WHEN m %% 100 = 98 THEN moment END",
        "created_at": "now() - make_interval(days => %(days)s)"
        " * (1 - m / 100 * 100 * %(companies)s / (%(codes)s * 1.0))",
    },
)
# As the days that are over would be summed, but for what went back.
IS_OVER = "s.paid_at < now() - interval '2 days'"
CLOCK = "(s.paid_at AT TIME ZONE %(zone)s)"
SUMS = {
    "currency": "s.currency",
    "sales": "count(*)",
    "charged": "sum(s.amount)",
    "charged_vat": "sum(s.amount * 16 / 116)",
    "refunds": "0",
    "refunded": "0",
    "refunded_vat": "0",
    "fees": "sum(s.fee)",
    "fees_told": "count(s.fee)",
}
DAY = Filling(
    "takings_day",
    f"sale s WHERE {IS_OVER} GROUP BY s.company_id, s.router_id, s.currency, {CLOCK}::date",
    {"company_id": "s.company_id", "day": f"{CLOCK}::date", "router_id": "s.router_id"} | SUMS,
)
HOUR = Filling(
    "takings_hour",
    f"sale s WHERE {IS_OVER} GROUP BY s.company_id, s.currency, {CLOCK}::date,"
    f" extract(hour FROM {CLOCK})",
    {
        "company_id": "s.company_id",
        "day": f"{CLOCK}::date",
        "hour": f"extract(hour FROM {CLOCK})",
    }
    | SUMS,
)
STATE_OF_DAYS = Filling(
    "takings_state",
    "place p",
    {
        "company_id": "p.company_id",
        "time_zone": "%(zone)s",
        "through": "((now() - interval '3 days') AT TIME ZONE %(zone)s)::date",
    },
)
EVENT = Filling(
    "webhook_event",
    OF_EACH.format("events"),
    {
        "company_id": "p.company_id",
        "event_id": "'evt_' || n",
        "type": "'order.paid'",
        "order_id": "'ord_' || md5('o' || n)",
        "reference": "'sal_' || md5('s' || n)",
        "body": "repeat('x', 600)",
        "signed": "false",
        "outcome": "'refreshed'",
        "attempts": "0",
        "received_at": "moment",
        "next_attempt_at": "CASE WHEN n > %(events)s - 200"
        " THEN now() - interval '1 second' * (m %% 60) END",
    },
)
ENTRY = Filling(
    "audit_entry",
    OF_EACH.format("entries"),
    {
        "at": "moment",
        "actor": "'persona' || m %% 5 || '@example.com'",
        "company_id": "p.company_id",
        "action": "(ARRAY['plan.update','sale.refund','voucher.sell','router.update'])[1 + m %% 4]",
        "target": "'tgt_' || m %% 1000",
        "details": "'{}'::json",
        "chain": "p.company_id",
        "position": "1000 + n",
        "digest": "repeat('0', 64)",
    },
)
ALERT = Filling(
    "alert",
    OF_EACH.format("alerts"),
    {
        "company_id": "p.company_id",
        "kind": "'router_away'",
        "subject": "'RTR_' || n",
        "message": "'El router no responde.'",
        "times": "1",
        "created_at": "moment",
        "last_at": "moment",
        "resolved_at": "CASE WHEN n <= %(alerts)s - 30 THEN moment END",
    },
)
# The newest still let their device in.
STANDS = "n > %(passes)s - %(open)s"
PASS = Filling(
    "payment_pass",
    OF_EACH.format("passes"),
    {
        "id": "'pas_' || substr(md5(n::text), 1, 20)",
        "company_id": "p.company_id",
        "router_id": ROUTER,
        "sale_id": "'sal_' || md5('s' || n)",
        "mac": MAC,
        "name": "'pase-' || substr(md5(n::text), 1, 16)",
        "created_at": "moment",
        "expires_at": "moment + interval '10 minutes'",
        "removed_at": f"CASE WHEN NOT ({STANDS}) THEN moment + interval '10 minutes' END",
        "next_attempt_at": f"CASE WHEN {STANDS} THEN now() - interval '1 second' * (m %% 60) END",
        "attempts": "0",
    },
)
# Of routers that report nothing.
GRANT = Filling(
    "radius_grant",
    OF_EACH.format("grants"),
    {
        "access_id": "'acc_' || substr(md5(n::text), 1, 20)",
        "mac": MAC,
        "router_id": ROUTER,
        "granted_at": "moment - interval '30 days'",
    },
)
FILLINGS = (
    *(ACCESS, SALE, MOVE, MONEY_BACK, WORDS, SELLER, HANDOVER, BATCH, VOUCHER),
    *(DAY, HOUR, STATE_OF_DAYS),
    *(EVENT, ENTRY, ALERT, PASS, GRANT),
)
