"""Make the one button that mends a cause, for whoever may press it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import url_for

from portal.core.i18n import gettext
from portal.operators.diagnosis.causes import Remedy
from portal.operators.diagnosis.examination import Examination
from portal.operators.online.owners import key_of
from portal.panel.request import is_owner
from portal.web.diagnosis_texts import remedy_of

FOR_OWNERS = frozenset(
    {
        Remedy.UNPARK,
        Remedy.ENABLE,
        Remedy.DECLARE_OUTAGE,
        Remedy.GIVE_TIME,
        Remedy.GIVE_DATA,
    }
)


@dataclass(frozen=True)
class RemedyButton:
    """Hold what is pressed: a link, or a form with these fields."""

    label: str
    address: str
    is_form: bool = False
    fields: dict[str, str] = field(default_factory=dict)


def button_of(found: Examination) -> RemedyButton | None:
    """Give the button; None where only an owner may press it."""
    remedy = found.diagnosis.cause.remedy
    if remedy in FOR_OWNERS and not is_owner():
        return None
    made = MAKERS[remedy](found)
    return made or _again(found)


def whom_to_ask(found: Examination) -> str:
    """Say what an owner has to do."""
    return gettext("Pida a quien administra que lo haga: «%(what)s».") % {"what": remedy_of(found)}


def _again(found: Examination) -> RemedyButton:
    label = gettext("Mirar otra vez")
    access, mac = found.subject.access, found.facts.mac
    if access is not None:
        return RemedyButton(label, url_for("panel.why_access", access_id=access.id, mac=mac))
    return RemedyButton(label, url_for("panel.why", mac=mac))


def _sale(found: Examination) -> RemedyButton | None:
    sale = found.subject.sale
    if sale is None:
        return None
    return RemedyButton(remedy_of(found), url_for("panel.sale", sale_id=sale.id))


def _router(found: Examination) -> RemedyButton | None:
    router = found.subject.router
    if router is None:
        return None
    return RemedyButton(remedy_of(found), url_for("panel.router_page", router_id=router.id))


def _code(found: Examination) -> RemedyButton:
    return RemedyButton(remedy_of(found), url_for("panel.voucher_sale"))


def _on_access(endpoint: str, *, is_form: bool = True) -> Callable[[Examination], RemedyButton]:
    def make(found: Examination) -> RemedyButton:
        access = found.subject.access
        if access is None:
            return _again(found)
        address = url_for(endpoint, access_id=access.id)
        fields = {"mac": found.facts.mac} if found.facts.mac else {}
        return RemedyButton(remedy_of(found), address, is_form, fields if is_form else {})

    return make


def _on_sale(endpoint: str) -> Callable[[Examination], RemedyButton]:
    def make(found: Examination) -> RemedyButton:
        sale = found.subject.sale
        if sale is None:
            return _again(found)
        return RemedyButton(remedy_of(found), url_for(endpoint, sale_id=sale.id), is_form=True)

    return make


def _disconnect(found: Examination) -> RemedyButton | None:
    router, online = found.subject.router, found.session
    if router is None or online is None:
        return None
    address = url_for("panel.disconnect", router_id=router.id, session_key=key_of(online))
    access = found.subject.access
    return RemedyButton(
        remedy_of(found), address, is_form=True, fields={"acceso": access.id} if access else {}
    )


MAKERS: dict[Remedy, Callable[[Examination], RemedyButton | None]] = {
    Remedy.ASK_AGAIN: _again,
    Remedy.CARRY_ON: _on_sale("panel.carry_sale_on"),
    Remedy.UNPARK: _on_sale("panel.unpark_from_why"),
    Remedy.SEE_SALE: _sale,
    Remedy.SELL_CODE: _code,
    Remedy.DELIVER: _on_access("panel.deliver_access"),
    Remedy.ENABLE: _on_access("panel.enable_access"),
    Remedy.OPEN_ROUTER: _router,
    Remedy.DECLARE_OUTAGE: _on_access("panel.give_outage_back"),
    Remedy.FREE_DEVICE: _on_access("panel.free_access"),
    Remedy.CONNECT: _on_access("panel.connect_device"),
    Remedy.DISCONNECT: _disconnect,
    Remedy.GIVE_TIME: _on_access("panel.gift", is_form=False),
    Remedy.GIVE_DATA: _on_access("panel.gift", is_form=False),
}
