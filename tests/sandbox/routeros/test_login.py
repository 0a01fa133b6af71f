"""Test getting into the API, in the ways of old and new versions."""

from __future__ import annotations

import hashlib

import librouteros
import pytest
from librouteros.exceptions import FatalError, TrapError
from librouteros.login import plain, token

from portal.sandbox.routeros import RouterSandbox
from tests.sandbox.routeros.talk import Talk

BAD_LOGIN = ("invalid user name or password (6)", None)


def test_a_plain_login_opens_the_api(router: RouterSandbox) -> None:
    with Talk.logged_in(router) as talk:
        assert talk.rows("/system/identity/print") == [{"name": "MikroTik"}]


@pytest.mark.parametrize(
    "words",
    [
        ["=name=portal", "=password=wrong"],
        ["=name=portal", "=password="],
        ["=name=somebody", "=password=wrong"],
        ["=name=portal"],
        [],
    ],
)
def test_bad_credentials_are_trapped_and_may_be_corrected(
    router: RouterSandbox, words: list[str]
) -> None:
    with Talk(router.host, router.port) as talk:
        assert talk.trap("/login", *words) == BAD_LOGIN
        good = ("/login", f"=name={router.user}", f"=password={router.password}")
        assert talk.ask(*good) == [["!done"]]


def test_a_command_before_login_is_fatal(router: RouterSandbox) -> None:
    with Talk(router.host, router.port) as talk:
        talk.say("/system/identity/print")
        assert talk.hear() == ["!fatal", "not logged in"]
        assert talk.hear() is None


@pytest.mark.parametrize("version", ["6.40.5", "6.43"])
def test_old_versions_take_a_response_to_their_challenge(version: str) -> None:
    with RouterSandbox(version=version) as router, Talk(router.host, router.port) as talk:
        [[done, ret]] = talk.ask("/login")
        assert done == "!done"
        challenge = bytes.fromhex(ret.removeprefix("=ret="))
        assert len(challenge) == 16
        raw = b"\0" + router.password.encode() + challenge
        wrong = f"=response=00{hashlib.md5(raw + b'!').hexdigest()}"
        assert talk.ask("/login", f"=name={router.user}", wrong)[0][0] == "!trap"
        good = f"=response=00{hashlib.md5(raw).hexdigest()}"
        assert talk.ask("/login", f"=name={router.user}", good) == [["!done"]]


def test_a_response_without_a_challenge_is_refused() -> None:
    with RouterSandbox(version="6.40.5") as router, Talk(router.host, router.port) as talk:
        digest = hashlib.md5(b"\0" + router.password.encode()).hexdigest()
        words = ("/login", f"=name={router.user}", f"=response=00{digest}")
        assert talk.trap(*words) == ("cannot log in", None)


@pytest.mark.parametrize(
    ("version", "method"), [("6.40.5", token), ("6.43", token), ("6.43", plain), ("7.24", plain)]
)
def test_librouteros_gets_in(version: str, method: object) -> None:
    with RouterSandbox(version=version) as router:
        api = librouteros.connect(
            router.host, router.user, router.password, port=router.port, login_method=method
        )
        assert tuple(api("/system/identity/print")) == ({"name": "MikroTik"},)
        api.close()


def test_a_plain_login_leaves_one_outside_an_old_router() -> None:
    with RouterSandbox(version="6.40.5") as router:
        api = librouteros.connect(router.host, router.user, router.password, port=router.port)
        with pytest.raises(FatalError, match="not logged in"):
            tuple(api("/system/identity/print"))
        api.close()


def test_a_new_router_has_no_challenge() -> None:
    with RouterSandbox(version="6.49.10") as router, pytest.raises(TrapError, match=r"\(6\)"):
        librouteros.connect(
            router.host, router.user, router.password, port=router.port, login_method=token
        )


def test_the_api_password_is_never_kept_or_shown(router: RouterSandbox) -> None:
    with Talk.logged_in(router):
        [login] = router.commands
        assert login.args == {"name": router.user, "password": "***"}
        assert router.password not in repr(router.commands)
