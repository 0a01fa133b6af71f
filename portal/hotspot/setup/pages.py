"""Write the pages that the hotspot serves itself.

The router puts its variables in place of `$(name)`. Nothing but `-esc`, which is URL-escaped, is
safe in them: names, errors and addresses that a customer typed come unescaped otherwise
(RouterOS documentation, hotspot customisation; CVE-2025-6563 was a `dst=javascript:`).
"""

from __future__ import annotations

from portal.hotspot.setup import rendering
from portal.hotspot.setup.facts import KitFacts

WHO = ("mac", "ip", "link-login-only")
# CHAP's values exist in the login page only; they are octal text such as `\371\015`.
LOGIN = (*WHO, "link-orig", "error", "chap-id", "chap-challenge", "username")
_TITLES = {"login.html": "Conectando", "alogin.html": "Conectado", "error.html": "Un momento"}


def entry_url(facts: KitFacts, *variables: str, below: str = "", **renamed: str) -> str:
    """Give our way in, or the page `below` it, with the router's variables.

    `renamed` gives a parameter another variable.
    """
    pairs = {name: name for name in variables} | {
        name.replace("_", "-"): variable for name, variable in renamed.items()
    }
    query = "&".join(f"{name}=$({variable}-esc)" for name, variable in pairs.items())
    return f"{facts.entry}{below}?{query}"


def is_login_page(facts: KitFacts, text: str | None) -> bool:
    """Tell whether the text of a file on a router is our login page."""
    return (text or "").replace("\r", "").strip() == pages(facts)["login.html"].strip()


def pages(facts: KitFacts) -> dict[str, str]:
    """Give the hotspot's files by name, all of them far below the 4 KB that old versions write."""
    done = entry_url(facts, *WHO, link_orig="link-redirect", logged_in="logged-in")
    ways = {
        "login.html": entry_url(facts, *LOGIN),
        "alogin.html": done,
        "error.html": entry_url(facts, *WHO, "error"),
    }
    made = {
        name: rendering.page("forward.html.j2", url=url, title=_TITLES[name])
        for name, url in ways.items()
    }
    access = entry_url(facts, *WHO, below="/acceso")
    status = entry_url(facts, *WHO, logged_in="logged-in")
    for name in ("rlogin.html", "status.html", "logout.html"):
        made[name] = rendering.page(f"{name}.j2", url=status, access_url=access)
    portal = entry_url(facts, *WHO)
    return made | {"api.json": rendering.document("api.json.j2", portal_url=portal)}
