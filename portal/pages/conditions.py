"""Show what is to be known before buying: who sells, and under which conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response

from portal.core.i18n import gettext
from portal.pages.blueprint import blueprint
from portal.pages.rendering import page
from portal.pages.shop import Shop, open_shop, visit_of
from portal.ports import provider_of
from portal.web import legal_texts


@dataclass(frozen=True)
class Condition:
    """Hold a text under its name; `id` is its place on a page."""

    id: str
    name: str
    text: str


@blueprint.get("/condiciones")
def conditions(router_id: str) -> Response:
    """Show all of it at an address of its own, also where nothing more is sold."""
    shop = open_shop(router_id, even_closed=True)
    return page("conditions", shop, visit_of(shop), conditions=conditions_of(shop))


def conditions_of(shop: Shop) -> list[Condition]:
    """Give them in the order in which somebody asks, the seller first."""
    texts = legal_texts.texts_of(shop.company, _gateway(shop), gettext)
    return [
        Condition("vendedor", gettext("Quién vende"), "\n".join(_seller(shop))),
        Condition("aviso", gettext("Aviso de privacidad"), texts["privacy_notice"]),
        Condition("terminos", gettext("Términos del servicio"), texts["terms"]),
        Condition("devoluciones", gettext("Devoluciones"), texts["refund_policy"]),
        Condition("quejas", gettext("Quejas"), texts["complaints"]),
    ]


def _seller(shop: Shop) -> Iterator[str]:
    company = shop.company
    yield legal_texts.seller_of(company)
    if company.rfc:
        yield f"RFC {company.rfc}"
    yield from filter(None, (company.address, company.contact_phone, company.contact_email))


def _gateway(shop: Shop) -> str:
    return provider_of(shop.account).label if shop.account else gettext("la pasarela de pago")
