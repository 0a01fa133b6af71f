"""Tell of a worker that is missing, which nobody but a web process can send.

It does so in a thread of its own, one a process, so that neither a sale nor a probe waits for it.
"""

from __future__ import annotations

from threading import Lock, Thread
from typing import Any, cast

from flask import Flask, current_app
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.alerts.batches import claim_channel
from portal.alerts.events import AlertEvent
from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert
from portal.alerts.sending import send_alerts
from portal.core.database import reading, writing
from portal.core.logs import log
from portal.core.vault import VaultError
from portal.models import Alert, AlertChannel, AlertSubscription, utc_now

SUBJECT = "worker"
ABSENT = (
    "Ningún worker se ha mostrado en 2 minutos: lo que quedó a medias no se termina ni se "
    "devuelve. Quien administra el servidor debe ejecutar flask worker."
)
TELLING = "telling_of_worker_absence"
AT_ONCE = 100
_starting = Lock()


def tell_of_absence(session: Session) -> Thread | None:
    """Tell whoever wants to hear of it and has not; give the thread that does so, if any."""
    if not session.scalars(_untold().limit(1)).first():
        return None
    app = cast(Flask, cast(Any, current_app)._get_current_object())
    with _starting:
        running: Thread | None = app.extensions.get(TELLING)
        if running is not None and running.is_alive():
            return running
        thread = Thread(target=_tell, args=(app,), name="alerts-no-worker", daemon=True)
        app.extensions[TELLING] = thread
        thread.start()
    return thread


def workers_are_back() -> None:
    """Close the alerts: somebody works again."""
    with writing() as session:
        session.execute(
            update(Alert)
            .where(Alert.kind == AlertKind.NO_WORKER, Alert.resolved_at.is_(None))
            .values(resolved_at=utc_now())
        )


def _untold() -> Any:
    """Select the companies that want to hear of it and have no such alert yet."""
    told = select(Alert.id).where(
        Alert.company_id == AlertSubscription.company_id,
        Alert.kind == AlertKind.NO_WORKER,
        Alert.resolved_at.is_(None),
    )
    return (
        select(AlertSubscription.company_id)
        .join(AlertChannel, AlertChannel.id == AlertSubscription.channel_id)
        .where(AlertSubscription.event == AlertEvent.NO_WORKER, AlertChannel.active, ~told.exists())
        .distinct()
    )


def _tell(app: Flask) -> None:
    with app.app_context():
        try:
            _raise_alerts()
            _send()
        except (SQLAlchemyError, VaultError) as error:
            log().error("worker absence not told", error=type(error).__name__)


def _raise_alerts() -> None:
    with reading() as session:
        companies = session.scalars(_untold()).all()
    for company_id in companies:
        with writing() as session:
            raise_alert(session, company_id, AlertKind.NO_WORKER, SUBJECT, ABSENT)


def _send() -> None:
    """Send what these channels have; a worker that is back by now shares in it."""
    for _ in range(AT_ONCE):
        claim = claim_channel(only=AlertEvent.NO_WORKER)
        if claim is None:
            return
        send_alerts(claim)
