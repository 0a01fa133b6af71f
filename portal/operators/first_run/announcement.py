"""Tell whoever starts an empty deployment where its first administrator is made."""

from __future__ import annotations

import sys

from sqlalchemy.exc import SQLAlchemyError

from portal.core.logs import log
from portal.operators.first_run.invitation import invitation

WORDS = """
Nadie puede entrar todavía. Abra este enlace en su navegador para crear al primer administrador;
sirve una vez, y siete días:

    {}
"""


def announce() -> None:
    """Write the invitation where whoever starts the server looks; nothing once there is a user.

    A database that is not there or not migrated is told elsewhere.
    """
    try:
        address = invitation()
    except SQLAlchemyError:
        return
    if address is not None:
        log().warning("first_run", advice="Abra el enlace para crear al primer administrador.")
        sys.stderr.write(WORDS.format(address))
        sys.stderr.flush()
