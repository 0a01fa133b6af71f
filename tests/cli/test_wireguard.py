"""Test `flask wireguard` and `flask deploy wireguard`: the server's side of the tunnel."""

from __future__ import annotations

import re
import shutil
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from portal.access.dial_in.peers import peers
from portal.cli.doctor.findings import ADVICE, BAD, OK
from portal.cli.doctor.tunnel import tunnel
from portal.operators import companies, routers
from portal.operators.dial_in.enrolment import paste_key
from tests.operators.dial_in.conftest import hidden_values, new_key, tunnel_settings
from tests.support.processes.commands import run
from tests.support.shop import close_app, make_app
from tests.support.tenants import ACTOR, Tenant, make_tenant


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tunnel")


@pytest.fixture(scope="module")
def app(folder: Path) -> Iterator[Flask]:
    made = make_app(folder, None, **tunnel_settings(folder))
    yield made
    close_app(made)


@pytest.fixture
def dialling(app: Flask) -> Tenant:
    return make_tenant(app)


def invoke(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=list(args))


def hidden(app: Flask, tenant: Tenant, key: str | None = None, **values: Any) -> str:
    with app.app_context():
        made = routers.create(ACTOR, tenant.company_id, **hidden_values(**values))[0]
        if key:
            paste_key(ACTOR, tenant.company_id, made.id, key)
    return made.id


def test_what_changed_is_told_and_written(app: Flask, dialling: Tenant, folder: Path) -> None:
    key = new_key()
    router_id = hidden(app, dialling, key)
    (folder / "peers.conf").unlink()
    assert invoke(app, "wireguard", "sync").output == f"+ {router_id}\n"
    assert key in (folder / "peers.conf").read_text()
    assert invoke(app, "wireguard", "sync").output == "Sin cambios.\n"
    config = invoke(app, "wireguard", "config").output
    assert f"PublicKey = {key}" in config
    assert "Address = 127.77.0.1/29" in config
    assert "PrivateKey" not in config
    with app.app_context():
        routers.delete(ACTOR, dialling.company_id, router_id)
    assert (folder / "peers.conf").read_text() == ""


def test_what_routeros_6_needs_is_its_owners_alone(
    app: Flask, dialling: Tenant, folder: Path
) -> None:
    router_id = hidden(app, dialling, dial_in="l2tp")
    out = folder / "l2tp.txt"
    assert invoke(app, "wireguard", "config", "--l2tp", "--out", str(out)).exit_code == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    text = out.read_text()
    assert f'"{router_id}" portal "' in text
    assert 'PSK "planted-ipsec-secret"' in text
    assert "planted-ipsec-secret" not in invoke(app, "wireguard", "config").output


