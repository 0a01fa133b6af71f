"""Test routers that dial in: their places, their keys, and what our side is told of them."""

from __future__ import annotations

import base64
import os
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from socket import AF_INET
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.access.dial_in.peers import PEERS_FILE, peers, write_peers
from portal.alerts.senders.letter import NotDelivered
from portal.alerts.senders.webhook import refuse_private
from portal.core.database import reading, writing
from portal.core.errors import Conflict, Gone, Invalid, NotFound, Unavailable
from portal.hotspot.router import RouterAddress
from portal.hotspot.setup import State
from portal.models import AuditEntry, Company, Router, Tunnel, utc_now
from portal.operators import companies, router_setup, routers
from portal.operators.audit import Actor
from portal.operators.diagnosis.causes import Cause
from portal.operators.diagnosis.examination import examine
from portal.operators.diagnosis.facts import Asked
from portal.operators.diagnosis.subject import Question
from portal.operators.dial_in import places
from portal.operators.dial_in.enrolment import LIVES_SECONDS, PATH, paste_key, post_key
from portal.operators.dial_in.l2tp import l2tp_users
from portal.operators.dial_in.standing import TunnelStage, findings_of, standing_of
from portal.operators.key_rotation import reseal
from portal.operators.router_kit import kit
from portal.operators.router_kit.kit import KitOptions
from portal.ports import address_of
from portal.web.diagnosis_texts import sentence_of
from portal.worker.due_listener import DueListener
from portal.worker.housekeeping import Housekeeping
from tests.operators.conftest import ROUTER
from tests.operators.dial_in.conftest import SERVER_KEY, hidden_values, new_key

POSTED = re.compile(rf'url="[^"]+{PATH}(tun_[0-9a-f]{{32}})"')


@pytest.fixture(autouse=True)
def _alone(app: Flask) -> Iterator[None]:
    """The network is small, so that each test begins with all of it."""
    yield
    with writing() as session:
        session.execute(update(Tunnel).values(router_id=None, public_key=None, token_digest=None))
        session.query(Tunnel).delete()


def token_of(actor: Actor, company: Company, router: Router) -> str:
    """What the router's newest kit posts its key with."""
    script = kit.make_kit(actor, company.id, router.id, KitOptions()).script
    found = POSTED.search(script)
    assert found is not None
    return found[1]


def place(router: Router) -> Tunnel:
    with reading() as session:
        return session.scalars(select(Tunnel).where(Tunnel.router_id == router.id)).one()


def listed(folder: Path) -> str:
    return (folder / PEERS_FILE).read_text()


def test_it_has_an_address_of_the_tunnel(hidden: Router) -> None:
    assert (hidden.host, hidden.dial_in) == ("127.77.0.2", "wireguard")
    assert address_of(hidden).dials_in


def test_no_two_have_the_same_though_they_come_at_once(
    app: Flask, actor: Actor, company: Company
) -> None:
    def make(name: str) -> str:
        with app.app_context():
            return routers.create(actor, company.id, **hidden_values(name))[0].host

    with ThreadPoolExecutor(5) as threads:
        found = list(threads.map(make, "abcde"))
    assert sorted(found) == [f"127.77.0.{number}" for number in range(2, 7)]
    with pytest.raises(Unavailable, match="WIREGUARD_SUBNET"):
        make("f")


def test_an_address_rests_before_it_is_anothers(actor: Actor, company: Company) -> None:
    made = [routers.create(actor, company.id, **hidden_values(name))[0] for name in "abcde"]
    routers.delete(actor, company.id, made[2].id)
    with pytest.raises(Unavailable):
        routers.create(actor, company.id, **hidden_values("f"))
    with writing() as session:
        ago = utc_now().replace(year=2020)
        session.execute(update(Tunnel).where(Tunnel.router_id.is_(None)).values(released_at=ago))
    again = routers.create(actor, company.id, **hidden_values("f"))[0]
    assert again.host == made[2].host
    assert place(again).public_key is None


