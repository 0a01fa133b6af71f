"""Test what an operator has done for a sale: it is carried on, delivered or receipted again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.core.database import reading, writing
from portal.core.errors import Conflict, NotFound, Unavailable
from portal.models import Access, AuditEntry, Sale, utc_now
from portal.operators.audit import Actor
from portal.operators.sales import actions, gateway_view
from portal.sandbox.smtp import SmtpSandbox
from portal.worker.dispatcher import run_pass
from tests.sales.test_nothing_held import Watch
from tests.support.mail import mailing
from tests.support.servers.ports import free_port
from tests.support.shop import OpenShop, Shop
from tests.support.tenants import make_tenant

ACTOR = Actor("duena@example.com")


def sold(shop: Shop) -> Sale:
    assert shop.buy().status_code == 200
    [sale] = shop.sales()
    return sale


def recorded(shop: Shop) -> list[str]:
    with shop.app.app_context(), reading() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def receipt(shop: Shop, sale: Sale) -> str:
    with shop.app.app_context():
        return actions.send_receipt(ACTOR, shop.company_id, sale.id)


def test_an_access_that_the_router_lost_is_made_again(shop: Shop) -> None:
    sale = sold(shop)
    [access] = shop.accesses()
    name = shop.name_of(access)
    for user in list(shop.router.users.values()):
        if user["name"] == name:
            shop.router.execute("/ip/hotspot/user/remove", **{".id": user[".id"]})
    assert name not in shop.router.users
    with shop.app.app_context():
        assert actions.deliver_again(ACTOR, shop.company_id, sale.id)
    assert name in shop.router.users
    assert recorded(shop)[-1] == "sale.deliver"


def test_while_the_router_is_away_it_is_for_the_worker(shop: Shop) -> None:
    sale = sold(shop)
    shop.router.go_down()
    with shop.app.app_context():
        assert not actions.deliver_again(ACTOR, shop.company_id, sale.id)
    [access] = shop.accesses()
    assert access.next_attempt_at is not None


def test_what_is_over_is_not_delivered(shop: Shop) -> None:
    sale = sold(shop)
    shop.change(Access, wanted="absent")
    with shop.app.app_context(), pytest.raises(Conflict, match="vigente"):
        actions.deliver_again(ACTOR, shop.company_id, sale.id)
    shop.change(Access, wanted="enabled", blocked_at=utc_now())
    with shop.app.app_context(), pytest.raises(Conflict, match="desactivó"):
        actions.deliver_again(ACTOR, shop.company_id, sale.id)


def test_what_waits_is_taken_up_at_once(shop: Shop) -> None:
    sale = sold(shop)
    with shop.app.app_context(), pytest.raises(Conflict, match="no espera nada"):
        actions.retry(ACTOR, shop.company_id, sale.id)
    later = utc_now() + timedelta(hours=5)
    shop.change(Sale, state="paid", next_attempt_at=later, attempts=9)
    with shop.app.app_context():
        run_pass()
        assert shop.sales()[0].state == "paid"
        actions.retry(ACTOR, shop.company_id, sale.id)
        run_pass()
    assert shop.sales()[0].state == "delivered"
    shop.change(Sale, parked_reason="stuck", next_attempt_at=later)
    with shop.app.app_context(), pytest.raises(Conflict, match="persona"):
        actions.retry(ACTOR, shop.company_id, sale.id)


def test_a_receipt_again(open_a_shop: OpenShop) -> None:
    with SmtpSandbox() as mail:
        shop = open_a_shop(**mailing(mail.port))
        sale = sold(shop)
        # The worker would not send one so old any more.
        shop.change(Sale, created_at=utc_now() - timedelta(days=3))
        for _ in range(2):
            assert receipt(shop, sale) == "maria@example.com"
        assert len(mail.messages) == 2
        mail.refusals.append("550 5.1.1 nobody here")
        with pytest.raises(Conflict, match="no acepta"):
            receipt(shop, sale)
    with pytest.raises(Unavailable):
        receipt(shop, sale)
    assert shop.sales()[0].receipt_sent_at is not None
    # What was asked for is on record, whatever became of it.
    assert recorded(shop)[-4:] == ["sale.receipt"] * 4
    shop.change(Sale, erased_at=utc_now())
    with pytest.raises(Conflict, match="borraron"):
        receipt(shop, sale)


def test_without_a_mail_server_it_is_said(shop: Shop) -> None:
    sale = sold(shop)
    with shop.app.app_context(), pytest.raises(Conflict, match="servidor de correo"):
        actions.send_receipt(ACTOR, shop.company_id, sale.id)


def test_another_company_s_sale_is_not_found(open_a_shop: OpenShop) -> None:
    shop = open_a_shop(**mailing(free_port()))
    sale, other = sold(shop), make_tenant(shop.app, "Ajena").company_id
    with shop.app.app_context():
        for do in (actions.retry, actions.deliver_again, actions.send_receipt):
            with pytest.raises(NotFound):
                do(ACTOR, other, sale.id)
        with pytest.raises(NotFound):
            gateway_view.look(other, sale.id)


def test_the_gateway_s_side_stands_beside_ours(shop: Shop) -> None:
    sale = sold(shop)
    with shop.app.app_context():
        view = gateway_view.look(shop.company_id, sale.id)
        assert view.order is not None
        assert (view.gateway, view.order.status.value, view.differences) == ("Conekta", "paid", ())
    assert sale.order_id is not None
    shop.gateway.refund(sale.order_id, 500)
    with shop.app.app_context():
        view = gateway_view.look(shop.company_id, sale.id)
        assert [(d.what, d.ours, d.theirs) for d in view.differences] == [("refunded", 0, 500)]


def test_a_silent_gateway_keeps_nobody_waiting_and_nothing_held(shop: Shop) -> None:
    sale = sold(shop)
    shop.gateway.fail("hang", "look_up", times=None)
    watch = Watch(shop.app)
    shop.app.extensions["ports"] = watch.ports(shop.app.extensions["ports"])
    with shop.app.app_context():
        view = gateway_view.look(shop.company_id, sale.id, seconds=0.3)
    assert (view.order, view.is_open) == (None, False)
    assert view.reason
    assert (watch.calls, watch.breaches) == ({"look_up"}, [])


def test_an_order_that_we_do_not_know_of(shop: Shop) -> None:
    sale = sold(shop)
    with shop.app.app_context(), writing() as session:
        session.execute(update(Sale).values(order_id=None))
    with shop.app.app_context():
        assert gateway_view.look(shop.company_id, sale.id).reason == "no_order"
