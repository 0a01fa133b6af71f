"""Test a real router in five steps: the README's own commands, against a router and a gateway."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.sandbox.conekta import ConektaSandbox
from portal.sandbox.routeros import RouterSandbox, Tls
from portal.sandbox.routeros.terminal.runner import Runner
from tests.operators.dial_in.conftest import tunnel_settings
from tests.support.processes.commands import CHECKOUT, run
from tests.support.servers.ports import free_port
from tests.support.servers.serving import serve
from tests.support.shop import PRIVATE_KEY, ROUTER_PASSWORD, SECRETS, close_app, make_app

ADMIN_PASSWORD = "planted-admin-password"
ROUTER_ID = "RTR_XXXXXXXX"
# A block of commands, or one command in a sentence.
COMMANDS = re.compile(r"^   ```\n(.*?)^   ```|`((?:flask|tell) [^`]+)`", re.DOTALL | re.MULTILINE)
Shell = Callable[..., str]


@pytest.fixture
def router(request: pytest.FixtureRequest) -> Iterator[RouterSandbox]:
    host = getattr(request, "param", "127.0.0.1")
    with RouterSandbox(password=ROUTER_PASSWORD, tls=Tls.CERTIFICATE, host=host) as box:
        yield box


@pytest.fixture
def shell(tmp_path: Path, router: RouterSandbox) -> Iterator[Shell]:
    """Runs commands beside a server, with what the reader knows put in; what they print."""
    port = free_port()
    url, instance = f"http://127.0.0.1:{port}", tmp_path / "instance"
    tunnel = tunnel_settings(tmp_path)
    with ConektaSandbox(keys=[PRIVATE_KEY]) as gateway:
        app = make_app(instance, None, conekta_api_url=gateway.url, public_url=url, **tunnel)
        known = {
            "create-admin": "create-admin --password-stdin",
            "https://wifi.example.com": url,
            '.com", "password": "…"': f'.com", "password": "{ADMIN_PASSWORD}"',
            'private_key": "key_…"': f'private_key": "{PRIVATE_KEY}"',
            'public_key": "key_…"': 'public_key": "key_public"',
            "203.0.113.7": router.host,
            '"puerto": 8729': f'"puerto": {router.tls_port}',
            '"portal", "password": "…"': f'"portal", "password": "{ROUTER_PASSWORD}"',
            "--out /tmp/kit": f"--out {tmp_path / 'kit'}",
        }
        environ = SECRETS | {
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "INSTANCE_PATH": str(instance),
            "CONEKTA_API_URL": gateway.url,
            "PUBLIC_URL": url,
            **{name.upper(): str(value) for name, value in tunnel.items()},
        }

        def say(commands: str, stdin: str = "", router_id: str = ROUTER_ID) -> str:
            for words, meaning in (known | {ROUTER_ID: router_id}).items():
                commands = commands.replace(words, meaning)
            assert "…" not in commands
            done = run(["bash", "-c", commands], environ, stdin=stdin)
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        with serve(app, port):
            yield say
        close_app(app)


def commands() -> list[str]:
    """Find the README's commands for a router, in their order."""
    readme = (CHECKOUT / "README.md").read_text()
    section = readme.partition("### Setting up a router in five steps")[2].partition("\n## ")[0]
    return [textwrap.dedent(block or command) for block, command in COMMANDS.findall(section)]


def test_each_step_with_its_proof(shell: Shell, router: RouterSandbox, tmp_path: Path) -> None:
    shop, check_keys, kit, pin, check, webhook = commands()
    admin, tell, rest = re.split(r"^(?=PORTAL=|tell PUT)", shop, flags=re.MULTILINE)
    accounts, products = rest.split("tell POST products")

    shell(admin, stdin=ADMIN_PASSWORD)
    [router_id] = set(re.findall("RTR_[0-9A-F]{8}", shell(tell + accounts)))
    sold = shell(f"{tell}tell POST products{products}\n{check_keys}", router_id=router_id)
    assert '"success":true' in sold.replace(" ", "")
    assert '"id"' in sold

    shell(kit, router_id=router_id)
    script = tmp_path / "kit" / f"portal-{router_id}.rsc"
    assert {path.name for path in script.parent.iterdir()} == {script.name, "hotspot"}

    terminal = Runner(router)
    terminal.run(script.read_text())
    done, secured = terminal.said[-2:]
    assert done.startswith("Listo")
    _, _, fingerprint = secured.rpartition(" ")

    pinned = pin.replace('"tls_huella": "…"', f'"tls_huella": "{fingerprint}"')
    assert '"huella"' in shell(tell + pinned, router_id=router_id)
    assert shell(check, router_id=router_id).endswith("El router está listo.\n")
    assert "registrada" in shell(webhook)


@pytest.mark.parametrize("router", ["127.77.0.2"], indirect=True)
def test_behind_nat_they_are_as_many(shell: Shell, router: RouterSandbox, tmp_path: Path) -> None:
    """The router stands where the tunnel would lead to, which has tests of its own."""
    shop, _check_keys, kit, pin, check, _webhook = commands()
    admin, tell, rest = re.split(r"^(?=PORTAL=|tell PUT)", shop, flags=re.MULTILINE)
    accounts, _products = rest.split("tell POST products")
    hidden = accounts.replace('"host": "203.0.113.7"', '"tunel": "wireguard"')
    assert hidden != accounts

    shell(admin, stdin=ADMIN_PASSWORD)
    [router_id] = set(re.findall("RTR_[0-9A-F]{8}", shell(tell + hidden)))
    shell(kit, router_id=router_id)
    terminal = Runner(router)
    terminal.run((tmp_path / "kit" / f"portal-{router_id}.rsc").read_text())
    assert "El servidor recibió la llave." in terminal.said
    _, _, fingerprint = terminal.said[-1].rpartition(" ")
    shell(tell + pin.replace('"tls_huella": "…"', f'"tls_huella": "{fingerprint}"'), "", router_id)
    assert shell(check, router_id=router_id).endswith("El router está listo.\n")
