"""Show the page of a simulated bank: it asks the buyer for a code, and sends them back."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qs

from portal.sandbox.gateway.http import Request, Response

PREFIX = "/3ds/"
CODE = "1234"
HTML = "text/html; charset=utf-8"
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
_FORM = """<p>Compra por {amount}.</p>
<p>Este banco es simulado: su código es {code}.</p>
<form method="post"><label>Código de tu banco
<input name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus></label>
<button class="go">Confirmar</button></form>
<form method="post"><button name="cancel" value="1">Cancelar la compra</button></form>
"""


def form(amount: str) -> Response:
    """Ask for the code; `amount` as people read it."""
    return _page(200, "Confirma tu compra", _FORM.format(amount=escape(amount), code=CODE))


def is_confirmed(request: Request) -> bool:
    """Tell whether the form came with the right code."""
    code = parse_qs(request.body.decode(errors="replace")).get("code", [""])[0]
    return code.strip() == CODE


def over() -> Response:
    """Say that nothing waits for a code here."""
    return _page(404, "Página no disponible", "<p>Esta compra ya no espera una confirmación.</p>")


def send_back(return_url: str | None, *, paid: bool) -> Response:
    """Send the buyer back to the shop, or say what came of it where the shop gave no address."""
    if return_url is None:
        done = "aprobada" if paid else "declinada"
        return _page(200, "Listo", f"<p>Tu compra fue {done}. Puedes cerrar esta página.</p>")
    return Response(303, content_type=HTML, headers={"Location": return_url})


def _page(status: int, title: str, content: str) -> Response:
    page = _PAGE.format(title=title, content=content, style=_STYLE)
    return Response(status, page.encode(), HTML, {"Cache-Control": "no-store"})
