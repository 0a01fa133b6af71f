"""Show what the demo's owner sees and does, on one page for a phone."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as Redirection

from portal.core.database import reading
from portal.core.errors import Forbidden, Invalid, Problem
from portal.core.i18n import chosen_language
from portal.models import GatewayAccount, Sale
from portal.operators import alerts, refunds
from portal.operators.audit import Actor
from portal.operators.lookup import owned_in
from portal.pages.demo import ask_hotspot
from portal.pages.rendering import page
from portal.ports import settings
from portal.sandbox.demo.guide import OPERATOR_PATH
from portal.sandbox.demo.instance import Instance, Memory
from portal.sandbox.demo.surface.knobs import (
    ROUTER_HANDLES,
    Mood,
    gateway_mood,
    pay_order,
    set_gateway_mood,
    turn_router,
)
from portal.sandbox.demo.surface.today import today
from portal.sandbox.demo.web import WHOSE_PATH

ACTOR = Actor("demo:encargado")
REASON = "La pidió el encargado de la demostración"
LOOPBACK = ("127.0.0.1", "localhost", "::1")

blueprint = Blueprint("demo", __name__)


@blueprint.before_request
def for_this_computer() -> None:
    """Keep out pages of elsewhere: a password stands here, and forms need no login."""
    origin = request.headers.get("Origin")
    at_home = urlsplit(f"//{request.host}").hostname in LOOPBACK
    if not at_home or (request.method == "POST" and origin not in (None, request.host_url[:-1])):
        raise Forbidden


@blueprint.get(WHOSE_PATH)
def whose() -> Response:
    """Tell which folder's demo this is, for another that wants its port."""
    return jsonify(instance=settings().instance_path)


@blueprint.get(OPERATOR_PATH)
def operator() -> Response:
    """Give what the owner sees now."""
    return _shown()


@blueprint.post(f"{OPERATOR_PATH}/ventas/<sale_id>/devolver")
def refund(sale_id: str) -> Response | Redirection:
    """Give a sale's money back."""
    try:
        refunds.refund(ACTOR, _memory()["company_id"], sale_id, REASON)
    except Problem as problem:
        return _shown(problem)
    return _back("ventas")


@blueprint.post(f"{OPERATOR_PATH}/ventas/<sale_id>/pagar")
def pay(sale_id: str) -> Redirection:
    """Let the money arrive that a sale waits for, as if its customer had transferred or paid it."""
    company_id = _memory()["company_id"]
    with reading() as session:
        sale = owned_in(session, Sale, sale_id, company_id)
        account = session.get_one(GatewayAccount, sale.gateway_account_id)
    if sale.order_id is not None:
        pay_order(account.provider, sale.order_id)
    return _back("ventas")


@blueprint.post(f"{OPERATOR_PATH}/avisos/<int:alert_id>")
def resolve(alert_id: int) -> Redirection:
    """Settle an alert."""
    alerts.resolve(ACTOR, alert_id, _memory()["company_id"])
    return _back("avisos")


@blueprint.post(f"{OPERATOR_PATH}/router")
def router() -> Redirection:
    """Switch the router."""
    word = request.form.get("do", "")
    if word not in ROUTER_HANDLES:
        raise Invalid
    turn_router(word)
    return _back("router")


@blueprint.post(f"{OPERATOR_PATH}/pasarela")
def gateway() -> Redirection:
    """Let the gateway answer otherwise."""
    word = request.form.get("mood", "")
    if word not in set(Mood):
        raise Invalid
    set_gateway_mood(Mood(word))
    return _back("pasarela")


def _shown(problem: Problem | None = None) -> Response:
    memory = _memory()
    hotspot = ask_hotspot(settings().demo_control_url)
    return page(
        "demo/operator",
        None,
        status=problem.status if problem else 200,
        problem=problem,
        today=today(memory["company_id"]),
        hotspot=hotspot,
        owners={phone.mac: phone.owner for phone in hotspot.phones} if hotspot else {},
        mood=gateway_mood(),
        moods=Mood,
        memory=memory,
    )


def _back(section: str) -> Redirection:
    """To the same place of the page, which a reload does not do again."""
    return redirect(url_for("demo.operator", lang=chosen_language(), _anchor=section), 303)


def _memory() -> Memory:
    return Instance(Path(settings().instance_path)).memory
