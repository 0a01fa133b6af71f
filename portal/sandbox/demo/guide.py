"""What the demo says to a person: where to look, and calls ready to be pasted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from portal.sandbox.demo.facts import Facts

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


def guide(facts: Facts, logs: Path) -> str:
    """The text, which holds the passwords and the key."""
    router = facts.router
    return "\n".join(
        [
            f"Portal está en marcha en {facts.portal_url}",
            "Ábralo en un navegador: ahí un teléfono nuevo se conecta, paga y navega.",
            "",
            f"  Documentación    {facts.api_url}/api/docs",
            f"  Administrador    {facts.admin_email}  {facts.admin_password}",
            f"  Empresa, router  {facts.company_id}  {facts.router_id}",
            f"  RouterOS         {router.host}:{router.port}  {router.user}  {router.password}",
            f"  Conekta          {facts.gateway_url}",
            f"  Dispositivos     {'  '.join(host.mac for host in facts.hosts)}",
            f"  API key          {facts.api_key}",
            f"  Bitácoras        {logs}",
            "",
            *_calls(facts),
            "",
            "Ctrl-C lo detiene todo, y no se pierde nada.",
        ]
    )


def _calls(facts: Facts) -> list[str]:
    lines = ["# El catálogo", _curl(facts, "catalogo_perfiles_venta")]
    for title, changes in PURCHASES:
        lines += ["", f"# {title}", _curl(facts, "payments/pagar-conekta", PURCHASE | changes)]
    return lines


def _curl(facts: Facts, path: str, body: dict[str, Any] | None = None) -> str:
    method = "" if body is None else "-X POST "
    words = [f"curl -s {method}{facts.api_url}/api/v1/{path}", f'-H "X-API-Key: {facts.api_key}"']
    if body is not None:
        # No value holds a single quote, which would end the shell's own.
        data = json.dumps(body, ensure_ascii=False, indent=2).replace("\n", "\n  ")
        words += ['-H "Content-Type: application/json"', f"-d '{data}'"]
    return " \\\n  ".join(words)
