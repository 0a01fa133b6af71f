"""Take a router's public key: posted by itself through a link that works once, or pasted.

The private key is made on the router and stays there.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.dial_in.peers import publish
from portal.core.database import after_commit, writing
from portal.core.errors import Conflict, Gone, Invalid, NotFound
from portal.core.records import from_now, sane
from portal.core.vault import token_digest
from portal.models import DialIn, Router, Tunnel
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.dial_in.places import place_of
from portal.operators.lookup import conflict, owned_in
from portal.operators.public_address import is_on_loopback
from portal.operators.trail.changes import Changes
from portal.ports import settings

PREFIX = "tun_"
TOKEN_DIGITS = 32
LIVES_SECONDS = 24 * 3600
PATH = "/api/v1/kit/tunel/"
KEY_BYTES = 32
NO_KEY = "No es una llave pública de WireGuard: son 44 letras que terminan en «=»."
OUR_KEY = "Esa es la llave de este servidor, no la del router."
UNKNOWN = "Este enlace no existe. Haga otra vez el kit del router."
OVER = "Este enlace ya se usó o venció. Haga otra vez el kit, o pegue la llave en el panel."
OTHER_KEY = "Este enlace ya recibió otra llave. Haga otra vez el kit, o pegue la llave en el panel."
TAKEN = (
    "Esa llave ya es de otro router. Si este se configuró con el respaldo de otro, haga que "
    "invente la suya: quite la interfaz de WireGuard y ejecute otra vez el kit."
)
NOT_BY_KEY = "Este router no entra por WireGuard."


def new_enrolment(session: Session, router: Router) -> str:
    """Make the address to which the router posts its key; one made for it before ends.

    It lives 24 hours. Empty where the key could be changed on the way: it is pasted then.
    """
    tunnel = place_of(session, router.id, lock=True)
    if tunnel is None or tunnel.kind != DialIn.WIREGUARD or not _is_safe():
        return ""
    token = PREFIX + secrets.token_hex(TOKEN_DIGITS // 2)
    tunnel.token_digest, tunnel.token_used_at = token_digest(token), None
    tunnel.token_expires_at = session.execute(select(from_now(LIVES_SECONDS))).scalar_one()
    return settings().public_url.rstrip("/") + PATH + token


def post_key(actor: Actor, token: str, public_key: str) -> None:
    """Take the key that the router of this link posts; the same one again changes nothing.

    Raises Invalid, NotFound, Gone, and Conflict for another key than came first, or another's.
    """
    key = checked_key(public_key)
    mine = Tunnel.token_digest == token_digest(token)
    with writing() as session:
        tunnel = session.scalar(select(Tunnel).where(mine).with_for_update())
        if not sane(token) or tunnel is None or tunnel.router_id is None:
            raise NotFound(UNKNOWN)
        if tunnel.public_key == key:
            return
        if tunnel.token_used_at is not None:
            raise Conflict(OTHER_KEY)
        if not session.scalar(select(Tunnel.token_expires_at > from_now()).where(mine)):
            raise Gone(OVER)
        _keep(session, actor, tunnel, key)


def paste_key(actor: Actor, company_id: str, router_id: str, public_key: str) -> None:
    """Take the key that the router's owner has pasted, in place of one before.

    Raises NotFound, Invalid, and Conflict where it is another router's.
    """
    key = checked_key(public_key)
    with writing() as session:
        router = owned_in(session, Router, router_id, company_id, lock=True)
        tunnel = place_of(session, router_id, lock=True)
        if tunnel is None or router.dial_in != DialIn.WIREGUARD:
            raise Conflict(NOT_BY_KEY)
        if tunnel.public_key != key:
            _keep(session, actor, tunnel, key)


def checked_key(text: str) -> str:
    """Read a public key. Raises Invalid."""
    key = text.strip()
    try:
        raw = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    # Other spellings of the same bytes, and the key that belongs to nobody (wg(8)).
    is_one = len(raw) == KEY_BYTES and any(raw) and base64.b64encode(raw).decode() == key
    if not is_one:
        raise Invalid(NO_KEY, errores={"llave_publica": [NO_KEY]})
    if key == settings().wireguard_public_key:
        raise Invalid(OUR_KEY, errores={"llave_publica": [OUR_KEY]})
    return key


def _keep(session: Session, actor: Actor, tunnel: Tunnel, key: str) -> None:
    before, now = tunnel.public_key, session.execute(select(from_now())).scalar_one()
    taken = select(Tunnel.id).where(Tunnel.public_key == key, Tunnel.id != tunnel.id)
    if session.scalar(taken) is not None:
        raise Conflict(TAKEN)
    tunnel.public_key, tunnel.key_at, tunnel.key_from = key, now, actor.ip
    tunnel.token_used_at = now
    with conflict(TAKEN):
        session.flush()
    changed = Changes({"public_key": before}, {"public_key": key})
    action, whose = AuditAction.ROUTER_TUNNEL_KEY, (tunnel.router_id, tunnel.company_id)
    record(session, actor, action, *whose, changed)
    after_commit(session, publish)


def _is_safe() -> bool:
    return urlsplit(settings().public_url).scheme == "https" or is_on_loopback()
