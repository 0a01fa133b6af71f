"""Test the sandbox as a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
import requests

from tests.sandbox.conekta.client import Client, card
from tests.support.patience import PATIENCE
from tests.support.processes.process import Process

COMMAND = [sys.executable, "-m", "portal.sandbox.conekta", "--port", "0"]


@pytest.fixture
def process() -> Iterator[Process]:
    with Process(COMMAND, forked=False) as running:
        yield running


@pytest.fixture
def url(process):
    return process.wait_for_json()["url"]


@pytest.fixture
def api(url, connect) -> Client:
    return connect(url)


def test_it_says_where_it_listens_and_ends_when_asked(process, url, api):
    assert process.stdout.count("\n") == 1
    api.paid()
    assert process.terminate() == 0
    assert process.stderr == ""


def test_state_survives_a_kill(tmp_path, connect):
    command = [*COMMAND, "--state", str(tmp_path / "conekta.jsonl")]
    process = Process(command).start()
    order = connect(process.wait_for_json()["url"]).paid()
    process.kill()
    with process:
        assert connect(process.wait_for_json()["url"]).look_up(order) == order


def test_options(connect):
    options = ["--key", "key_a=shop", "--live-key", "key_b", "--decline-status", "200"]
    timing = ["--latency", "0.01", "--authorisation", "0.02", "--force-three-ds"]
    with Process([*COMMAND, *options, *timing]) as process:
        url = process.wait_for_json()["url"]
        assert connect(url, "key_b").open()["livemode"] is True
        declined = connect(url, "key_a").open(charges=[card("tok_test_card_declined")])
        assert declined["payment_status"] == "declined"
        assert connect(url, "key_a").paid()["payment_status"] == "pending_payment"
        assert connect(url, "key_c").call("GET", "/orders").status_code == 401
        state = requests.get(f"{url}/_sandbox/state", timeout=PATIENCE).json()
        assert state["latency"] == {"call": 0.01, "authorisation": 0.02, "kinds": {}}
