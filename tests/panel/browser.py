"""Steer the panel on a phone, as whoever stands behind the counter."""

from __future__ import annotations

from typing import Any

from portal.models.admin_user import Role
from tests.pages.browser import Visitor
from tests.pages.looks import faults
from tests.pages.site import Site
from tests.pages.webkit import WebKitVisitor
from tests.panel.client import panel_of
from tests.support.tenants import PASSWORD, make_user

# A driver does not know of the bar at the bottom of the screen when it scrolls.
MIDDLE = """
const named = [...document.querySelectorAll("a, button, summary")].filter(
  element => element.innerText.trim() === arguments[0] && element.checkVisibility());
named[0].scrollIntoView({block: "center"});
"""


def press(owner: Any, name: str) -> None:
    """Press what is called so, and wait for the page that it leads to."""
    owner.run(MIDDLE, name)
    with owner.leaving():
        owner.press(name)


class Behind:
    """Mixed into a visitor, goes where operators go."""

    site: Site

    def log_in(self: Any, role: Role = Role.COMPANY_ADMIN) -> None:
        """Log in as a new person of this role."""
        email = make_user(self.site.shop.app, self.site.shop.company_id, role=role).email
        self.open("/panel/entrar")
        self.enter("email", email)
        self.enter("password", PASSWORD)
        with self.leaving():
            self.press("Entrar")

    def open(self: Any, path: str) -> None:
        """Open a page of the panel."""
        self.go(f"{self.site.url}{path}")

    def look(self: Any, name: str) -> None:
        """See that the page at hand is right in every look, and keep its picture."""
        self.shoot(f"panel-{name}")
        found = faults(self)
        assert found == [], "\n".join(found)


class Operator(Behind, Visitor):
    """Somebody of the site's company with a phone."""

    def be_known(self) -> None:
        """Have in the browser what a new owner's has who has logged in, and no page yet."""
        cookie = panel_of(self.site.shop.app, self.site.shop.company_id).cookie
        self.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": self.site.url}]
        )

    def check(self) -> None:
        """What holds for every operator, whatever they do."""
        assert self.complaints == [], self.complaints
        # A page that was never opened has no storage that could be asked for.
        if self.page.url != "about:blank":
            assert self.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


class WebKitOperator(Behind, WebKitVisitor):
    """The same with WebKit."""
