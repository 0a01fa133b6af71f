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


def test_a_share_meets_every_kind_and_other_places_in_each_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pairs, "ALL", False)
    table = [[(row, f"kind {place}") for place in range(9)] for row in range(4)]
    table[3].append((3, "rare"))
    share: pairs.Share[tuple[int, str]] = pairs.Share(3, lambda case: case[1])
    chosen = [share.of(cases, row) for row, cases in enumerate(table)]
    assert chosen[0] == table[0]
    assert [kind for _, kind in chosen[1]] == ["kind 2", "kind 5", "kind 8"]
    assert [kind for _, kind in chosen[2]] == ["kind 1", "kind 4", "kind 7"]
    assert (3, "rare") in chosen[3]


def test_all_is_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "ALL", True)
    assert pairs.Share(3, str).of(range(5), 0) == pairs.Share(3, str).of(range(5), 1) == [*range(5)]
