"""Tell a person where to look in the demo, and show calls ready to be pasted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from portal.core import demo_folder
from portal.sandbox.demo.facts import Facts
from portal.sandbox.demo.instance import Instance

# Where the operator works, and where the owner looks on, below the demo's address.
PANEL_PATH = "/panel/"
OPERATOR_PATH = "/encargado"
PURCHASE: dict[str, Any] = {
    "producto_id": 1,
    "token_tarjeta": "tok_test_visa_4242",
    "nombre_cliente": "María García",
    "email_cliente": "maria.garcia@example.com",
    "telefono_cliente": "5512345678",
    "mac_cliente": "AA:BB:CC:DD:EE:FF",
    "ip_cliente": "192.168.88.100",
    "conexion_automatica": False,
    "tipo_usuario": "usuario_contrasena",
}
# Each: what happens, and how it differs from the first.
PURCHASES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Pagar y recibir usuario y contraseña", {}),
    ("Pagar y recibir un PIN", {"tipo_usuario": "pin"}),
    ("Pagar y quedar conectado", {"conexion_automatica": True}),
    ("Una tarjeta declinada", {"token_tarjeta": "tok_test_card_declined"}),
)


def guide(facts: Facts, logs: Path, folder: Path | None) -> str:
    """At most ten lines, the operator's password among them, the address in the last.

    `folder` is named where commands in another terminal do not find the demo by themselves.
    """
    before = f"INSTANCE_PATH={folder} " if folder else ""
    option = f" --instance {folder}" if folder else ""
    return "\n".join(
        [
            f"Panel           {facts.api_url}{PANEL_PATH}",
            f"                {facts.owner_email}  {facts.owner_password}",
            f"Documentación   {facts.api_url}/api/docs",
            f"Llamadas        flask demo --api{option}",
            f"Otra terminal   {before}flask router check {facts.router_id}",
            f"Bitácoras       {logs}",
            "",
            "Ctrl-C lo detiene todo, y no se pierde nada.",
            f"Portal está en marcha: ábralo en {facts.portal_url}",
        ]
    )


def calls(api_url: str, api_key: str) -> str:
    """Give the router's key, and calls with it, each under what it does."""
    lines = [f"# API key: {api_key}", "", "# El catálogo"]
    lines.append(_curl(api_url, api_key, "catalogo_perfiles_venta"))
    for title, changes in PURCHASES:
        bought = _curl(api_url, api_key, "payments/pagar-conekta", PURCHASE | changes)
        lines += ["", f"# {title}", bought]
    return "\n".join(lines)


def calls_of_running(folder: Path) -> str | None:
    """Give the calls to the demo that runs in this folder; None where none answers there."""
    found = demo_folder.look(folder)
    if found is None or found.url is None:
        return None
    return calls(found.url, Instance(folder).memory["api_key"])


def _curl(url: str, key: str, path: str, body: dict[str, Any] | None = None) -> str:
    method = "" if body is None else "-X POST "
    words = [f"curl -s {method}{url}/api/v1/{path}", f'-H "X-API-Key: {key}"']
    if body is not None:
        # No value holds a single quote, which would end the shell's own.
        data = json.dumps(body, ensure_ascii=False, indent=2).replace("\n", "\n  ")
        words += ['-H "Content-Type: application/json"', f"-d '{data}'"]
    return " \\\n  ".join(words)
