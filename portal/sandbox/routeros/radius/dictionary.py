"""Name the attributes that a hotspot speaks of (RFC 2865 to 2869, 5176; MikroTik's manual)."""

from __future__ import annotations

import io
from functools import cache

from pyrad.dictionary import Dictionary

_STANDARD = """
1 User-Name string
2 User-Password octets
3 CHAP-Password octets
4 NAS-IP-Address ipaddr
5 NAS-Port integer
6 Service-Type integer
8 Framed-IP-Address ipaddr
18 Reply-Message string
25 Class octets
27 Session-Timeout integer
28 Idle-Timeout integer
30 Called-Station-Id string
31 Calling-Station-Id string
32 NAS-Identifier string
33 Proxy-State octets
40 Acct-Status-Type integer
41 Acct-Delay-Time integer
42 Acct-Input-Octets integer
43 Acct-Output-Octets integer
44 Acct-Session-Id string
45 Acct-Authentic integer
46 Acct-Session-Time integer
47 Acct-Input-Packets integer
48 Acct-Output-Packets integer
49 Acct-Terminate-Cause integer
52 Acct-Input-Gigawords integer
53 Acct-Output-Gigawords integer
55 Event-Timestamp date
60 CHAP-Challenge octets
61 NAS-Port-Type integer
62 Port-Limit integer
80 Message-Authenticator octets
85 Acct-Interim-Interval integer
87 NAS-Port-Id string
88 Framed-Pool string
101 Error-Cause integer
"""
_VENDORS = {
    ("Mikrotik", 14988): """
1 Mikrotik-Recv-Limit integer
2 Mikrotik-Xmit-Limit integer
3 Mikrotik-Group string
8 Mikrotik-Rate-Limit string
9 Mikrotik-Realm string
10 Mikrotik-Host-IP ipaddr
14 Mikrotik-Recv-Limit-Gigawords integer
15 Mikrotik-Xmit-Limit-Gigawords integer
17 Mikrotik-Total-Limit integer
18 Mikrotik-Total-Limit-Gigawords integer
19 Mikrotik-Address-List string
""",
    ("WISPr", 14122): """
1 WISPr-Location-ID string
2 WISPr-Location-Name string
9 WISPr-Session-Terminate-Time string
""",
}


@cache
def dictionary() -> Dictionary:
    """Give all of them, as pyrad takes them."""
    return Dictionary(io.StringIO("\n".join(_lines())))


def _lines() -> list[str]:
    lines = _attributes(_STANDARD)
    for (vendor, number), attributes in _VENDORS.items():
        lines += [f"VENDOR {vendor} {number}", f"BEGIN-VENDOR {vendor}"]
        lines += [*_attributes(attributes), f"END-VENDOR {vendor}"]
    return lines


def _attributes(table: str) -> list[str]:
    rows = (line.split() for line in table.split("\n") if line)
    return [f"ATTRIBUTE {name} {number} {kind}" for number, name, kind in rows]