def test_an_address_that_l2tp_s_files_may_still_give_out_is_nobody_else_s(
    actor: Actor, company: Company
) -> None:
    made = [
        routers.create(actor, company.id, **hidden_values(name, dial_in="l2tp"))[0]
        for name in "abcde"
    ]
    routers.delete(actor, company.id, made[2].id)
    with writing() as session:
        ago = utc_now().replace(year=2020)
        session.execute(update(Tunnel).where(Tunnel.router_id.is_(None)).values(released_at=ago))
    with pytest.raises(Unavailable):
        routers.create(actor, company.id, **hidden_values("f"))


@pytest.mark.parametrize("host", ["127.77.0.2", "::ffff:127.77.0.2"])
def test_no_webhook_knocks_at_another_s_router(app: Flask, host: str) -> None:
    assert app.extensions["settings"].allow_private_targets
    with pytest.raises(NotDelivered):
        refuse_private([(AF_INET, (host, 443))])
    refuse_private([(AF_INET, ("127.78.0.2", 443))])


def test_a_key_is_posted_once(
    actor: Actor, company: Company, hidden: Router, tunnel_folder: Path
) -> None:
    token, key = token_of(actor, company, hidden), new_key()
    post_key(actor, token, key)
    assert (place(hidden).public_key, place(hidden).key_from) == (key, actor.ip)
    assert listed(tunnel_folder).endswith(f"PublicKey = {key}\nAllowedIPs = 127.77.0.2/32\n\n")
    post_key(actor, token, key)
    with pytest.raises(Conflict):
        post_key(actor, token, new_key())
    assert place(hidden).public_key == key
    with reading() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.target == hidden.id)).all()
    assert [e.action for e in entries].count("router.tunnel_key") == 1


def test_of_two_keys_that_come_at_once_one_is_kept(
    app: Flask, actor: Actor, company: Company, hidden: Router
) -> None:
    token, keys = token_of(actor, company, hidden), [new_key() for _ in range(4)]

    def post(key: str) -> bool:
        with app.app_context():
            try:
                post_key(actor, token, key)
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(4) as threads:
        kept = list(threads.map(post, keys))
    assert sorted(kept) == [False, False, False, True]
    assert place(hidden).public_key == keys[kept.index(True)]


def test_a_link_that_is_late_replaced_or_guessed_takes_no_key(
    actor: Actor, company: Company, hidden: Router
) -> None:
    older, newer = (token_of(actor, company, hidden) for _ in range(2))
    for token in (older, newer[:-1] + ("0" if newer[-1] != "0" else "1"), "tun_%", ""):
        with pytest.raises(NotFound):
            post_key(actor, token, new_key())
    with writing() as session:
        assert LIVES_SECONDS == 24 * 3600
        session.execute(update(Tunnel).values(token_expires_at=utc_now()))
    with pytest.raises(Gone):
        post_key(actor, newer, new_key())
    assert place(hidden).public_key is None


NO_KEYS = {
    "empty": "",
    "short": "x",
    "letters": "ñ" * 44,
    "zeros": base64.b64encode(bytes(32)).decode(),
    "the server's": SERVER_KEY,
    "31 bytes": base64.b64encode(b"x" * 31).decode(),
    "bits left over": base64.b64encode(b"x" * 32).decode()[:-2] + "B=",
    "a line more": f"{new_key()}\n[Peer]",
}


@pytest.mark.parametrize("name", NO_KEYS)
def test_what_is_no_key(actor: Actor, company: Company, hidden: Router, name: str) -> None:
    key = NO_KEYS[name]
    with pytest.raises(Invalid):
        paste_key(actor, company.id, hidden.id, key)
    with pytest.raises(Invalid):
        post_key(actor, token_of(actor, company, hidden), key)


def test_another_routers_key_is_nobody_elses(
    actor: Actor, company: Company, hidden: Router, tunnel_folder: Path
) -> None:
    key, stranger = new_key(), companies.create(actor, name="Ajena")
    paste_key(actor, company.id, hidden.id, key)
    theirs = routers.create(actor, stranger.id, **hidden_values())[0]
    with pytest.raises(Conflict):
        post_key(actor, token_of(actor, stranger, theirs), key)
    with pytest.raises(Conflict):
        paste_key(actor, stranger.id, theirs.id, key)
    with pytest.raises(NotFound):
        paste_key(actor, stranger.id, hidden.id, new_key())
    assert [(peer.router_id, peer.public_key) for peer in peers()] == [(hidden.id, key)]


