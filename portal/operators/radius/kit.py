"""Write the RADIUS server's files out of what we know: its routers, its keys, its database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from portal.access.radius.keys import RadiusKeys, radius_keys
from portal.access.radius.routers import secret_of
from portal.core.database import reading
from portal.hotspot.setup.radius_server.kit import Client, Kit, RadSec
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
    """Give the files' contents. Raises NeedsPostgreSql, VaultError."""
    keys, ours = radius_keys(), settings()
    return Kit(
        version=wishes.version,
        folder=wishes.folder,
        clients=(*_known(keys, wishes.version), *_others(keys, wishes)),
        database=database_of(keys, wishes.role, wishes.database_host),
        name_key=keys.name_key,
        interim=ours.radius_interim,
        address=wishes.address,
        auth_port=ours.radius_port,
        accounting_port=ours.radius_accounting_port,
        radsec=wishes.radsec,
    )


def _known(keys: RadiusKeys, version: Version) -> list[Client]:
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
                secret_of(keys, router),
                "yes" if _signs(said) else _unsure(version),
            )
            for router, said in session.execute(query).all()
        ]


def _others(keys: RadiusKeys, wishes: KitWishes) -> list[Client]:
    # The check of a server asks from its own machine.
    networks = ("127.0.0.1",) if wishes.only_known else ANYWHERE
    names = ("portal", "portal6")
    return [
        Client(name, network, keys.shared_secret, _unsure(wishes.version))
        for name, network in zip(names, networks, strict=False)
    ]


def _unsure(version: Version) -> str:
    return "auto" if version.signs_answers else "no"


def _signs(said: str | None) -> bool:
    numbers = (said or "").split(" ")[0].split(".")[:2]
    return len(numbers) == 2 and all(map(str.isdigit, numbers)) and _pair(numbers) >= SIGNING


def _pair(numbers: list[str]) -> tuple[int, int]:
    return int(numbers[0]), int(numbers[1])
