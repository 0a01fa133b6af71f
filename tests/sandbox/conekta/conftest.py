"""Give a simulated Conekta, clients of it and a receiver of its webhooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from portal.sandbox.conekta import ConektaSandbox
from tests.sandbox.conekta.client import KEY, Client
from tests.sandbox.conekta.receiver import Receiver


@pytest.fixture
def gateway() -> Iterator[ConektaSandbox]:
    with ConektaSandbox() as sandbox:
        yield sandbox


@pytest.fixture
def connect() -> Iterator[Callable[..., Client]]:
    """A client of some address, with some key and language."""
    with ExitStack() as stack:

        def make(url: str, key: str = KEY, language: str = "es") -> Client:
            client = Client(url, key, language)
            stack.callback(client.session.close)
            return client

        yield make


@pytest.fixture
def api(gateway: ConektaSandbox, connect: Callable[..., Client]) -> Client:
    return connect(gateway.url)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as listening:
        yield listening