def test_what_is_missing_is_said(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = app.extensions["settings"]
    nowhere = replace(here, wireguard_folder=str(tmp_path / "none"))
    monkeypatch.setitem(app.extensions, "settings", nowhere)
    refused = invoke(app, "wireguard", "sync")
    assert refused.exit_code == 1
    assert str(tmp_path / "none") in refused.output
    monkeypatch.setitem(app.extensions, "settings", replace(here, wireguard_public_key=""))
    for words in (("sync",), ("config",)):
        refused = invoke(app, "wireguard", *words)
        assert refused.exit_code == 1
        assert "WIREGUARD_PUBLIC_KEY" in refused.output


def test_the_helper_is_a_shells(app: Flask, tmp_path: Path) -> None:
    text = invoke(app, "deploy", "wireguard", "helper").output
    script = tmp_path / "portal-wireguard"
    script.write_text(text)
    assert run(["sh", "-n", str(script)], {}).returncode == 0
    assert "set -eu" in text
    assert "udp dport { 1812, 1813, 1822, 1823 } accept" in text


def test_no_interface_comes_up_that_no_firewall_limits(app: Flask, tmp_path: Path) -> None:
    """Its routers would reach all that listens on this machine."""
    tools, raised = tmp_path / "tools", tmp_path / "raised"
    tools.mkdir()
    for tool in ("sh", "cat", "chmod", "dirname", "mkdir", "mktemp", "rm"):
        (tools / tool).symlink_to(shutil.which(tool) or tool)
    for tool in ("ip", "wg"):
        (tools / tool).write_text(f'#!/bin/sh\n[ "$1" != genkey ] || exit 0\n: >"{raised}"\n')
        (tools / tool).chmod(0o700)
    text = invoke(app, "deploy", "wireguard", "helper").output
    script = tmp_path / "portal-wireguard"
    script.write_text(text.replace("/etc/wireguard", str(tmp_path)))
    ran = run([str(tools / "sh"), str(script)], {"PATH": str(tools)})
    assert ran.returncode != 0
    assert "nft" in ran.stderr
    assert not raised.exists()


def test_systemd_finds_nothing_wrong_with_its_units(app: Flask, tmp_path: Path) -> None:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("no systemd-analyze")
    for kind in ("service", "path", "timer"):
        text = invoke(app, "deploy", "wireguard", kind, "--user", "root").output
        there = text.replace("/usr/local/sbin/portal-wireguard", "/bin/true")
        (tmp_path / f"portal-wireguard.{kind}").write_text(there)
    units = [str(path) for path in sorted(tmp_path.iterdir())]
    checked = run([tool, "verify", "--man=no", *units], {})
    about_ours = [line for line in checked.stderr.splitlines() if "portal-" in line]
    assert (checked.returncode, about_ours) == (0, [])


def test_a_unit_may_write_the_list_of_peers(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "StateDirectory" not in invoke(app, "deploy", "systemd", "web").output
    here = app.extensions["settings"]
    usual = replace(here, wireguard_folder="/var/lib/portal-wireguard")
    monkeypatch.setitem(app.extensions, "settings", usual)
    assert "StateDirectory=portal-wireguard\n" in invoke(app, "deploy", "systemd", "web").output


def test_a_router_is_taken_in_from_the_shell(app: Flask, dialling: Tenant, folder: Path) -> None:
    with app.app_context():
        name = companies.get(dialling.company_id).name
        companies.update(ACTOR, dialling.company_id, name="Única")
    assert name
    begun = ("router", "add", "--empresa", "Única", "--nombre", "Cerro")
    made = invoke(app, *begun, "--tunel", "wireguard")
    assert made.exit_code == 0, made.output
    [router_id] = set(re.findall("RTR_[0-9A-F]{8}", made.output))
    assert "no ha enviado su llave" in made.output
    out = folder / "kit"
    assert invoke(app, "router", "kit", router_id, "--out", str(out)).exit_code == 0
    assert "/interface wireguard add" in (out / f"portal-{router_id}.rsc").read_text()
    away = invoke(app, "router", "check", router_id)
    assert away.exit_code == 1
    assert "✗ Túnel: El router no ha enviado su llave pública" in away.output
    for more in ((), ("--host", "127.0.0.1", "--tunel", "l2tp"), ("--host", "no/host")):
        assert invoke(app, *begun, *more).exit_code == 1
    assert invoke(app, "router", "add", "--empresa", "x", *begun[4:], "--host", "a").exit_code == 1


def test_the_doctor_looks_at_it(
    app: Flask, dialling: Tenant, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> list[tuple[str, str]]:
        with app.app_context():
            return [(found.sign, found.said) for found in tunnel()]

    status, key = folder / "status", new_key()
    hidden(app, dialling, key)
    assert [sign for sign, _ in told()] == [ADVICE]
    status.write_text("")
    (folder / "peers.conf").write_text("")
    assert [sign for sign, _ in told()] == [BAD, BAD]
    invoke(app, "wireguard", "sync")
    with app.app_context():
        known = [peer.public_key for peer in peers()]
    assert key in known
    status.write_text("".join(f"{one}\t(none)\t(none)\t-\t0\t0\t0\toff\n" for one in known))
    assert [sign for sign, _ in told()] == [OK]
    here = replace(app.extensions["settings"], wireguard_public_key="", l2tp_ipsec_secret="")
    monkeypatch.setitem(app.extensions, "settings", here)
    assert [sign for sign, _ in told()] == [BAD]