def test_another_routers_address_is_nobody_elses(
    actor: Actor, company: Company, hidden: Router, router: Router
) -> None:
    """Though routers may be on our own networks here."""
    for change in (
        lambda: routers.update(actor, company.id, router.id, host=hidden.host),
        lambda: routers.create(actor, company.id, **{**ROUTER, "host": "::ffff:127.77.0.2"}),
    ):
        with pytest.raises(Invalid, match="túnel"):
            change()
    # A name may lead there later.
    with writing() as session:
        session.get_one(Router, router.id).host = hidden.host
    with pytest.raises(Invalid, match="túnel"):
        routers.test_connection(company.id, router.id)


def test_a_new_key_takes_the_old_ones_place_and_a_router_that_is_gone_leaves(
    actor: Actor, company: Company, hidden: Router, tunnel_folder: Path
) -> None:
    old, new = new_key(), new_key()
    paste_key(actor, company.id, hidden.id, old)
    paste_key(actor, company.id, hidden.id, new)
    assert old not in listed(tunnel_folder)
    assert new in listed(tunnel_folder)
    assert write_peers().added == ()
    routers.delete(actor, company.id, hidden.id)
    assert listed(tunnel_folder) == ""


def test_a_router_may_begin_to_dial_in_and_end_it(
    actor: Actor, company: Company, router: Router, tunnel_folder: Path
) -> None:
    moved = routers.update(actor, company.id, router.id, dial_in="wireguard")
    assert (moved.host, moved.dial_in) == ("127.77.0.2", "wireguard")
    assert moved.is_password_withheld
    paste_key(actor, company.id, router.id, new_key())
    kept = routers.update(actor, company.id, router.id, host=None, name="Otro nombre")
    assert kept.host == "127.77.0.2"
    back = routers.update(actor, company.id, router.id, host="192.0.2.1")
    assert (back.dial_in, back.is_password_withheld) == (None, False)
    assert listed(tunnel_folder) == ""
    assert standing_of(back) is None


def test_what_is_not_set_up_is_said(app: Flask, actor: Actor, company: Company) -> None:
    here = app.extensions["settings"]
    app.extensions["settings"] = replace(here, wireguard_endpoint="")
    try:
        for kind in ("wireguard", "l2tp"):
            with pytest.raises(Invalid, match="WIREGUARD_ENDPOINT"):
                routers.create(actor, company.id, **hidden_values(dial_in=kind))
        app.extensions["settings"] = here
        made = routers.create(actor, company.id, **hidden_values())[0]
        app.extensions["settings"] = replace(here, wireguard_public_key="")
        with pytest.raises(Invalid, match="WIREGUARD_PUBLIC_KEY"):
            kit.make_kit(actor, company.id, made.id, KitOptions())
        standing = standing_of(made)
        assert standing is not None
        assert standing.stage is TunnelStage.OFF
    finally:
        app.extensions["settings"] = here


def test_l2tp_has_a_password_of_its_own(actor: Actor, company: Company) -> None:
    made = routers.create(actor, company.id, **hidden_values(dial_in="l2tp"))[0]
    kept = routers.update(actor, company.id, made.id, host=None, location="Cerro")
    assert (kept.dial_in, kept.host) == ("l2tp", made.host)
    [user] = l2tp_users()
    assert (user.router_id, user.address) == (made.id, made.host)
    script = kit.make_kit(actor, company.id, made.id, KitOptions()).script
    assert f'password="{user.secret}"' in script
    assert user.secret not in repr(user)
    assert peers() == []
    with pytest.raises(Conflict):
        paste_key(actor, company.id, made.id, new_key())
    assert reseal().unreadable == []


def dump(folder: Path, key: str, seconds_ago: float | None, endpoint: str = "(none)") -> None:
    at = 0 if seconds_ago is None else int(time.time() - seconds_ago)
    columns = (key, "(none)", endpoint, "127.77.0.2/32", str(at), "148", "92", "off")
    (folder / "status").write_text("\t".join(columns) + "\n")


