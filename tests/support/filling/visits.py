"""Name what operators open of a company that has traded, with the filters that they set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select

from portal.core.database import writing
from portal.models import Access, Sale, Voucher
from portal.web.words import VOUCHER_STATES

ADMIN = "/api/v1/admin"
MINE = f"{ADMIN}/mi-empresa"
# What nobody's sale has, and what many have.
NOBODY = "nadie"
CODE = "482913"
SALE_STATES = ("pending", "paid", "declined", "canceled", "refunded", "charged_back")


@dataclass(frozen=True)
class Known:
    """Something of each kind that the company has."""

    sale: Sale
    code: Voucher

    @property
    def month(self) -> str:
        """The month of the sale, in the middle of which it is taken to be."""
        return f"{self.sale.created_at.replace(day=15):%Y-%m}"


def known_of(app: Flask, company_id: str) -> Known:
    """Find an old sale, and one of everything else."""
    with app.app_context(), writing() as session:
        mine = select(Sale).where(Sale.company_id == company_id)
        sale = session.scalars(mine.order_by(Sale.created_at).offset(500).limit(1)).one()
        codes = select(Voucher).where(Voucher.company_id == company_id, Voucher.used_at.is_(None))
        code = session.scalars(codes.order_by(Voucher.id).limit(1)).one()
        # No page can open the names that SQL has filled in, and this one's is shown.
        session.get_one(Access, code.access_id).name = CODE
    return Known(sale, code)


def panel_visits(known: Known) -> Iterator[tuple[str, str]]:
    """Name the panel's pages of lists and sums, each with its address."""
    yield "today", "/panel/"
    yield "sales", "/panel/ventas"
    moment = int(known.sale.created_at.timestamp() * 10**6)
    yield "sales, the last page", f"/panel/ventas?despues={moment}-{known.sale.id}"
    for name, query in _sale_filters(known, "estado", "router", "plan"):
        yield f"sales, {name}", f"/panel/ventas?{urlencode(query)}"
    yield "one sale", f"/panel/ventas/{known.sale.id}"
    yield "accounting", "/panel/contabilidad"
    yield "accounting, a year ago", f"/panel/contabilidad?mes={known.month}"
    yield "codes", "/panel/fichas"
    yield "codes, all", "/panel/fichas/lista"
    yield "codes, far down", "/panel/fichas/lista?desde_fila=2000"
    for state in VOUCHER_STATES.values():
        yield f"codes, {state}", f"/panel/fichas/lista?estado={state}"
    yield "codes, one of nobody", "/panel/fichas/lista?q=AB3C9D"
    yield "codes, by our id", f"/panel/fichas/lista?q={known.code.id}"
    yield "one code", f"/panel/fichas/{known.code.id}"
    yield "batches", "/panel/fichas/lotes"
    yield "one batch", f"/panel/fichas/lotes/{known.code.batch_id}"
    yield "cash", "/panel/fichas/cortes"
    yield "report of codes", "/panel/fichas/reporte"
    for name, query in _trail_filters():
        yield f"trail{name}", f"/panel/historial?{urlencode(query)}"
    yield "trail, far down", "/panel/historial?desde_fila=5000"
    yield "alerts", "/panel/alertas"
    yield "routers", "/panel/routers"
    yield "one router", f"/panel/routers/{known.sale.router_id}"
    yield "plans", "/panel/planes"
    yield "people", "/panel/personas"
    yield "sessions", "/panel/sesiones"
    yield "why, an access", f"/panel/por-que/{known.sale.access_id}"
    yield "why, a MAC", f"/panel/por-que?mac={known.sale.mac}"


def api_visits(known: Known) -> Iterator[tuple[str, str]]:
    """Name the API's lists and sums of a company, each with its address."""
    yield "dashboard", f"{MINE}/dashboard"
    yield "sales", f"{MINE}/transacciones"
    yield "sales, far down", f"{MINE}/transacciones?offset=20000"
    for name, query in _sale_filters(known, "estado", "router_id", None):
        yield f"sales, {name}", f"{MINE}/transacciones?{urlencode(query)}"
    yield "one sale", f"{MINE}/transacciones/{known.sale.id}"
    yield "codes", f"{MINE}/fichas"
    for word, state in VOUCHER_STATES.items():
        yield f"codes, {state}", f"{MINE}/fichas?estado={word}"
    yield "codes, one of nobody", f"{MINE}/fichas?q=AB3C9D"
    yield "batches", f"{MINE}/fichas/lotes"
    yield "cash", f"{MINE}/fichas/cortes"
    yield "report of codes", f"{MINE}/fichas/reporte"
    for name, query in _trail_filters():
        yield f"trail{name}", f"{MINE}/historial?{urlencode(query)}"
    yield "alerts", f"{MINE}/alertas"
    yield "alerts, all", f"{MINE}/alertas?estado=todos"
    yield "routers", f"{MINE}/routers"
    yield "products", f"{ADMIN}/products"
    yield "people", f"{MINE}/personas"


def _sale_filters(
    known: Known, state: str, router: str, plan: str | None
) -> Iterator[tuple[str, dict[str, str]]]:
    """Each by itself, and a common name with what narrows the list; by the fields' names."""
    sale = known.sale
    for word in SALE_STATES:
        yield f"state {word}", {state: word}
    if plan is not None:
        yield "to be seen to", {state: "por_atender"}
        yield "one plan", {plan: str(known.sale.plan_id)}
    yield "one router", {router: known.sale.router_id}
    yield "one router, refunded", {router: known.sale.router_id, state: "refunded"}
    day = sale.created_at.date().isoformat()
    yield "one day", {"desde": day, "hasta": day}
    yield "a common name", {"q": "maria"}
    yield "a common full name", {"q": "maria garcia"}
    yield "a common name, refunded", {"q": "maria", state: "refunded"}
    yield "a common name, declined", {"q": "maria", state: "declined"}
    yield "an e-mail", {"q": sale.customer_email}
    yield "a MAC address", {"q": sale.mac or ""}
    yield "the end of a card", {"q": "4242"}
    yield "a common amount", {"q": "$50.05"}
    yield "an amount of nobody", {"q": "123.45"}
    yield "an order", {"q": sale.order_id or ""}
    yield "our id", {"q": sale.id[:12]}
    yield "a code of nobody", {"q": "AB3C9D"}
    yield "a name of nobody", {"q": NOBODY}


def _trail_filters() -> Iterator[tuple[str, dict[str, str]]]:
    yield "", {}
    yield ", one person", {"quien": "persona1"}
    yield ", nobody", {"quien": NOBODY}
    yield ", a kind", {"accion": "plan"}
    yield ", an action of nobody", {"accion": "company.create"}
    yield ", one thing", {"objeto": "tgt_7"}
    yield ", of nothing", {"objeto": NOBODY}
