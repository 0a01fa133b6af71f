"""Keep in a browser which login it has: a signed cookie, behind which a row stands."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, session

from config import Settings
from portal.operators.people.sessions import Login

PLAIN_NAME = "portal_panel"
# Browsers take this one over https alone, from the very host, and for all of its paths.
SECURE_NAME = "__Host-portal_panel"
LOGIN, COMPANY, LANGUAGE = "login", "company", "language"


def register(app: Flask, settings: Settings) -> None:
    """Bind to the application; no page but the panel's ever opens Flask's session.

    A demo on one's own machine has no https, and so no secure cookie.
    """
    is_secure = settings.public_url.startswith("https:")
    app.config.from_mapping(
        SESSION_COOKIE_NAME=SECURE_NAME if is_secure else PLAIN_NAME,
        SESSION_COOKIE_SECURE=is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    app.permanent_session_lifetime = timedelta(hours=settings.session_hours)


def begin(login: Login) -> None:
    """Remember the login, and nothing of what stood in the browser before it but its language."""
    language = session.get(LANGUAGE)
    session.clear()
    session.permanent = True
    session[LOGIN] = login.session_id
    if language:
        session[LANGUAGE] = language


def end() -> None:
    """Forget the login."""
    language = session.get(LANGUAGE)
    session.clear()
    if language:
        session[LANGUAGE] = language


def login_id() -> str | None:
    """Name the login that this browser holds; whether it still lasts its row says."""
    found: str | None = session.get(LOGIN)
    return found


def act_for(company_id: str | None) -> None:
    """Remember which company a super_admin acts for; None: for none."""
    session[COMPANY] = company_id


def has_chosen_company() -> bool:
    """Tell whether the browser's super_admin chose whom to act for, or that it be nobody."""
    return COMPANY in session


def acted_for() -> str | None:
    """Name the company that the browser's super_admin chose to act for."""
    found: str | None = session.get(COMPANY)
    return found


def keep_language(name: str) -> None:
    """Remember the language that somebody chose."""
    session.permanent = True
    session[LANGUAGE] = name


def kept_language() -> str | None:
    """Name the language that was chosen in this browser."""
    found: str | None = session.get(LANGUAGE)
    return found
