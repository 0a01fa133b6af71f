"""Notices as the simulated Mercado Pago posts them, in each way that its sources describe."""

from __future__ import annotations

import pytest

from portal.payments.mercadopago.notices import MercadoPagoWebhooks
from portal.sandbox.mercadopago import MercadoPagoSandbox
from tests.payments.conekta.wire import Wire, answer
from tests.payments.contract.buying import opened, purchase
from tests.payments.contract.houses import open_house
from tests.support.patience import PATIENCE

SECRET = "planted-webhook-secret"


@pytest.mark.parametrize("lower", [True, False])
@pytest.mark.parametrize("milliseconds", [True, False])
def test_a_notice_that_it_posts_is_believed(lower, milliseconds):
    with (
        open_house("mercadopago") as house,
        Wire(lambda *_: answer(200, {})) as listener,
    ):
        sandbox: MercadoPagoSandbox = house.sandbox
        sandbox.behave(lower_case_ids=lower, milliseconds=milliseconds)
        sandbox.tell(house.key, f"{listener.url}/hook", SECRET)
        bought = purchase()
        order_id = opened(house.gateway(), bought)
        assert listener.arrived.wait(PATIENCE)
        [told] = listener.requests
    webhooks = MercadoPagoWebhooks()
    assert webhooks.is_signed(told.body, told.headers.get, [SECRET])
    assert not webhooks.is_signed(told.body, told.headers.get, ["another"])
    read = webhooks.read(told.body)
    assert (read.order_id, read.reference) == (order_id, bought.reference)
