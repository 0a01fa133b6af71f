"""What the real server writes down of sessions, whatever the network does to a router's packets.

Each test says in its name the fact that has cost others money.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from portal.core.database import writing
from portal.core.records import utc_now
from portal.models import RadiusSession, RadiusUser
from tests.support.radius.site import MAC, Site, Sold, new_session_id

HOUR = 3600
GIB = 2**30


@pytest.fixture
def sold(site: Site) -> Sold:
    """An hour from first use."""
    return site.sell(first_use_seconds=HOUR)


@pytest.fixture
def login(site: Site, sold: Sold) -> str:
    """The Class of its login."""
    return site.log_in(sold).attributes["Class"]


def used(site: Site, sold: Sold) -> tuple[int, int]:
    user = site.user(sold)
    return user.used_seconds, user.used_bytes


def test_the_first_start_begins_the_time_by_our_clock(site: Site, sold: Sold, login: str) -> None:
    site.account("Start", new_session_id(), login, Event_Timestamp=1)
    began = site.user(sold).first_started_at
    assert began is not None
    assert abs(began - utc_now()) < timedelta(minutes=1), "a router that lost power says 1970"
    assert HOUR - 60 <= site.log_in(sold).number("Session-Timeout") <= HOUR


def test_a_repeated_start_moves_nothing(site: Site, sold: Sold, login: str) -> None:
    number = new_session_id()
    site.account("Start", number, login)
    site.account("Interim-Update", number, login, Acct_Session_Time=60)
    (before,), began = site.sessions(), site.user(sold).first_started_at
    site.account("Start", number, login)
    (after,) = site.sessions()
    assert (after.started_at, after.seconds) == (before.started_at, 60)
    assert site.user(sold).first_started_at == began


def test_what_proved_a_session_is_kept_of_one_that_began_before_0052(
    site: Site, sold: Sold, login: str
) -> None:
    """By it the session is known once its key is gone; else all of it would count again."""
    number = new_session_id()
    site.account("Start", number, login)
    (began,) = site.sessions()
    with site.app.app_context(), writing() as session:
        session.get_one(RadiusSession, began.id).class_tags = None
    site.account("Interim-Update", number, login, Acct_Session_Time=60)
    (known,) = site.sessions()
    assert (known.class_tags, known.seconds) == (began.class_tags, 60)
    assert known.class_tags is not None


def test_an_interim_without_a_start_opens_the_session_when_it_began(site: Site) -> None:
    sold = site.sell()
    site.account("Interim-Update", new_session_id(), Acct_Session_Time=600, User_Name=sold.name)
    (session,) = site.sessions()
    assert session.access_id == sold.access_id
    assert abs(utc_now() - timedelta(seconds=600) - session.started_at) < timedelta(minutes=1)
    assert (session.ended_at, used(site, sold)) == (None, (600, 0))


def test_a_stop_without_a_start_counts(site: Site, sold: Sold, login: str) -> None:
    counted = {"Acct_Session_Time": 90, "Acct_Output_Octets": 70}
    site.account("Stop", new_session_id(), login, **counted)
    assert used(site, sold) == (90, 70)
    assert site.user(sold).first_started_at is not None
    assert site.sessions()[0].ended_at is not None


def test_a_stop_twice_counts_once(site: Site, sold: Sold, login: str) -> None:
    number = new_session_id()
    site.account("Start", number, login)
    for _ in range(2):
        cause = {"Acct_Terminate_Cause": "Lost-Service"}
        site.account("Stop", number, login, Acct_Session_Time=50, **cause)
    assert used(site, sold) == (50, 0)
    (session,) = site.sessions()
    assert (session.seconds, session.ended_because) == (50, "Lost-Service")


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
def test_any_order_and_any_repetition_counts_the_same(
    site: Site, sold: Sold, login: str, order: tuple[int, ...]
) -> None:
    number = new_session_id()
    packets = (("Start", 0), ("Interim-Update", 60), ("Interim-Update", 120), ("Stop", 130))
    for place in (*order, *order):
        kind, seconds = packets[place]
        site.account(kind, number, login, Acct_Session_Time=seconds, Acct_Input_Octets=seconds)
    assert used(site, sold) == (130, 130)
    (session,) = site.sessions()
    assert session.ended_at is not None, "an Interim that comes after the Stop opens nothing"


def test_gigawords_are_joined_to_64_bits(site: Site, sold: Sold, login: str) -> None:
    number = new_session_id()
    down = {"Acct_Output_Octets": 5, "Acct_Output_Gigawords": 3}
    site.account("Interim-Update", number, login, Acct_Session_Time=9, **down)
    up = {"Acct_Input_Octets": 4294967295, "Acct_Input_Gigawords": 1}
    site.account("Interim-Update", number, login, Acct_Session_Time=19, **down, **up)
    assert used(site, sold) == (19, 5 + 3 * 2**32 + 2 * 2**32 - 1)


def test_data_ends_when_it_is_used(site: Site) -> None:
    sold = site.sell(limit_bytes=5 * GIB)
    login = site.log_in(sold).attributes["Class"]
    counted = {"Acct_Output_Octets": 0, "Acct_Output_Gigawords": 1}
    site.account("Interim-Update", new_session_id(), login, Acct_Session_Time=9, **counted)
    left = site.log_in(sold)
    assert left.attributes["Mikrotik-Total-Limit-Gigawords"] == "0"
    assert left.number("Mikrotik-Total-Limit") == GIB
    counted = {"Acct_Output_Octets": GIB}
    site.account("Interim-Update", new_session_id(), login, Acct_Session_Time=9, **counted)
    assert site.log_in(sold).kind == "Access-Reject"


def test_a_session_id_that_comes_again_after_a_reboot_overwrites_nothing(site: Site) -> None:
    sold, number = site.sell(limit_seconds=HOUR), new_session_id()
    for seconds in (1000, 200):
        login = site.log_in(sold).attributes["Class"]
        site.account("Start", number, login)
        site.account("Stop", number, login, Acct_Session_Time=seconds)
    assert used(site, sold) == (1200, 0), "used time does not come back"
    assert [each.seconds for each in site.sessions()] == [1000, 200]


def test_nor_does_one_of_a_router_that_echoes_no_class(site: Site) -> None:
    sold, number = site.sell(limit_seconds=HOUR), new_session_id()
    for seconds in (1000, 200):
        site.account("Accounting-On", "0")
        site.account("Stop", number, Acct_Session_Time=seconds, User_Name=sold.name)
    assert used(site, sold) == (1200, 0)


def test_accounting_on_closes_only_its_own_routers_sessions_behind_one_nat(site: Site) -> None:
    twin, sold = site.second(), site.sell(everywhere=True)
    for place in (site, twin):
        place.account("Start", "80000009", place.log_in(sold).attributes["Class"])
    site.account("Accounting-On", "0")
    assert [each.ended_because for each in site.sessions()] == ["Accounting-On"]
    assert [each.ended_at for each in twin.sessions()] == [None], "both are 192.168.88.1"


def test_a_session_taken_for_ended_goes_on_when_it_shows_progress(site: Site, login: str) -> None:
    number = new_session_id()
    site.account("Interim-Update", number, login, Acct_Session_Time=60)
    site.account("Accounting-Off", "0")
    site.account("Interim-Update", number, login, Acct_Session_Time=60)
    assert site.sessions()[0].ended_at is not None, "an old packet that comes late proves nothing"
    site.account("Interim-Update", number, login, Acct_Session_Time=70)
    assert site.sessions()[0].ended_at is None


def test_a_stale_session_locks_nobody_out(site: Site) -> None:
    sold = site.sell(max_devices=1, everywhere=True)
    site.account("Start", new_session_id(), site.log_in(sold).attributes["Class"])
    assert site.log_in(sold).is_accepted, "the same phone, back at the same address"
    site.age_sessions(site.server.kit.interim + 1)
    other = {"Calling_Station_Id": "AA:BB:CC:00:00:99"}
    assert site.log_in(sold, **other).is_accepted


def test_no_router_writes_into_another_companys_access(site: Site, sold: Sold, login: str) -> None:
    stranger = Site.open(site.app, site.server)
    stranger.account("Stop", new_session_id(), login, Acct_Session_Time=HOUR)
    assert used(site, sold) == (0, 0)
    assert [each.access_id for each in stranger.sessions()] == [None]


def test_no_name_and_no_pin_is_written_down(site: Site) -> None:
    pin = site.sell("739164", "739164", kind="pin")
    login = site.log_in(pin).attributes["Class"]
    site.account("Start", new_session_id(), login, User_Name=pin.name)
    (session,) = site.sessions()
    columns = [str(getattr(session, name)) for name in session.__table__.columns.keys()]  # noqa: SIM118
    assert not [value for value in columns if "739164" in value]
    assert (session.access_id, session.mac) == (pin.access_id, MAC)


def test_how_long_a_packet_waited_is_taken_off(site: Site, login: str) -> None:
    site.account("Stop", new_session_id(), login, Acct_Session_Time=0, Acct_Delay_Time=60)
    ended = site.sessions()[0].ended_at
    assert ended is not None
    assert timedelta(seconds=30) < utc_now() - ended < timedelta(seconds=90)


def test_absurd_numbers_shift_no_clock(site: Site, sold: Sold) -> None:
    counted = {"Acct_Session_Time": 4294967295, "Acct_Delay_Time": 4294967295}
    site.account("Interim-Update", new_session_id(), User_Name=sold.name, **counted)
    (session,) = site.sessions()
    assert session.seconds == 0
    assert utc_now() - session.started_at < timedelta(hours=2)


def test_no_absurd_count_stops_the_accounting(site: Site, sold: Sold, login: str) -> None:
    number, most = new_session_id(), 4294967295
    counted = dict.fromkeys(("Acct_Input_Octets", "Acct_Output_Octets"), most)
    counted |= dict.fromkeys(("Acct_Input_Gigawords", "Acct_Output_Gigawords"), most)
    for seconds in (60, 70):
        heard = site.account("Interim-Update", number, login, Acct_Session_Time=seconds, **counted)
        assert heard.kind == "Accounting-Response", "what is never confirmed is sent for ever"
    assert used(site, sold) == (70, 2 * most)


@pytest.mark.parametrize("change", ["disabled", "gone"])
@pytest.mark.parametrize("kind", ["Start", "Interim-Update"])
def test_who_was_let_in_and_is_told_late_is_put_out(
    site: Site, sold: Sold, login: str, kind: str, change: str
) -> None:
    """Refunded between the login and its Start, when nobody seemed to be in."""
    with site.app.app_context(), writing() as session:
        user = session.get_one(RadiusUser, sold.access_id)
        user.disabled = True
        if change == "gone":
            session.delete(user)
    site.account(kind, new_session_id(), login, Acct_Session_Time=9)
    job = site.job(sold)
    assert job is not None, "nobody would ever disconnect it"
    assert (job.company_id, job.attempts) == (site.company_id, 0)


def test_who_may_be_in_is_left_in_peace(site: Site, sold: Sold, login: str) -> None:
    number = new_session_id()
    site.account("Start", number, login)
    site.account("Interim-Update", number, login, Acct_Session_Time=9)
    site.change(sold, disabled=True)
    site.account("Stop", number, login, Acct_Session_Time=19)
    assert site.job(sold) is None


def test_a_boot_that_is_told_late_closes_nothing_that_began_since(site: Site, login: str) -> None:
    site.account("Start", new_session_id(), login)
    site.account("Accounting-On", "0", Acct_Delay_Time=60)
    assert [each.ended_at for each in site.sessions()] == [None]


def test_no_session_begins_in_the_future(site: Site) -> None:
    for _ in range(4):
        login = site.log_in(site.sell()).attributes["Class"]
        site.account("Start", new_session_id(), login)
        said = bytes.fromhex(login.removeprefix("0x")).decode().split(".")[1][:8]
        assert int(said, 16) <= utc_now().timestamp()
    assert all(each.started_at <= utc_now() for each in site.sessions())


def test_the_router_is_heard_of(site: Site) -> None:
    site.account("Accounting-On", "0")
    with site.reading_router() as router:
        assert router.heard_at is not None
        assert (router.heard_from, router.boots) == ("127.0.0.1", 1)


def test_a_strange_routers_accounting_is_confirmed_and_forgotten(site: Site) -> None:
    heard = site.account("Start", new_session_id(), Mikrotik_Realm="MikroTik")
    assert heard.kind == "Accounting-Response"
    assert site.sessions() == []


def test_who_knows_the_identity_and_the_shared_secret_speaks_for_nobody(
    site: Site, sold: Sold, login: str
) -> None:
    """Another company's operator has that secret in his own kit, and hears the identity here."""
    number = new_session_id()
    site.account("Start", number, login)
    with site.reading_router() as router:
        known = (router.heard_at, router.boots)
    forged = {"Acct_Session_Time": HOUR, "User_Name": sold.name}
    forged |= {"NAS_Identifier": site.says, "Called_Station_Id": site.says}
    shown = login_of(login).rsplit("-", 1)[0] + "-" + "0" * 20
    for realm in ("", "RTR_00000000-" + "0" * 20, site.says[:-1], f"{site.router_id}-{'0' * 20}"):
        for kind in ("Accounting-On", "Interim-Update", "Stop"):
            for said in (None, shown):
                site.account(kind, number, said, Mikrotik_Realm=realm, **forged)
    assert used(site, sold) == (0, 0)
    assert [each.ended_at for each in site.sessions()] == [None]
    with site.reading_router() as router:
        assert (router.heard_at, router.boots) == known, "Disconnects go where the router is"


def test_a_class_of_ours_names_the_router_where_nothing_else_does(
    site: Site, sold: Sold, login: str
) -> None:
    number, unnamed = new_session_id(), {"Mikrotik_Realm": ""}
    site.account("Start", number, login, **unnamed)
    site.account("Stop", number, login, Acct_Session_Time=50, **unnamed)
    assert used(site, sold) == (50, 0)
    other = login_of(login).replace(site.router_id, Site.open(site.app, site.server).router_id)
    site.account("Stop", new_session_id(), other, Acct_Session_Time=HOUR, **unnamed)
    assert used(site, sold) == (50, 0), "it is good at the router alone where it was given"


def login_of(heard: str) -> str:
    """A Class in letters, which the client shows in hex."""
    return bytes.fromhex(heard.removeprefix("0x")).decode()
