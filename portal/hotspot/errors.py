"""Say what can go wrong when a router is asked, and what an operator can do about it."""

from __future__ import annotations

from portal.hotspot.provisioning import HotspotUser


class RouterError(Exception):
    """Say that the router did not do what was asked. `advice` is for the operator, in Spanish.

    `executed` says what is known: False, it certainly was not done; None, it may have been.
    No host name, password or word of the router's own stands in it.
    """

    def __init__(self, advice: str, executed: bool | None = None) -> None:
        super().__init__(advice)
        self.advice = advice
        self.executed = executed


class RouterUnavailable(RouterError):
    """Say that the router was not reached, too slow, or cut off: worth trying again later."""


class RouterBusy(RouterUnavailable):
    """Say that the router was not asked, as it owes earlier answers. `executed` is False."""


class RouterRefused(RouterError):
    """Say that the router answered, and said no: somebody has to change something there."""


class RouterUnidentified(RouterRefused):
    """Say that who answers does not show the certificate on record: it may not be the router."""


class PasswordWithheld(RouterRefused):
    """Say that the password was entered for another address, so that it was not sent to this."""


class TargetForbidden(RouterRefused):
    """Say that the router's address is this machine's or a neighbour's: never connected to."""


class NameTaken(RouterRefused):
    """Say that a user with this name stands on the router already: `user`, where it was found."""

    def __init__(self, advice: str, user: HotspotUser | None) -> None:
        super().__init__(advice, executed=False)
        self.user = user


class ProfileMissing(RouterRefused):
    """Say that the plan's user profile does not exist on the router."""
