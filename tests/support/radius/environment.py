"""Make an environment to break things in whose router asks us, and is never asked anything."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from portal.access.radius.keys import radius_keys
from portal.access.radius.routers import enrol
from portal.core.database import reading, writing
from portal.models import Access, RadiusUser, Router
from tests.support.environment import Environment
from tests.support.ledgers import Ledgers


class AskingEnvironment(Environment):
    """An environment whose router is never asked anything."""

    def _furnish(self) -> None:
        super()._furnish()
        keys = radius_keys()
        with writing() as session:
            router = session.get_one(Router, self.router_id)
            router.delivery, router.host, router.password = "radius", None, None
            session.flush()
            enrol(session, keys, router)

    def ledgers(self) -> Ledgers:
        """The three ledgers; the router's is what the RADIUS server would tell it."""
        return replace(super().ledgers(), users=self._told())

    def _told(self) -> list[dict[str, str]]:
        with self.app.app_context():
            keys = radius_keys()
            with reading() as session:
                query = sa.select(RadiusUser, Access).join(
                    Access, Access.id == RadiusUser.access_id
                )
                return [
                    {
                        "router": user.router_id,
                        "comment": self.mark_prefix + access.id,
                        "name": access.name,
                        "password": keys.open(access.id, user.password_cipher),
                        "profile": user.profile,
                        "disabled": str(user.disabled).lower(),
                        "limit-bytes-total": str(user.limit_bytes or "false"),
                    }
                    for user, access in session.execute(query)
                ]
