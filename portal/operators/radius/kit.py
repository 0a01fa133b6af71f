"""Write the RADIUS server's files out of what we know: its routers, its keys, its database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from portal.access.radius.keys import radius_keys
from portal.access.radius.routers import ports_of, secret_of
from portal.access.radius.secrets import RadiusSecrets
from portal.core.database import reading
from portal.hotspot.setup.radius_server.kit import Client, Kit, Listener, RadSec
from portal.hotspot.setup.radius_server.version import Version
from portal.models import RadiusRouter, RouterContact
from portal.operators.radius.database import database_of
from portal.operators.radius.role import ROLE
from portal.ports import settings

ANYWHERE = ("0.0.0.0/0", "::/0")
# Since then a router signs its questions by itself.
SIGNING = (7, 15)


@dataclass(frozen=True)
class KitWishes:
    """Say what the server's files are to be like.

    `folder` is where they will lie on its machine. `only_known`: nobody else may ask than routers
    that come through our tunnel.
    """

    version: Version
    folder: str
    address: str = "*"
    database_host: str | None = None
    role: str = ROLE
    only_known: bool = False
    radsec: RadSec | None = None


def server_kit(wishes: KitWishes) -> Kit:
    """Give the files' contents, for all keys that are good. Raises NeedsPostgreSql, VaultError."""
    keys = radius_keys()
    return Kit(
        version=wishes.version,
        folder=wishes.folder,
        listeners=tuple(_listener(each, wishes) for each in keys.newest_first),
        database=database_of(keys, wishes.role, wishes.database_host),
        name_keys=tuple(each.name_key for each in keys.newest_first),
        interim=settings().radius_interim,
        address=wishes.address,
        radsec=wishes.radsec,
    )


def _listener(key: RadiusSecrets, wishes: KitWishes) -> Listener:
    clients = (*_known(key, wishes.version), *_others(key, wishes))
    return Listener(*ports_of(key.slot), clients)


def _known(key: RadiusSecrets, version: Version) -> list[Client]:
    """List the routers that are known by their address, each with a secret of its own."""
    query = (
        select(RadiusRouter, RouterContact.version)
        .outerjoin(RouterContact, RouterContact.router_id == RadiusRouter.router_id)
        .where(RadiusRouter.address.is_not(None))
        .order_by(RadiusRouter.router_id)
    )
    with reading() as session:
        return [
            Client(
                router.router_id,
                str(router.address),
                secret_of(key, router),
                "yes" if _signs(said) else _unsure(version),
            )
            for router, said in session.execute(query).all()
        ]


def _others(key: RadiusSecrets, wishes: KitWishes) -> list[Client]:
    # The check of a server asks from its own machine.
    networks = ("127.0.0.1",) if wishes.only_known else ANYWHERE
    names = ("portal", "portal6")
    return [
        Client(name, network, key.shared_secret, _unsure(wishes.version))
        for name, network in zip(names, networks, strict=False)
    ]


def _unsure(version: Version) -> str:
    return "auto" if version.signs_answers else "no"


def _signs(said: str | None) -> bool:
    numbers = (said or "").split(" ")[0].split(".")[:2]
    return len(numbers) == 2 and all(map(str.isdigit, numbers)) and _pair(numbers) >= SIGNING


def _pair(numbers: list[str]) -> tuple[int, int]:
    return int(numbers[0]), int(numbers[1])
