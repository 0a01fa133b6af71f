"""Say who may enter a page of the panel."""

from __future__ import annotations

from dataclasses import dataclass

from portal.models.admin_user import Role


@dataclass(frozen=True)
class Audience:
    """Name the roles that may enter, and whether they do so for a company."""

    roles: frozenset[Role]
    for_company: bool = True

    def admits(self, role: str) -> bool:
        """Tell whether somebody of this role may enter."""
        return role in self.roles


# A super_admin is an owner to the company that he acts for.
OWNERS = Audience(frozenset((Role.COMPANY_ADMIN, Role.SUPER_ADMIN)))
# The same before there is any company.
BEGINNERS = Audience(OWNERS.roles, for_company=False)
STAFF = Audience(frozenset(Role))
DEPLOYMENT = Audience(frozenset((Role.SUPER_ADMIN,)), for_company=False)
ANYBODY_LOGGED_IN = Audience(frozenset(Role), for_company=False)
