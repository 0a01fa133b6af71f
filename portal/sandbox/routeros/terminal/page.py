"""Show the terminal as a page, for who tries the set-up in a browser."""

from __future__ import annotations

from html import escape

from portal.sandbox.routeros.terminal.typed import Typed

PAGE = """<!doctype html>
<html lang="es"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Terminal del router simulado</title>
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}}
textarea{{width:100%;height:6rem;font:1rem monospace}}pre{{white-space:pre-wrap}}</style>
<h1>Terminal del router simulado</h1>
<p>API: {host}, puerto {port}. API cifrada: puerto {tls_port}.</p>
<form method="post"><label for="line">Pegue aquí lo que pegaría en su terminal</label>
<textarea id="line" name="line" autofocus></textarea><p><button>Intro</button></p></form>
<pre>{said}</pre>
</html>"""


def terminal_page(host: str, port: int, tls_port: int | None, typed: Typed | None) -> str:
    """Give the page, with what the last line led to."""
    said = "\n".join(typed.said) if typed else ""
    shown = {"host": host, "port": port, "tls_port": tls_port or "ninguno"}
    return PAGE.format(**shown, said=escape(said))
