"""Offer `flask deploy nginx` and `flask deploy caddy`: what goes in front of gunicorn."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from typing import Any
from urllib.parse import urlsplit

import click
from flask import render_template
from flask.cli import with_appcontext

from config import Settings
from portal.cli.command import command
from portal.ports import settings

CLIENT_SECONDS = 10
# Pictures are the largest that is sent: a MiB, and what multipart puts around it.
LARGEST_BODY = "2M"
# Its directives for bodies had other names before, in Debian 12 and 13 too.
BUFFERS_BY_SIZE = (2, 7)
NEWEST = "99.0"
PORTS = {"http": 80, "https": 443}
UPSTREAM = click.option(
    "--upstream", metavar="HOST:PORT", help="Donde escucha gunicorn; por omisión, WEB_BIND."
)
CERTIFICATE = click.option("--certificate", metavar="PATH", help="Otro certificado que el suyo.")
KEY = click.option("--key", metavar="PATH", help="La llave privada de ese certificado.")
NO_ADDRESS = "Ponga PUBLIC_URL: ahora es la de esta computadora, a la que nadie más llega."
NO_PROXY_TRUSTED = "Ponga TRUSTED_PROXIES=1: sin eso Portal toma al proxy por su único cliente."


@command(
    "nginx",
    example="flask deploy nginx > /etc/nginx/conf.d/portal.conf",
    anywhere=True,
)
@UPSTREAM
@CERTIFICATE
@KEY
@click.option(
    "--access-log",
    default="/var/log/nginx/portal.log",
    show_default=True,
    metavar="PATH",
    help="El registro de nginx.",
)
@with_appcontext
def nginx(upstream: str | None, certificate: str | None, key: str | None, access_log: str) -> None:
    """Escribe un sitio de nginx con certificado de certbot."""
    values = _values(upstream)
    lineage = f"/etc/letsencrypt/live/{values['host']}"
    values |= {
        "certificate": certificate or f"{lineage}/fullchain.pem",
        "key": key or f"{lineage}/privkey.pem",
        "access_log": access_log,
    }
    _show("nginx.conf.j2", values)


@command("caddy", example="flask deploy caddy > /etc/caddy/Caddyfile", anywhere=True)
@UPSTREAM
@CERTIFICATE
@KEY
@click.option("--version", metavar="2.X", help="La de Caddy; por omisión, la instalada aquí.")
@with_appcontext
def caddy(
    upstream: str | None, certificate: str | None, key: str | None, version: str | None
) -> None:
    """Escribe un Caddyfile; Caddy consigue el certificado."""
    values = _values(upstream) | {"certificate": certificate, "key": key}
    # Caddy writes a Unix socket's address in another way than gunicorn and nginx.
    values["upstream"] = values["upstream"].replace("unix:", "unix/", 1)
    values["buffers_by_size"] = _numbers(version or _installed_caddy()) >= BUFFERS_BY_SIZE
    _show("Caddyfile.j2", values)


def _installed_caddy() -> str:
    """Ask the installed one; what is said of none is said of the newest."""
    program = shutil.which("caddy")
    if program is None:
        return NEWEST
    asked = subprocess.run(  # noqa: S603 - found on the operator's own PATH
        [program, "version"], capture_output=True, encoding="utf-8", check=False
    )
    return asked.stdout or NEWEST


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:2]))


def _values(upstream: str | None) -> dict[str, Any]:
    address = urlsplit(settings().public_url)
    return {
        "upstream": upstream or settings().web_bind,
        "host": address.hostname,
        "port": address.port or PORTS[address.scheme],
        "tls": address.scheme == "https",
        "site": f"{address.scheme}://{address.netloc}",
        "client_seconds": CLIENT_SECONDS,
        "answer_seconds": math.ceil(settings().sale_deadline) + 10,
        "largest_body": LARGEST_BODY,
    }


def _show(template: str, values: dict[str, Any]) -> None:
    click.echo(render_template(f"deploy/{template}", **values))
    if not settings().trusted_proxies:
        click.echo(NO_PROXY_TRUSTED, err=True)
    if settings().public_url == Settings.public_url:
        click.echo(NO_ADDRESS, err=True)
