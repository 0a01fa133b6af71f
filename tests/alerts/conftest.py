"""Give shops whose alerts reach simulated servers, on real sockets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.sandbox.smtp import SmtpSandbox
from portal.sandbox.telegram import TelegramSandbox
from tests.alerts.desk import BOT, CHAT, Desk
from tests.alerts.receiver import Receiver, receiver
from tests.support.mail import mailing
from tests.support.shop import OpenShop


@pytest.fixture
def telegram() -> Iterator[TelegramSandbox]:
    with TelegramSandbox() as running:
        running.add_bot(BOT, CHAT)
        yield running


@pytest.fixture
def smtp() -> Iterator[SmtpSandbox]:
    with SmtpSandbox() as running:
        yield running


@pytest.fixture
def webhook() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def desk(open_a_shop: OpenShop, telegram: TelegramSandbox, smtp: SmtpSandbox) -> Desk:
    """A shop, on each kind of database, whose operator chooses what to hear of."""
    settings = mailing(smtp.port) | {
        "telegram_api_url": telegram.url,
        "router_breaker_seconds": 0.0,
        "retry_first": 2.0,
        "retry_longest": 300.0,
    }
    return Desk(open_a_shop(**settings))
