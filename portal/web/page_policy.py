"""Say what a page of ours may do in a browser: its Content-Security-Policy."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from flask import Flask, g

PAGE: Mapping[str, tuple[str, ...]] = {
    "default-src": ("'none'",),
    "script-src": ("'self'",),
    "style-src": ("'self'",),
    "img-src": ("'self'", "data:"),
    "font-src": ("'self'",),
    "connect-src": ("'self'",),
    "form-action": ("'self'",),
    "base-uri": ("'none'",),
    "frame-ancestors": ("'none'",),
}


def register(app: Flask) -> None:
    """Bind to the application; templates write `<script nonce="{{ csp_nonce() }}">`."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def csp_nonce() -> str:
    """Give the nonce that inline scripts and styles of this very answer are known by."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def allow(directive: str, *sources: str) -> None:
    """Let the page of this request use more: `allow("script-src", "https://cdn.example.com")`."""
    g.setdefault("csp_allowed", {}).setdefault(directive, []).extend(sources)


def allow_popups() -> None:
    """Let the page of this request keep hold of windows that it, or a frame in it, opens."""
    g.keeps_popups = True


def opener_policy() -> str:
    """Say which windows the page at hand shares a browsing context with."""
    return "same-origin-allow-popups" if g.get("keeps_popups") else "same-origin"


def page_policy() -> str:
    """Give the policy of the page at hand."""
    allowed: dict[str, list[str]] = g.get("csp_allowed", {})
    policy = {name: [*PAGE.get(name, ()), *allowed.get(name, ())] for name in {**PAGE, **allowed}}
    if "csp_nonce" in g:
        policy["script-src"].append(f"'nonce-{g.csp_nonce}'")
    # Beside a nonce browsers take no notice of 'unsafe-inline', which lets ours in anyway.
    if "csp_nonce" in g and "'unsafe-inline'" not in policy["style-src"]:
        policy["style-src"].append(f"'nonce-{g.csp_nonce}'")
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in policy.items())
