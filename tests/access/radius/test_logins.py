"""What the real server answers to a login, asked by FreeRADIUS' own client."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.core.records import utc_now
from tests.support.radius.radclient import Heard
from tests.support.radius.site import IP, MAC, Site, new_session_id

GIB = 2**30
HOUR = 3600
# Each has undone somebody: a plus sign, letters beyond ASCII, blanks, quotes and percent signs.
NAMES = ("+5215512345678", "ñandú", "Ana María", "ana@local", "50%{User-Name}", "a'b\"c\\d", "#(x)")


def quota(heard: Heard) -> int:
    """The data that an answer allows, in bytes."""
    high = heard.number("Mikrotik-Total-Limit-Gigawords")
    return heard.number("Mikrotik-Total-Limit") + high * 2**32


@pytest.mark.parametrize("chap", [False, True], ids=["pap", "chap"])
@pytest.mark.parametrize("name", NAMES)
def test_any_name_and_password_logs_in(site: Site, name: str, chap: bool) -> None:
    sold = site.sell(name, password=name[::-1])
    assert site.log_in(sold, chap=chap).is_accepted


@pytest.mark.parametrize("chap", [False, True], ids=["pap", "chap"])
def test_a_pin_logs_in_and_a_wrong_one_does_not(site: Site, chap: bool) -> None:
    pin = site.sell("483920", "483920", kind="pin")
    assert site.log_in(pin, chap=chap).is_accepted
    wrong = replace(pin, password="483921")
    assert site.log_in(wrong, chap=chap).kind == "Access-Reject"
    assert site.log_in(pin, chap=chap, User_Name="483921").kind == "Access-Reject"


@pytest.mark.parametrize("password", ["'ab'", '"ab"', "`id`", "'", "\\", "a=b,c", "0x41", "{x}"])
def test_no_password_is_taken_for_anything_but_itself(site: Site, password: str) -> None:
    sold = site.sell(password=password)
    assert site.log_in(sold).is_accepted
    assert site.log_in(sold, chap=True).is_accepted


def test_an_answer_says_all_that_was_bought(site: Site) -> None:
    ends = utc_now() + timedelta(hours=1)
    sold = site.sell(expires_at=ends, limit_bytes=GIB, max_devices=3, rate_limit="2M/10M")
    heard = site.log_in(sold)
    assert HOUR - 60 < heard.number("Session-Timeout") <= HOUR
    assert (quota(heard), heard.number("Port-Limit")) == (GIB, 3)
    assert heard.attributes["Mikrotik-Rate-Limit"] == "2M/10M"
    assert heard.attributes["Mikrotik-Group"] == "1hora"
    assert heard.number("Acct-Interim-Interval") == site.server.kit.interim
    assert sold.access_id.encode().hex() in heard.attributes["Class"]
    assert "Message-Authenticator" in heard.attributes


@pytest.mark.parametrize("bought", [4 * GIB, 5 * GIB, 4 * GIB - 1, 40 * GIB, 1])
def test_no_quota_wraps_at_4_gib(site: Site, bought: int) -> None:
    assert quota(site.log_in(site.sell(limit_bytes=bought))) == bought


def test_what_has_no_limit_is_given_none(site: Site) -> None:
    given = site.log_in(site.sell()).attributes
    assert not {"Session-Timeout", "Mikrotik-Total-Limit", "Port-Limit"} & set(given)


def test_time_from_first_use_is_whole_until_it_begins(site: Site) -> None:
    sold = site.sell(first_use_seconds=HOUR)
    assert site.log_in(sold).number("Session-Timeout") == HOUR
    site.change(sold, first_started_at=utc_now() - timedelta(minutes=30))
    assert site.log_in(sold).number("Session-Timeout") == pytest.approx(HOUR / 2, abs=60)


def test_time_online_is_what_is_left_of_it(site: Site) -> None:
    sold = site.sell(limit_seconds=HOUR, used_seconds=HOUR - 7)
    assert site.log_in(sold).number("Session-Timeout") == 7


def test_the_least_of_all_limits_is_given(site: Site) -> None:
    soon = utc_now() + timedelta(seconds=90)
    sold = site.sell(limit_seconds=HOUR, expires_at=soon)
    assert 30 < site.log_in(sold).number("Session-Timeout") <= 90


@pytest.mark.parametrize(
    "bought",
    [
        {"disabled": True},
        {"limit_seconds": HOUR, "used_seconds": HOUR},
        {"limit_bytes": GIB, "used_bytes": GIB},
        {"limit_bytes": GIB, "used_bytes": 9 * GIB},
        {"expires_at": utc_now() - timedelta(seconds=1)},
        {"first_use_seconds": 60, "first_started_at": utc_now() - timedelta(seconds=61)},
    ],
    ids=["disabled", "no time", "no data", "more than all", "over", "begun and over"],
)
def test_what_is_over_is_refused(site: Site, bought: dict[str, object]) -> None:
    assert site.log_in(site.sell(**bought)).kind == "Access-Reject"


def test_another_site_lets_in_only_where_the_plan_says_so(site: Site) -> None:
    here, everywhere, playa = site.sell(), site.sell(everywhere=True), site.second()
    assert playa.log_in(here).kind == "Access-Reject"
    assert playa.log_in(everywhere).is_accepted


def test_another_company_lets_nobody_in(site: Site) -> None:
    sold, stranger = site.sell(everywhere=True), Site.open(site.app, site.server)
    assert stranger.log_in(sold).kind == "Access-Reject"
    own = stranger.sell(sold.name, "otra-clave")
    assert stranger.log_in(sold).kind == "Access-Reject"
    assert stranger.log_in(own).is_accepted


def test_nobody_names_himself_another_router(site: Site) -> None:
    sold = site.sell()
    for forged in (site.router_id, site.router_id + "-" + "0" * 20, "", "MikroTik"):
        assert site.log_in(sold, Mikrotik_Realm=forged).kind == "Access-Reject"
    # What a router tells to its neighbours and on its pages names it to nobody.
    for said in ("NAS_Identifier", "Called_Station_Id", "WISPr_Location_ID"):
        shown = {"Mikrotik_Realm": "", said: site.says}
        assert site.log_in(sold, **shown).kind == "Access-Reject", said


def test_devices_are_counted_across_sites_and_stale_ones_are_not(site: Site) -> None:
    playa, sold = site.second(), site.sell(everywhere=True, max_devices=1)
    login = site.log_in(sold).attributes["Class"]
    site.account("Start", "80000001", login)
    other = {"Calling_Station_Id": "AA:BB:CC:00:00:02"}
    assert playa.log_in(sold, **other).kind == "Access-Reject"
    assert playa.log_in(sold).is_accepted, "the same phone has moved"
    site.age_sessions(site.server.kit.interim + 1)
    assert playa.log_in(sold, **other).is_accepted, "nobody waits longer than an interim"


@pytest.mark.parametrize("form", ["aa:bb:cc:00:00:01", "AA-BB-CC-00-00-01", "aabbcc000001"])
def test_a_phone_is_the_same_in_whatever_form_a_router_says_it(site: Site, form: str) -> None:
    """`radius-mac-format` is each router's own."""
    playa, sold = site.second(), site.sell(everywhere=True, max_devices=1)
    said = {"Calling_Station_Id": form}
    login = site.log_in(sold, **said).attributes["Class"]
    site.account("Start", new_session_id(), login, **said)
    assert playa.log_in(sold).is_accepted
    assert site.log_in(sold, **said).is_accepted
    assert [each.mac for each in site.sessions()] == [MAC]
    other = {"Calling_Station_Id": "AABBCC000002"}
    assert site.log_in(sold, **other).kind == "Access-Reject"


def test_a_wrong_secret_is_answered_by_silence(site: Site) -> None:
    sold = site.sell()
    assert site.log_in_with("wrong-secret", sold).is_silence


def test_nothing_that_was_refused_is_stored(site: Site) -> None:
    site.log_in(site.sell(), User_Name="intruso-591", User_Password="adivinada-591")
    assert "591" not in site.server.log
    assert site.sessions() == []


def test_a_login_takes_the_address_of_no_device(site: Site) -> None:
    """Whoever has the code may come from any device: the MAC is told, not asked for."""
    assert site.log_in(site.sell(), Framed_IP_Address=IP, Calling_Station_Id="").is_accepted
