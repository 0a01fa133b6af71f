"""Store the pictures that operators upload, always decoded and written anew."""

from __future__ import annotations

from sqlalchemy import delete, exists
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.core.errors import NotFound
from portal.core.image_encoding import Encoded, encode_logo, encode_picture
from portal.core.records import sane
from portal.models import Company, Image, Plan
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import apply, company_in, owned_in
from portal.ports import settings

ABSENT = "Imagen no encontrada"


def set_logo(actor: Actor, company_id: str, raw: bytes) -> Company:
    """Make the uploaded file the company's logo, in place of the one before.

    Raises NotFound, and Invalid when it is no picture.
    """
    encoded = encode_logo(raw)
    with writing() as session:
        company = company_in(session, company_id, lock=True)
        session.execute(
            delete(Image).where(Image.company_id == company_id, Image.purpose == "logo")
        )
        image = _add(session, company_id, "logo", encoded)
        changed = apply(company, {"logo_url": address_of(image)})
        record(session, actor, AuditAction.COMPANY_LOGO, company_id, company_id, changed)
    return company


def set_plan_picture(actor: Actor, company_id: str, plan_id: int, raw: bytes) -> Plan:
    """Make the uploaded file the plan's picture.

    Pictures that none of the company's plans shows any more are deleted. Raises NotFound, and
    Invalid when it is no picture.
    """
    encoded = encode_picture(raw)
    with writing() as session:
        company_in(session, company_id, lock=True)
        plan = owned_in(session, Plan, plan_id, company_id)
        image = _add(session, company_id, "plan", encoded)
        changed = apply(plan, {"image_url": address_of(image)})
        session.flush()
        _delete_unshown(session, company_id)
        record(session, actor, AuditAction.PLAN_PICTURE, plan_id, company_id, changed)
    return plan


def get(image_id: str) -> Image:
    """Find a stored picture. Raises NotFound."""
    with reading() as session:
        image = session.get(Image, image_id) if sane(image_id) else None
    if image is None:
        raise NotFound(ABSENT)
    return image


def address_of(image: Image) -> str:
    """Give the address where browsers find the picture."""
    return f"{settings().public_url.rstrip('/')}/imagenes/{image.id}"


def _add(session: Session, company_id: str, purpose: str, encoded: Encoded) -> Image:
    image = Image(
        company_id=company_id,
        purpose=purpose,
        mimetype=encoded.mimetype,
        content=encoded.content,
    )
    session.add(image)
    session.flush()
    return image


def _delete_unshown(session: Session, company_id: str) -> None:
    # An id alone is looked for: the address before it changes when PUBLIC_URL does.
    shown = exists().where(Plan.company_id == company_id, Plan.image_url.endswith(Image.id))
    unshown = delete(Image).where(Image.company_id == company_id, Image.purpose == "plan", ~shown)
    session.execute(unshown, execution_options={"synchronize_session": False})
