"""Test flask gateway probe, as whoever runs the server types it."""

from __future__ import annotations

import re

from tests.cli.test_commands import run
from tests.support.shop import PRIVATE_KEY, Shop

LINE = re.compile(r"^(sí|NO|–) +(.+?)  +(\S.*?) +\d+ ms$", re.MULTILINE)


def test_a_test_account_is_tried_out(shop: Shop) -> None:
    challenge = shop.gateway.mint("4000000000001091", PRIVATE_KEY)
    result = run(
        shop,
        *("gateway", "probe", "--empresa", shop.company_id),
        *("--tarjeta", f"challenge={challenge}"),
    )
    assert result.exit_code == 0, result.output
    told = {question: (mark, said) for mark, question, said in LINE.findall(result.output)}
    assert len(told) == 22
    assert {mark for mark, _ in told.values()} == {"sí"}
    assert told["SPEI: dice a qué CLABE se paga"][1] == "Pending"
    assert told["un cobro posterior a la orden pide 3DS"][1] == "Pending"
    assert shop.sales() == []
    assert challenge not in result.output


def test_what_is_not_as_expected_fails_the_command(shop: Shop) -> None:
    shop.gateway.fail("status", "refund", times=None, status=503)
    result = run(shop, "gateway", "probe", "--empresa", shop.company_id)
    assert result.exit_code == 1
    assert "NO  la devolución es de todo el importe" in result.output
    assert "–   un cobro posterior a la orden pide 3DS" in result.output


def test_cards_are_named(shop: Shop) -> None:
    args = ("gateway", "probe", "--empresa", shop.company_id, "--tarjeta", "oro=tok_1")
    result = run(shop, *args)
    assert result.exit_code == 2
    assert "good, second, third, declined, no_funds, challenge" in result.output
