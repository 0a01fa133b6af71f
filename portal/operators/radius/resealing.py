"""Put what RADIUS reads under its newest key, so that the one before can go."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.access.radius.keys import RadiusKeys, reread_keys
from portal.core.database import writing
from portal.core.logs import log
from portal.core.vault import VaultError
from portal.models import Access, RadiusUser
from portal.operators.key_rotation import Resealed

# Rows that are locked at a time: neither logins nor reports must wait for long.
BATCH = 200


def reseal_users() -> Resealed:
    """Seal each user's name and password with the key that makes what is new.

    Can be cut off and repeated: each batch is committed, and what is done is passed over. A login
    under way finds the one or the other, and the server opens both.
    """
    keys, done, last = reread_keys(), Resealed(0, [], []), ""
    while last_seen := _reseal_batch(keys, last, done):
        last = last_seen
    log().info("radius resealed", count=done.count, unreadable=len(done.unreadable))
    return done


def _reseal_batch(keys: RadiusKeys, after: str, done: Resealed) -> str | None:
    """Do the next users by their ids; the last one's id, or None where there are no more."""
    old = (RadiusUser.key_id != keys.first.id) & (RadiusUser.access_id > after)
    query = (
        select(RadiusUser, Access)
        .join(Access, Access.id == RadiusUser.access_id)
        .where(old)
        .order_by(RadiusUser.access_id)
        .limit(BATCH)
    )
    last = None
    with writing() as session:
        for user, access in session.execute(query.with_for_update(of=RadiusUser)).all():
            last = user.access_id
            _reseal(session, keys, user, access, done)
    return last


def _reseal(
    session: Session, keys: RadiusKeys, user: RadiusUser, access: Access, done: Resealed
) -> None:
    try:
        password = keys.open(user.access_id, user.password_cipher)
        with session.begin_nested():
            user.key_id = keys.first.id
            user.name_digest = keys.first.name_digest(user.company_id, access.name)
            user.password_cipher = keys.first.seal(user.access_id, password)
    except VaultError:
        done.unreadable.append(f"radius_user {user.access_id}")
    except IntegrityError:
        done.taken.append(f"radius_user {user.access_id}")
    else:
        done.count += 1
