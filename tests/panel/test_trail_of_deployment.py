"""Test what a super_admin sees of what was done to no company: the deployment's own chain."""

from __future__ import annotations

import csv
import io
from html import unescape

from sqlalchemy import delete, select

from portal.core.database import reading, writing
from portal.models import AuditEntry
from portal.models.audit_entry import DEPLOYMENT
from portal.operators.audit import Actor, AuditAction, record
from tests.operators.trail.test_chain import tampering
from tests.panel.client import PanelClient
from tests.support.tenants import Tenant

PATH = "/panel/instalacion/historial"


def act(panel: PanelClient, *targets: str) -> None:
    with panel.app.app_context(), writing() as session:
        for target in targets:
            record(session, Actor("cli:root"), AuditAction.USER_CREATE, target, None, name=target)


def test_its_entries_are_listed_checked_and_exported(
    super_panel: PanelClient, tenant: Tenant
) -> None:
    act(super_panel, "primera", "segunda", "tercera")
    page = unescape(super_panel.get(PATH).text)
    assert page.index("tercera") < page.index("segunda") < page.index("primera")
    assert tenant.company_id not in page
    assert "completas y sin cambios" in page
    with super_panel.app.app_context(), reading() as session:
        newest = select(AuditEntry).where(AuditEntry.chain == DEPLOYMENT)
        last = session.scalars(newest.order_by(AuditEntry.position.desc())).first()
    assert last is not None
    assert last.digest in page
    answer = super_panel.get(f"{PATH}.csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert [row["objeto"] for row in rows[:3]] == ["tercera", "segunda", "primera"]
    assert rows[0]["huella"] == last.digest
    found = super_panel.get(f"{PATH}?accion=plan").text
    assert "Nada de lo registrado cumple" in found


def test_a_gap_shows(super_panel: PanelClient) -> None:
    act(super_panel, "una", "borrada", "otra")
    with tampering(super_panel.app) as session:
        gone = session.scalars(select(AuditEntry).where(AuditEntry.target == "borrada")).one()
        session.execute(delete(AuditEntry).where(AuditEntry.id == gone.id))
    page = unescape(super_panel.get(PATH).text)
    assert f"falta la entrada {gone.position}" in page
    assert "completas" not in page
    assert f"entry {gone.position} is missing" in super_panel.get(f"{PATH}?lang=en").text
