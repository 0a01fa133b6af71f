"""Hand a router its script by a link that works once, soon, and for nobody who guesses."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select, update

from portal.core.database import writing
from portal.core.errors import Gone, NotFound
from portal.core.records import from_now, sane
from portal.core.vault import token_digest
from portal.models import KitLink, Router
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import owned_in
from portal.operators.public_address import check_encrypted
from portal.operators.router_kit.kit import KitOptions, files_with, make_kit
from portal.operators.router_kit.kit_passwords import password_for_kit
from portal.ports import settings

PREFIX = "kit_"
TOKEN_DIGITS = 32
LIVES_SECONDS = 15 * 60
PATH = "/api/v1/kit/"
FILE = "portal.rsc"
UNKNOWN = "Este enlace no existe. Haga otro en el panel, en los datos del router."
OVER = "Este enlace ya se usó o venció. Haga otro en el panel, en los datos del router."


@dataclass(frozen=True)
class NewKitLink:
    """Hold a new link and the command that a router's terminal fetches it with; shown this once."""

    url: str = field(repr=False)
    expires_at: datetime

    @property
    def command(self) -> str:
        """Give the line to paste: it fetches the script, runs it and removes it."""
        fetch = f'/tool fetch url="{self.url}" dst-path={FILE}'
        return f"{fetch}; /import {FILE}; /file remove {FILE}"


def new_link(
    actor: Actor,
    company_id: str,
    router_id: str,
    options: KitOptions,
    arrived_at: str | None = None,
) -> NewKitLink:
    """Make a link to the router's script; those made for it before end.

    It lives 15 minutes. Raises as `make_kit`, and Invalid where it would travel unencrypted.
    """
    check_encrypted()
    make_kit(actor, company_id, router_id, options, arrived_at)
    token = PREFIX + secrets.token_hex(TOKEN_DIGITS // 2)
    with writing() as session:
        owned_in(session, Router, router_id, company_id, lock=True)
        session.execute(delete(KitLink).where(KitLink.router_id == router_id))
        link = KitLink(
            token_digest=token_digest(token),
            company_id=company_id,
            router_id=router_id,
            options=options.as_kept(),
            expires_at=session.execute(select(from_now(LIVES_SECONDS))).scalar_one(),
        )
        session.add(link)
        record(session, actor, AuditAction.ROUTER_KIT_LINK, router_id, company_id)
    return NewKitLink(settings().public_url.rstrip("/") + PATH + token, link.expires_at)


def fetch_script(actor: Actor, token: str) -> str:
    """Give the script to whoever has the link, once. Raises NotFound, Gone, Invalid."""
    link, password = _use(actor, token)
    options = KitOptions.kept(link.options)
    return files_with(link.company_id, link.router_id, password, options).script


def _use(actor: Actor, token: str) -> tuple[KitLink, str]:
    mine = KitLink.token_digest == token_digest(token)
    lives = (KitLink.used_at.is_(None), KitLink.expires_at > from_now())
    taken = update(KitLink).where(mine, *lives).values(used_at=from_now(), used_from=actor.ip)
    with writing() as session:
        # Of two who come at once, one changes the row.
        link = session.scalar(taken.returning(KitLink)) if sane(token) else None
        if link is None:
            is_over = session.scalar(select(KitLink.id).where(mine)) is not None
            raise Gone(OVER) if is_over else NotFound(UNKNOWN)
        router = owned_in(session, Router, link.router_id, link.company_id, lock=True)
        record(session, actor, AuditAction.ROUTER_KIT_FETCH, link.router_id, link.company_id)
        return link, password_for_kit(session, router)
