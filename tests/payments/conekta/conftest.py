"""Give the adapter before a simulated Conekta or before a scripted peer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from portal.payments.conekta.adapter import Conekta
from portal.payments.conekta.client import ConektaClient, ConektaSettings
from portal.payments.gateway import Credentials
from tests.payments.conekta.samples import KEY
from tests.payments.conekta.wire import Request, Wire, answer

Script = dict[str, object]


@pytest.fixture
def connect() -> Iterator[Callable[..., Conekta]]:
    """A gateway on some address; `observe`, `live` and every setting can be given."""
    with ExitStack() as stack:

        def make(url: str, *, live: bool = False, key: str = KEY, observe=None, **settings: object):
            chosen = ConektaSettings(base_url=url, **settings)
            client = ConektaClient(chosen, observe) if observe else ConektaClient(chosen)
            stack.callback(client.close)
            return Conekta(Credentials("conekta", key, live), client)

        yield make


@pytest.fixture
def scripted() -> Iterator[Callable[[Script], Wire]]:
    """A server that answers by a table from "METHOD /path" to (status, body).

    What is not in the table cuts the line, and so does None.
    """
    with ExitStack() as stack:

        def make(script: Script) -> Wire:
            def reply(request: Request, _: object) -> bytes | None:
                found = script.get(request.name)
                return None if found is None else answer(*found)

            return stack.enter_context(Wire(reply))

        yield make
