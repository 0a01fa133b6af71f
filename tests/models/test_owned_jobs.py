"""Prove that the migration that notes whose a job is finds it for those that stand already."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa

from portal.core.database import reading, writing
from portal.core.extensions import db
from portal.models import GatewayAccount, Job
from tests.support.shop import Shop, open_shop

# Each database changes its tables in its own way.
pytestmark = pytest.mark.each_database

WITHOUT, WITH = "0006", "0007"


@pytest.fixture
def shop(tmp_path: Path, migrated_url: str) -> Iterator[Shop]:
    with open_shop(tmp_path, migrated_url) as shop:
        yield shop


def test_jobs_are_given_to_their_owners(shop: Shop) -> None:
    with shop.app.app_context():
        with writing() as session:
            account = session.scalars(sa.select(GatewayAccount.id)).one()
            subjects = {
                f"round:{shop.router_id}": shop.company_id,
                f"sweep:{shop.router_id}": shop.company_id,
                f"strays:{account}": shop.company_id,
                f"erase:{shop.company_id}": shop.company_id,
                f"receipts:{shop.company_id}": shop.company_id,
                "round:RTR_NOBODY": None,
                "forget:tries": None,
            }
            session.add_all(Job(id=subject) for subject in subjects)
        db.engine.dispose()
        flask_migrate.downgrade(revision=WITHOUT)
        flask_migrate.upgrade(revision=WITH)
        with reading() as session:
            owned = session.execute(sa.select(Job.id, Job.company_id))
            found = dict(owned.all())
    assert found == subjects
