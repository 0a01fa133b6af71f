"""Prove that fewer cases leave no pair out."""

from __future__ import annotations

from itertools import product

import pytest

from tests.support import pairs

CHOICES, ROWS, COLUMNS, NUMBER = range(20), range(9), range(20), 4


def test_every_pair_comes_up() -> None:
    seen = [
        (row, column, choice)
        for row, column in product(ROWS, COLUMNS)
        for choice in pairs.some(CHOICES, row, column, number=NUMBER)
    ]
    assert len(seen) == len(set(seen)) == len(ROWS) * len(COLUMNS) * NUMBER
    assert {(row, choice) for row, _, choice in seen} == set(product(ROWS, CHOICES))
    assert {(column, choice) for _, column, choice in seen} == set(product(COLUMNS, CHOICES))


def test_all_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "ALL", True)
    assert pairs.some(CHOICES, 3, 5, number=NUMBER) == list(CHOICES)
