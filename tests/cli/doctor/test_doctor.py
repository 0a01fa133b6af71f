"""`flask doctor` is green where all is well, and names each thing that is not, with what to do."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from portal.sandbox.smtp import SmtpSandbox
from tests.support.databases.admin import Databases, execute
from tests.support.databases.migrated import copy_postgresql
from tests.support.processes.commands import run
from tests.support.servers.installation import Installation, installed_shop, running
from tests.support.servers.ports import free_port
from tests.support.shop import SECRETS, Shop

FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]


@pytest.fixture
def installed(tmp_path: Path, postgres: Databases) -> Iterator[tuple[Installation, Shop]]:
    with installed_shop(tmp_path, copy_postgresql(postgres, SECRETS)) as made:
        yield made


def wrong(said: str) -> list[str]:
    return re.findall(r"^[✗?] (.*)$", said, re.MULTILINE)


def test_it_is_green_on_a_good_installation_and_red_where_its_proxy_is_not_trusted(
    installed: tuple[Installation, Shop],
) -> None:
    made, _ = installed
    worker = made.worker()
    with SmtpSandbox() as mail, made.proxy("nginx") as proxy:
        proxy.wait_for_port(made.port)
        with worker:
            worker.wait_until(lambda: "worker started" in worker.stderr, "its start")
            made.change(SMTP_HOST="127.0.0.1", SMTP_PORT=str(mail.port), SMTP_SECURITY="none")
            made.change(SMTP_FROM="wifi@example.com")
            with running([made.web()], [made.upstream]):
                well = made.flask("doctor")
        assert (well.stderr, wrong(well.stdout)) == ("", [])
        assert well.returncode == 0
        assert well.stdout.endswith("La instalación está bien.\n")
        for word in ("Conekta", "worker", "correo", "base de datos", "El proxy dice quién llega"):
            assert word.lower() in well.stdout.lower()
        made.change(TRUSTED_PROXIES="0")
        with running([made.web()], [made.upstream]), made.client() as api:
            ill = made.flask("doctor")
            # Behind a proxy that nobody trusts everybody would look like one of this machine.
            assert api.get("/metrics").status_code == 404
        assert ill.returncode == 1
        [said] = wrong(ill.stdout)
        assert "TRUSTED_PROXIES" in said


def test_it_names_all_that_is_wrong_at_once(installed: tuple[Installation, Shop]) -> None:
    made, shop = installed
    shop.gateway.stop()
    made.change(SMTP_HOST="127.0.0.1", SMTP_PORT=str(free_port()), SMTP_FROM="wifi@example.com")
    made.change(RATELIMIT_STORAGE_URI=f"redis://127.0.0.1:{free_port()}", METRICS_ALLOW="0.0.0.0/0")
    made.env.chmod(0o644)
    ended = made.flask("doctor")
    assert (ended.returncode, ended.stderr) == (1, "")
    said = wrong(ended.stdout)
    for word in ("METRICS_ALLOW", "worker", "No se llega a https", "Conekta", "correo", "Redis"):
        assert [line for line in said if word in line], word
    assert [line for line in said if str(made.env) in line]
    assert ended.stdout.count("→") >= len(said)
    assert not [
        secret for secret in SECRETS.values() if len(secret) > 10 and secret in ended.stdout
    ]


def test_a_proxy_that_is_not_there_lets_anybody_choose_an_address(
    installed: tuple[Installation, Shop],
) -> None:
    made, _ = installed
    made.change(PUBLIC_URL=f"http://127.0.0.1:{made.upstream}")
    with running([made.web()], [made.upstream]):
        said = wrong(made.flask("doctor").stdout)
    assert [line for line in said if "X-Forwarded-For" in line]


def test_another_server_at_its_address_is_seen(installed: tuple[Installation, Shop]) -> None:
    made, _ = installed
    made.change(PUBLIC_URL=f"http://127.0.0.1:{made.upstream}")
    with running([made.web()], [made.upstream]):
        made.change(SECRET_KEY="another-secret-0123456789-abcdefghijklm")
        said = wrong(made.flask("doctor").stdout)
    assert [line for line in said if "no responde esta instalación" in line]


def test_a_database_that_is_behind_or_away_is_named(tmp_path: Path, postgres_url: str) -> None:
    environ = SECRETS | {"PUBLIC_URL": f"http://127.0.0.1:{free_port()}"}
    behind = run([*FLASK, "doctor"], environ | {"DATABASE_URL": postgres_url})
    assert behind.returncode == 1
    assert "flask db upgrade" in behind.stdout
    away = f"postgresql://portal:planted-password@127.0.0.1:{free_port()}/shop"
    gone = run([*FLASK, "doctor"], environ | {"DATABASE_URL": away})
    assert "planted-password" not in gone.stdout + gone.stderr
    assert [line for line in wrong(gone.stdout) if "no responde" in line]


def test_a_database_that_keeps_no_accents_is_named(postgres: Databases) -> None:
    url = postgres.create_database()
    ascii_url = f"{url}_ascii"
    name = urlsplit(ascii_url).path[1:]
    execute(
        postgres.admin_url,
        f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' "
        "TEMPLATE template0",
    )
    environ = SECRETS | {"PUBLIC_URL": f"http://127.0.0.1:{free_port()}"}
    try:
        said = wrong(run([*FLASK, "doctor"], environ | {"DATABASE_URL": ascii_url}).stdout)
    finally:
        execute(postgres.admin_url, f"DROP DATABASE {name} WITH (FORCE)")
    assert [line for line in said if "SQL_ASCII" in line]
    assert "SQL_ASCII" not in run([*FLASK, "doctor"], environ | {"DATABASE_URL": url}).stdout


def test_why_a_database_is_away_is_told(postgres: Databases) -> None:
    url = f"{postgres.create_database()}_missing"
    environ = SECRETS | {"DATABASE_URL": url}
    for words in (["doctor"], ["alerts"], ["db", "upgrade"]):
        ended = run([*FLASK, *words], environ)
        assert ended.returncode != 0
        assert "does not exist" in ended.stdout + ended.stderr, words


def test_settings_that_cannot_be_used_are_all_named(tmp_path: Path) -> None:
    weak = {"SECRET_KEY": "short", "JWT_APIKEY_SECRET": "a" * 64, "PUBLIC_URL": "nonsense"}
    environ = weak | {"DATABASE_URL": "postgresql://a@b/c", "SALE_LEASE": "1"}
    ended = run([*FLASK, "doctor"], environ | {"INSTANCE_PATH": str(tmp_path / "none")})
    assert (ended.returncode, ended.stderr) == (1, "")
    said = "\n".join(wrong(ended.stdout))
    for name in (*weak, "JWT_SESSION_SECRET", "ENCRYPTION_KEYS", "SALE_LEASE"):
        assert name in said
    nothing = run([*FLASK, "doctor"], {"INSTANCE_PATH": str(tmp_path / "none")})
    assert nothing.returncode == 1
    assert "flask init" in nothing.stdout
    assert not (tmp_path / "none").exists()
