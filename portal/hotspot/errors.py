"""Say what can go wrong when a router is asked, and what an operator can do about it."""

from __future__ import annotations

from portal.hotspot.provisioning import HotspotUser


class RouterError(Exception):
    """The router did not do what was asked. `advice` is for the operator, in Spanish.

    `executed` says what is known: False, it certainly was not done; None, it may have been.
    No host name, password or word of the router's own stands in it.
    """

    def __init__(self, advice: str, executed: bool | None = None) -> None:
        super().__init__(advice)
        self.advice = advice
        self.executed = executed


class RouterUnavailable(RouterError):
    """Not reached, too slow, or cut off: worth trying again later."""


class RouterBusy(RouterUnavailable):
    """Not even asked, since the router leaves earlier calls unanswered. `executed` is False."""


class RouterRefused(RouterError):
    """The router answered, and said no: somebody has to change something there."""


class RouterUnidentified(RouterRefused):
    """Who answers does not show the certificate on record: whether it is the router is unknown."""


class TargetForbidden(RouterRefused):
    """The router's address is this machine's own, which is not connected to."""


class NameTaken(RouterRefused):
    """A user with this name stands on the router already; `mark` is that user's comment."""

    def __init__(self, advice: str, user: HotspotUser | None) -> None:
        super().__init__(advice, executed=False)
        self.user = user


class ProfileMissing(RouterRefused):
    """The plan's user profile does not exist on the router."""
