"""Offer `flask deploy …`: write files for the servers around Portal, from its settings."""

from __future__ import annotations

from portal.cli.command import group
from portal.cli.deploy.env import env
from portal.cli.deploy.proxies import caddy, nginx
from portal.cli.deploy.units import systemd
from portal.cli.deploy.wireguard import wireguard


@group("deploy", example="flask deploy env --public-url https://wifi.example.com > portal.env")
def deploy() -> None:
    """Escribe los archivos de un servidor para Portal."""


for each in (env, systemd, nginx, caddy, wireguard):
    deploy.add_command(each)