def test_how_far_it_has_come(
    actor: Actor, company: Company, hidden: Router, tunnel_folder: Path
) -> None:
    key = new_key()
    steps: list[tuple[Callable[[], object], TunnelStage, str]] = [
        (lambda: None, TunnelStage.NO_KEY, "ejecute su kit"),
        (lambda: paste_key(actor, company.id, hidden.id, key), TunnelStage.UNKNOWN, "no dice"),
        (lambda: dump(tunnel_folder, new_key(), 1), TunnelStage.NOT_APPLIED, "portal-wireguard"),
        (lambda: dump(tunnel_folder, key, None), TunnelStage.NEVER, "UDP 51820"),
        (lambda: dump(tunnel_folder, key, 7200, "203.0.113.9:4500"), TunnelStage.LATE, "2 h"),
        (lambda: dump(tunnel_folder, key, 20, "203.0.113.9:4500"), TunnelStage.UP, "203.0.113.9"),
    ]
    for act, stage, said in steps:
        act()
        standing = standing_of(hidden)
        assert standing is not None
        assert standing.stage is stage
        [finding] = findings_of(standing)
        assert said in finding.found
        assert (finding.state is State.OK) is (stage is TunnelStage.UP)
        with pytest.raises(Unavailable) as away:
            routers.test_connection(company.id, hidden.id)
        assert (said in away.value.detail) is (finding.state is State.MISSING)
    behind, open_ = (
        list(findings_of(standing, addresses))[1]
        for addresses in (("192.168.1.2/24",), ("203.0.113.9/24",))
    )
    assert "detrás de otro equipo" in behind.found
    assert open_.found.startswith("no hay")
    os.utime(tunnel_folder / "status", (0, 0))
    stale = standing_of(hidden)
    assert stale is not None
    assert stale.stage is TunnelStage.UNKNOWN


def test_it_is_met_at_our_end_of_the_tunnel(company: Company, hidden: Router) -> None:
    files = router_setup.setup_files(company.id, hidden.id, password="planted-kit-password")
    assert 'address="127.77.0.1/32"' in files.script
    assert "tun_" not in files.undo


def test_nobody_else_is_let_into_the_tunnel() -> None:
    """Equal addresses share connections: one that dials in shares none with one that does not."""
    values: Any = {"host": "127.77.0.2", "port": 8729, "username": "a", "password": "b"}
    assert RouterAddress(**values) != RouterAddress(**values, dials_in=True)
    assert places.RESTS_SECONDS > 24 * 3600


def test_a_company_leaves_room_for_others(
    app: Flask, actor: Actor, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        app.extensions, "settings", replace(app.extensions["settings"], wireguard_places=2)
    )
    first, _second = (routers.create(actor, company.id, **hidden_values(n))[0] for n in "AB")
    routers.delete(actor, company.id, first.id)
    with pytest.raises(Unavailable, match="ya tiene 2 lugares en el túnel"):
        routers.create(actor, company.id, **hidden_values("C"))
    keys = {"private_key": "key_private", "public_key": "key_public", "mode": "test"}
    other = companies.create(actor, keys, name="Vecino")
    assert routers.create(actor, other.id, **hidden_values("D"))[0].host
    long_ago = utc_now() - timedelta(seconds=places.RESTS_SECONDS + 60)
    with writing() as session:
        session.execute(
            update(Tunnel).where(Tunnel.router_id.is_(None)).values(released_at=long_ago)
        )
    assert routers.create(actor, company.id, **hidden_values("C"))[0].host


def test_a_worker_writes_a_lost_list_again(
    app: Flask, hidden: Router, actor: Actor, tunnel_folder: Path
) -> None:
    key = new_key()
    paste_key(actor, hidden.company_id, hidden.id, key)
    for damage in (Path.unlink, lambda file: file.write_text("[Peer]\n")):
        damage(tunnel_folder / PEERS_FILE)
        with closing(DueListener("healer", 1.0, lambda _name: None)) as listener:
            Housekeeping("healer", listener).run()
        assert key in listed(tunnel_folder)


def test_a_tunnel_that_is_down_is_why_somebody_is_offline(
    app: Flask, hidden: Router, company: Company
) -> None:
    found = examine(company.id, Question(Asked.MAC, "02:00:00:00:77:77"), hidden.id)
    assert found.diagnosis.cause is Cause.TUNNEL_DOWN
    assert sentence_of(found).startswith("El router «Cerro» no llega por el túnel. El router no ha")
