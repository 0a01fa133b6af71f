"""Log administrators in: password, second factor, and how often somebody may try."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.core.database import writing
from portal.core.errors import Unauthorized
from portal.models import AdminUser
from portal.operators.people import login_tries, passwords, second_factor
from portal.operators.people.identity import count_try, take_code, who_is
from portal.operators.people.login_tries import KnownBrowser
from portal.operators.people.second_factor import CodeProof
from portal.operators.people.sessions import Login, open_session

WRONG = "Credenciales incorrectas"


def log_in(
    email: str,
    password: str,
    network: str,
    ip: str | None,
    user_agent: str | None,
    browser: KnownBrowser | None = None,
    code: str | None = None,
) -> Login:
    """Begin a session. Raises Unauthorized, with one sentence whatever the reason.

    Each try is counted before its password is looked at, so that tries made side by side
    count like those made in turn; `login_tries` says for whom. `network` and, where it is known,
    `browser` say who asks. `code` is the second factor's: of who has one, password and code count
    as one (`second_factor` says why). Raises TooManyRequests where too many log in at once; such a
    try counts for nothing.
    """
    with passwords.turn():
        tried = _try(email, password, network, browser, code)
    user, proof = tried.user, tried.proof
    if user is not None and tried.is_good and (proof is None or take_code(proof)):
        return _begin(user, tried, ip, user_agent)
    if user is not None and tried.is_allowed:
        login_tries.note_wrong(user)
    raise Unauthorized(WRONG)


@dataclass(frozen=True)
class _Try:
    """Hold what came of a try; `renewed` is the password hashed at today's cost, where due."""

    user: AdminUser | None
    origin: str
    is_allowed: bool
    is_good: bool
    proof: CodeProof | None
    renewed: str | None


def _try(
    email: str, password: str, network: str, browser: KnownBrowser | None, code: str | None
) -> _Try:
    """Look at password and code. Takes as long whosever the e-mail is, and whatever is wrong."""
    user, lock = who_is(email)
    origin = _origin(user, network, browser)
    is_allowed = user is not None and count_try(user, origin, known=origin != network)
    hashed = user.password_hash if user and is_allowed else _nobodys_hash()
    proof = second_factor.proof_of(lock, code or "") if lock else None
    fits = passwords.fits(password, hashed) and is_allowed
    good = fits and (lock is None or proof is not None)
    renewed = passwords.hash_now(password) if good and passwords.is_outdated(hashed) else None
    return _Try(user, origin, is_allowed, good, proof, renewed)


def _begin(user: AdminUser, tried: _Try, ip: str | None, user_agent: str | None) -> Login:
    with writing() as session:
        login_tries.forgive(session, user.id, tried.origin)
        if tried.renewed:
            _renew_hash(session, user, tried.renewed)
        opened = open_session(session, user, ip, user_agent)
    return Login(opened.id, opened.expires_at, user)


def _origin(user: AdminUser | None, network: str, browser: KnownBrowser | None) -> str:
    if user is not None and browser is not None and browser.user_id == user.id:
        return browser.origin
    return network


def _renew_hash(session: Session, user: AdminUser, hashed: str) -> None:
    """Keep the password at today's cost, unless it was changed meanwhile."""
    unchanged = (AdminUser.id == user.id, AdminUser.password_hash == user.password_hash)
    session.execute(update(AdminUser).where(*unchanged).values(password_hash=hashed))


@cache
def _nobodys_hash() -> str:
    """A hash that no password fits, so that an unknown user takes as long as a known one."""
    return passwords.hash_now("")
