"""Prove that logins go on and sessions end on time while every process of ours is stopped."""

from __future__ import annotations

from pathlib import Path

from tests.support.databases.admin import Databases
from tests.support.databases.migrated import copy_postgresql
from tests.support.radius.outage import open_business, play
from tests.support.shop import SECRETS


def test_ten_minutes_without_application_and_worker(postgres: Databases, tmp_path: Path) -> None:
    url = copy_postgresql(postgres, SECRETS)
    with open_business(tmp_path, url) as (business, time_passes):
        play(business, time_passes)
