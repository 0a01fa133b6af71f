"""Accounting that comes an hour late, all at once and in any order, through the real server.

A router repeats what was not confirmed with the seconds that it waited in Acct-Delay-Time, so that
each repetition is another packet (RFC 2866, section 5.2). FreeRADIUS 3.2.1 runs them all, whatever
their number and the port of the NAT that they come from.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random

from portal.core.records import utc_now
from tests.support.radius.site import Site, new_session_id

HOUR, INTERIM = 3600, 300
ROUND = 2**32


def test_an_hour_of_reports_at_once_counts_an_hour(site: Site) -> None:
    sold, number = site.sell(limit_seconds=2 * HOUR), new_session_id()
    login = site.log_in(sold).attributes["Class"]
    reports = list(range(INTERIM, HOUR + 1, INTERIM))
    Random(3).shuffle(reports)
    for seconds in reports:
        counted = {"Acct_Session_Time": seconds, "Acct_Output_Octets": seconds}
        site.account("Interim-Update", number, login, Acct_Delay_Time=HOUR - seconds, **counted)
    site.account("Start", number, login, Acct_Delay_Time=HOUR)
    user, [session] = site.user(sold), site.sessions()
    assert (user.used_seconds, user.used_bytes) == (HOUR, HOUR)
    assert session.ended_at is None
    assert utc_now() - session.heard_at < timedelta(seconds=INTERIM), "it would count as stale"
    assert site.log_in(sold).number("Session-Timeout") == HOUR


def test_octets_that_go_round_between_two_reports_are_counted_once(site: Site) -> None:
    sold, number = site.sell(limit_bytes=10 * ROUND), new_session_id()
    login = site.log_in(sold).attributes["Class"]
    for octets, gigawords in ((ROUND - 1, 0), (0, 1), (ROUND - 1, 0), (5, 1), (ROUND - 2, 0)):
        counted = {"Acct_Output_Octets": octets, "Acct_Output_Gigawords": gigawords}
        site.account("Interim-Update", number, login, Acct_Session_Time=60, **counted)
    assert site.user(sold).used_bytes == ROUND + 5


def test_a_clock_set_right_between_two_tries_takes_nothing_away(site: Site) -> None:
    """From 1970 to now: such a wait is no wait, and nobody's time began before the login."""
    sold, number = site.sell(first_use_seconds=HOUR), new_session_id()
    login = site.log_in(sold).attributes["Class"]
    waited = {"Acct_Delay_Time": 1_795_000_000, "Event_Timestamp": 1_795_000_000}
    site.account("Start", number, login, Event_Timestamp=1)
    site.account("Start", number, login, **waited)
    site.account("Stop", number, login, Acct_Session_Time=10, **waited)
    began = site.user(sold).first_started_at
    assert began is not None
    assert utc_now() - began < timedelta(minutes=1)
    assert site.user(sold).used_seconds == 10
