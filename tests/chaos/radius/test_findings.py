"""Plant what only RADIUS can break, and see that it is found there and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from portal.models import RadiusUser, utc_now
from tests.chaos.radius.ledger import find_other_ends
from tests.chaos.radius.logins import Wait, find_refused
from tests.chaos.test_audit import EMAIL, SALE, make_ledgers

LONGEST = 10.0
LEDGERS, NOW = make_ledgers(), utc_now()
LATE = Wait(EMAIL, SALE["id"], seconds=LONGEST + 0.5, is_in=True, ended_at=NOW)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def test_who_waits_for_longer_than_an_interim_is_refused() -> None:
    [found] = find_refused([LATE], LEDGERS, (), LONGEST)
    assert (found.kind, found.subject) == ("refused", EMAIL)
    assert not list(find_refused([LATE], LEDGERS, {EMAIL}, LONGEST)), "the money was given back"
    assert not list(find_refused([replace(LATE, seconds=LONGEST - 0.5)], LEDGERS, (), LONGEST))


@pytest.mark.parametrize(("ends", "is_owed"), [(NOW - MINUTE, False), (NOW + MINUTE, True)])
def test_nothing_is_owed_once_it_is_over(ends: datetime, is_owed: bool) -> None:
    [access] = (ledgers := make_ledgers()).accesses
    access.expires_at = ends
    assert bool(list(find_refused([LATE], ledgers, (), LONGEST))) is is_owed


@pytest.mark.parametrize(
    ("told", "owed", "is_wrong"),
    [
        (NOW + HOUR, NOW + HOUR, False),
        (NOW + HOUR + MINUTE, NOW + HOUR, True),
        (None, NOW + HOUR, True),
        (NOW + HOUR, None, True),
        (None, None, False),
    ],
)
def test_the_server_ends_what_was_sold_when_it_is_over(
    told: datetime | None, owed: datetime | None, is_wrong: bool
) -> None:
    [access] = (ledgers := make_ledgers()).accesses
    access.expires_at = owed
    offers = [RadiusUser(access_id=access.id, expires_at=told)]
    assert bool(list(find_other_ends(offers, ledgers))) is is_wrong
