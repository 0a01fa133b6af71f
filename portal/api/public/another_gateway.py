"""Name another of the shop's gateways to who could not be charged at the one that they chose."""

from __future__ import annotations

from portal.api.storefront import Storefront
from portal.payments.methods import Method
from portal.ports import provider_named
from portal.sales.errors import PaymentUnavailable
from portal.sales.methods import methods_for

DETAIL = (
    "El pago no está disponible en este momento con {}. No se realizó ningún cargo. Puede pagar "
    "con {}."
)


def naming_another(
    problem: PaymentUnavailable,
    shop: Storefront,
    plan_id: int,
    method: Method,
    provider: str | None,
) -> PaymentUnavailable:
    """Give the problem with a gateway at which the same can be paid in the same way, if any.

    `provider` is who was asked, the one that the shop prefers where None. The sale that was begun
    is closed where it began: what is paid elsewhere is another.
    """
    plan = next((each for each in shop.plans if each.id == plan_id), None)
    offered = methods_for(plan, shop.company, shop.accounts) if plan else ()
    names = [each.account.provider for each in offered if each.method == method]
    tried = provider or next(iter(names), None)
    others = [name for name in names if name != tried]
    if tried not in names or not others:
        return problem
    labels = (provider_named(name).label for name in (tried, others[0]))
    return PaymentUnavailable(DETAIL.format(*labels), pasarela=others[0])
