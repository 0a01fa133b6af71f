"""Make a router's kit for an operator who is not at the server."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from portal.core.database import writing
from portal.core.errors import Invalid
from portal.hotspot.resolver import look_up_aside
from portal.models import Router
from portal.operators import router_setup
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import owned_in
from portal.operators.public_address import check_public_address
from portal.operators.router_kit.kit_passwords import password_for_kit
from portal.operators.router_setup import SetupFiles
from portal.ports import settings

# So that the same kit is the same file.
ZIP_MOMENT = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class KitOptions:
    """Hold what may be said of a kit; what is not said is found out.

    `allowed_from` are the addresses or networks that the API's user may enter from, `server` the
    one hotspot to set up, `certificate` one that stands on the router, `radsec` one by which it
    asks RADIUS over TLS. `replace_shared`: pages that another hotspot shows as well may be
    replaced.
    """

    allowed_from: tuple[str, ...] = ()
    server: str | None = None
    certificate: str | None = None
    replace_shared: bool = False
    radsec: str | None = None

    @classmethod
    def kept(cls, values: Mapping[str, Any]) -> Self:
        """Read them as `as_kept` gave them."""
        return cls(**{**values, "allowed_from": tuple(values.get("allowed_from", ()))})

    def as_kept(self) -> dict[str, Any]:
        """Give them as JSON keeps them."""
        return asdict(self) | {"allowed_from": list(self.allowed_from)}


def make_kit(
    actor: Actor,
    company_id: str,
    router_id: str,
    options: KitOptions,
    arrived_at: str | None = None,
) -> SetupFiles:
    """Make the kit's files, with a password of ours for the API's user.

    `arrived_at` is by which address whoever asks came here. Raises NotFound, and Invalid with what
    to do where customers could not reach this server.
    """
    check_public_address(arrived_at)
    password = _password(actor, company_id, router_id)
    return files_with(company_id, router_id, password, options)


def files_with(company_id: str, router_id: str, password: str, options: KitOptions) -> SetupFiles:
    """Write the files. Raises NotFound, Invalid."""
    values = asdict(options) | {"password": password}
    try:
        return router_setup.setup_files(company_id, router_id, **values)
    except router_setup.AddressNeeded:
        # Whoever is behind one address with others sees the public one by its name alone.
        values["allowed_from"] = _public_addresses()
        return router_setup.setup_files(company_id, router_id, **values)


def zipped(files: SetupFiles) -> bytes:
    """Pack the files: the two scripts, and the hotspot's pages in a folder of their own."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _members(files):
            archive.writestr(zipfile.ZipInfo(name, ZIP_MOMENT), text.encode())
    return packed.getvalue()


def _members(files: SetupFiles) -> Iterable[tuple[str, str]]:
    yield files.script_name, files.script
    yield files.undo_name, files.undo
    for name, text in sorted(files.pages.items()):
        yield f"hotspot/{name}", text


def _password(actor: Actor, company_id: str, router_id: str) -> str:
    with writing() as session:
        router = owned_in(session, Router, router_id, company_id, lock=True)
        record(session, actor, AuditAction.ROUTER_KIT, router_id, company_id)
        return password_for_kit(session, router)


def _public_addresses() -> tuple[str, ...]:
    host = urlsplit(settings().public_url).hostname or ""
    found = look_up_aside(host, 0, settings().router_connect_timeout)
    if not found:
        raise Invalid(router_setup.ADDRESS_NEEDED)
    return tuple(dict.fromkeys(str(address[0]).partition("%")[0] for _, address in found))
