"""Hold the hotspot's pages from the factory: a plain form, as MikroTik's own have one."""

from __future__ import annotations

FOLDER = "hotspot"

_LOGIN = """\
<!doctype html>
<html>
<head><title>Hotspot login</title></head>
<body>
$(if error)<p>$(error)</p>$(endif)
<form action="$(link-login-only)" method="post">
<input type="hidden" name="dst" value="$(link-orig)">
<input name="username" value="$(username)">
<input name="password" type="password">
<button>OK</button>
</form>
</body>
</html>
"""

_REDIRECT = """\
$(if http-status == 302)Hotspot redirect$(endif)
$(if http-header == "Location")$(link-redirect)$(endif)
<!doctype html>
<html>
<head><meta http-equiv="refresh" content="0; url=$(link-redirect)"></head>
<body></body>
</html>
"""

_STATUS = """\
<!doctype html>
<html>
<head><title>Hotspot status</title></head>
<body><p>$(username): $(uptime) <a href="$(link-logout)">log off</a></p></body>
</html>
"""

_LOGOUT = """\
<!doctype html>
<html>
<head><title>Hotspot logout</title></head>
<body><a href="$(link-login)">log in</a></body>
</html>
"""

_ERROR = """\
<!doctype html>
<html>
<head><title>Hotspot error</title></head>
<body><p>$(error)</p></body>
</html>
"""

# As RouterOS documentation prints it.
_API = """\
{
"captive": $(if logged-in == 'yes')false$(else)true$(endif),
"user-portal-url": "$(link-login-only)",
$(if session-timeout-secs != 0)
"seconds-remaining": $(session-timeout-secs),
$(endif)
$(if remain-bytes-total)
"bytes-remaining": $(remain-bytes-total),
$(endif)
"can-extend-session": true
}
"""

PAGES = {
    "login.html": _LOGIN,
    "redirect.html": _REDIRECT,
    "rlogin.html": _REDIRECT,
    "alogin.html": _REDIRECT,
    "status.html": _STATUS,
    "logout.html": _LOGOUT,
    "error.html": _ERROR,
    "api.json": _API,
}


def page_file(folder: str, name: str, text: str) -> dict[str, str]:
    """Give the file's row."""
    size = str(len(text.encode()))
    return {"name": f"{folder}/{name}", "type": "file", "size": size, "contents": text}
