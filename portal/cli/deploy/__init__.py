"""Offer `flask deploy …`: write files for the servers around Portal, from its settings."""

from __future__ import annotations

import click

from portal.cli.deploy.env import env
from portal.cli.deploy.proxies import caddy, nginx
from portal.cli.deploy.units import systemd


@click.group("deploy")
def deploy() -> None:
    """Escribe los archivos con los que Portal funciona en un servidor.

    \b
    Ejemplo:
      flask deploy env --public-url https://wifi.example.com > portal.env
    """


for command in (env, systemd, nginx, caddy):
    deploy.add_command(command)
