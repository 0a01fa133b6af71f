"""Log a device in through the router's own login page, when we could not do it for it.

Never by fetch: browsers keep pages of the Internet from private addresses. A form that an
https page posts to an http address gets a warning, so there a plain link carries the values.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

from portal.models import Access, Router
from portal.pages.visits.login_hosts import default_login_url, origin_of, read_login_url
from portal.pages.visits.visit import Visit
from portal.web.page_policy import allow


@dataclass(frozen=True)
class LoginForm:
    """Describe a way to the router: `link` to follow, or else `fields` to post to `url`."""

    url: str
    fields: dict[str, str]
    link: str | None

    @property
    def logout_url(self) -> str | None:
        """Give where a device that is online with something else goes offline first."""
        return f"{self.url.removesuffix('/login')}/logout" if self.url.endswith("/login") else None


def login_form(visit: Visit, access: Access, router: Router, destination: str) -> LoginForm | None:
    """Give the way for this device; `destination` is where the router sends it afterwards.

    None where the router's login page is not known. The page may post there from now on.
    """
    url = login_url(visit, router)
    if url is None:
        return None
    fields = {
        "username": access.name,
        "password": _password(visit, access.password),
        "dst": destination,
    }
    if request.is_secure and url.startswith("http://"):
        return LoginForm(url, fields, f"{url}?{urlencode(fields)}")
    allow("form-action", origin_of(url))
    return LoginForm(url, fields, None)


def login_link(
    visit: Visit, router: Router, name: str, password: str, destination: str
) -> str | None:
    """Give the address that logs this device in when it is followed; None as `login_form`."""
    url = login_url(visit, router)
    if url is None:
        return None
    fields = {"username": name, "password": _password(visit, password), "dst": destination}
    return f"{url}?{urlencode(fields)}"


def login_url(visit: Visit, router: Router) -> str | None:
    """Give the login page that this device named, if it is this router's now; else its usual.

    Looked up when it is used: a code goes to no host that the router's record does not name.
    """
    named = read_login_url(visit.login_url, router.login_hosts)
    return named or default_login_url(router.login_hosts)


def _password(visit: Visit, password: str) -> str:
    """Hashed for the router's challenge, where it gave one."""
    return visit.challenge.answer(password) if visit.challenge else password
