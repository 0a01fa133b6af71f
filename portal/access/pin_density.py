"""Find where PINs stand so dense that guessing one pays, and tell the company so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.live_codes import live_codes
from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert, resolve_alerts
from portal.core.database import reading, writing
from portal.models import Alert, Router, utc_now

DENSEST = 1 / 20_000
LONGEST_PIN = 8
TOLD_AGAIN_AFTER = timedelta(days=1)
DENSE = "En «{}» hay {:,} PIN activos de {} dígitos: uno de cada {:,} números abre el WiFi. {}"
LONGER = "Elija PIN más largos (pin_digitos: 7 u 8); los vendidos siguen sirviendo."
NO_LONGER = "Venda con usuario y contraseña, o reparta sus clientes entre varios routers."


def dense_pins(company_id: str) -> list[str]:
    """Give a sentence for each of the company's routers with live PINs denser than 1 in 20,000."""
    query = select(Router).where(Router.company_id == company_id).order_by(Router.name, Router.id)
    with reading() as session:
        routers = session.scalars(query).all()
        return [sentence for router in routers for sentence in _of_router(session, router)]


def tell_of_dense_pins(router_id: str) -> None:
    """Tell the operator, once a day at most, or that it is well again."""
    with writing() as session:
        router = session.get_one(Router, router_id)
        sentences = list(_of_router(session, router))
        if not sentences:
            resolve_alerts(session, router.company_id, AlertKind.PINS_DENSE, router_id)
        elif not _was_told(session, router):
            raise_alert(
                session, router.company_id, AlertKind.PINS_DENSE, router_id, " ".join(sentences)
            )


def _of_router(session: Session, router: Router) -> Iterator[str]:
    for digits, many in sorted(live_codes(session, router.id).pins.items()):
        if many / 10**digits > DENSEST:
            advice = LONGER if digits < LONGEST_PIN else NO_LONGER
            yield DENSE.format(router.name, many, digits, 10**digits // many, advice)


def _was_told(session: Session, router: Router) -> bool:
    query = select(Alert.id).where(
        Alert.company_id == router.company_id,
        Alert.kind == AlertKind.PINS_DENSE,
        Alert.subject == router.id,
        Alert.last_at > utc_now() - TOLD_AGAIN_AFTER,
    )
    return session.scalar(query.limit(1)) is not None
