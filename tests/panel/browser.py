"""Steer an operator's phone."""

from __future__ import annotations

from portal.models.admin_user import Role
from tests.pages.browser import Visitor
from tests.pages.looks import faults
from tests.support.tenants import PASSWORD, make_user


class Operator(Visitor):
    """Somebody of the site's company with a phone."""

    def log_in(self, role: Role = Role.COMPANY_ADMIN) -> None:
        """Log in as a new person of this role."""
        email = make_user(self.site.shop.app, self.site.shop.company_id, role=role).email
        self.open("/panel/entrar")
        self.enter("email", email)
        self.enter("password", PASSWORD)
        with self.leaving():
            self.press("Entrar")

    def open(self, path: str) -> None:
        """Open a page of the panel."""
        self.go(f"{self.site.url}{path}")

    def check(self) -> None:
        """What holds for every operator, whatever they do."""
        assert self.complaints == []
        assert self.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]

    def look(self, name: str) -> None:
        """See that the page at hand is right in every look, and keep its picture."""
        self.shoot(f"panel-{name}")
        found = faults(self)
        assert found == [], "\n".join(found)
