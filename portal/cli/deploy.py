"""Offer `flask deploy …`: write files for the servers around Portal, from the settings."""

from __future__ import annotations

import math
from typing import Any
from urllib.parse import urlsplit

import click
from flask import render_template
from flask.cli import with_appcontext

from portal.cli.command import group
from portal.ports import settings

CLIENT_SECONDS = 10
# Pictures are the largest that is sent: a MiB, and what multipart puts around it.
LARGEST_BODY = "2M"
PORTS = {"http": 80, "https": 443}
UPSTREAM = click.option(
    "--upstream",
    default="127.0.0.1:8000",
    show_default=True,
    metavar="HOST:PUERTO",
    help="Donde escucha gunicorn.",
)
NO_PROXY_TRUSTED = "Ponga TRUSTED_PROXIES=1: sin eso Portal toma al proxy por su único cliente."


@group("deploy", example="flask deploy nginx")
def deploy() -> None:
    """Escribe la configuración de lo que va delante de Portal."""


@deploy.command(
    "nginx",
    example="flask deploy nginx > /etc/nginx/conf.d/portal.conf",
    anywhere=True,
)
@UPSTREAM
@click.option("--certificate", metavar="ARCHIVO", help="Certificado; si no, el de certbot.")
@click.option("--key", metavar="ARCHIVO", help="Su llave privada; si no, la de certbot.")
@click.option(
    "--access-log",
    default="/var/log/nginx/portal.log",
    show_default=True,
    metavar="ARCHIVO",
    help="El registro de nginx.",
)
@with_appcontext
def nginx(upstream: str, certificate: str | None, key: str | None, access_log: str) -> None:
    """Escribe un sitio de nginx para PUBLIC_URL."""
    values = _values(upstream)
    lineage = f"/etc/letsencrypt/live/{values['host']}"
    values |= {
        "certificate": certificate or f"{lineage}/fullchain.pem",
        "key": key or f"{lineage}/privkey.pem",
        "access_log": access_log,
    }
    _show("nginx.conf.j2", values)


@deploy.command("caddy", example="flask deploy caddy > /etc/caddy/Caddyfile", anywhere=True)
@UPSTREAM
@with_appcontext
def caddy(upstream: str) -> None:
    """Escribe un Caddyfile para PUBLIC_URL.

    Caddy consigue el certificado por sí mismo.
    """
    _show("Caddyfile.j2", _values(upstream))


def _values(upstream: str) -> dict[str, Any]:
    address = urlsplit(settings().public_url)
    return {
        "upstream": upstream,
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
