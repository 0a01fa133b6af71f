"""The 3DS page: asks the buyer for their bank's code, decides, and sends them back."""

from __future__ import annotations

import asyncio
from html import escape
from urllib.parse import parse_qs

from portal.sandbox.conekta.orders.cards import CHALLENGE_CODE
from portal.sandbox.conekta.orders.outcomes import finish_challenge
from portal.sandbox.conekta.records import Order
from portal.sandbox.conekta.world import World
from portal.sandbox.gateway.http import Request, Response

_HTML = "text/html; charset=utf-8"
_PAGE = """<!doctype html>
<html lang="es"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<style>{style}</style></head>
<body><main><h1>{title}</h1>{content}</main></body></html>
"""
_STYLE = """
:root{color-scheme:light dark;--card:#fff;--text:#14171a}
@media(prefers-color-scheme:dark){:root{--card:#1a2025;--text:#eef1f4}}
body{margin:0;padding:1.5rem 16px;background:var(--card);color:var(--text);
font:1.0625rem/1.5 system-ui,sans-serif}
main{max-width:24rem;margin:0 auto}
label{display:block;font-weight:600}
input,button{box-sizing:border-box;width:100%;min-height:3.25rem;margin:.25rem 0 1rem;
padding:.5rem .875rem;border:1px solid #77828c;border-radius:.5rem;
background:var(--card);color:inherit;font:inherit}
button{font-weight:600;cursor:pointer}
.go{background:var(--text);color:var(--card)}
:focus-visible{outline:3px solid var(--text);outline-offset:2px}
"""
_FORM = """<p>Compra por {amount:.2f} {currency}.</p>
<p>Este banco es simulado: su código es {code}.</p>
<form method="post"><label>Código de tu banco
<input name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus></label>
<button class="go">Confirmar</button></form>
<form method="post"><button name="cancel" value="1">Cancelar la compra</button></form>
"""


class ThreeDs:
    """The pages under `/3ds/`; one that is left undone leaves its order pending."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def answer(self, request: Request, gone: asyncio.Event) -> Response:
        """Show the form, or decide by the code that was entered."""
        order = self._world.challenges.get(request.path.rpartition("/")[2])
        if order is None or order.challenge is None or not request.path.endswith(order.challenge):
            content = "<p>Esta compra ya no espera una confirmación.</p>"
            return _page(404, "Página no disponible", content)
        if request.method != "POST":
            amount, currency = order.amount / 100, escape(order.currency)
            form = _FORM.format(amount=amount, currency=currency, code=CHALLENGE_CODE)
            return _page(200, "Confirma tu compra", form)
        code = parse_qs(request.body.decode(errors="replace")).get("code", [""])[0]
        finish_challenge(self._world, order, passed=code.strip() == CHALLENGE_CODE)
        return _send_back(order)


def _send_back(order: Order) -> Response:
    if order.return_url is None:
        done = "aprobada" if order.status == "paid" else "declinada"
        return _page(200, "Listo", f"<p>Tu compra fue {done}. Puedes cerrar esta página.</p>")
    return Response(303, content_type=_HTML, headers={"Location": order.return_url})


def _page(status: int, title: str, content: str) -> Response:
    page = _PAGE.format(title=title, content=content, style=_STYLE)
    return Response(status, page.encode(), _HTML, {"Cache-Control": "no-store"})
