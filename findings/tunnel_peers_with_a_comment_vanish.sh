#!/usr/bin/env bash
# Where: wireguard-tools 0.6.0 (PyPI: a reimplementation in Python), CPython 3.11.
#
# Guessed: whatever `wg setconf` takes (wireguard-tools 1.0.20210914, Debian 12) is read alike, a
# comment behind a header as well: `wg` cuts everything from # to the end of each line.
#
# Seen: a section whose header is followed by a comment, as people note whose peer it is, or by a
# blank, is no section for it: all peers are gone, and nothing is raised. Who reads the file to add a
# peer and writes it back takes every other peer off the tunnel.
#
#   "[Peer]": 2 peers
#   "[Peer] # Café Ñandú": 0 peers
#   "[Peer] ": 0 peers
#
# What helps: comments on lines of their own, and as many peers after reading as there are keys.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -q --disable-pip-version-check wireguard-tools==0.6.0

cat >read.py <<'PY'
import io

from wireguard_tools.wireguard_config import WireguardConfig

PEER = "{header}\nPublicKey = {key}\nAllowedIPs = 10.77.0.{place}/32\n"
KEYS = (
    "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=",
    "TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=",
)
for header in ("[Peer]", "[Peer] # Café Ñandú", "[Peer] "):
    text = "[Interface]\nPrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=\n\n"
    for place, key in enumerate(KEYS, start=2):
        text += PEER.format(header=header, key=key, place=place) + "\n"
    found = WireguardConfig.from_wgconfig(io.StringIO(text))
    print(f'"{header}": {len(found.peers)} peers')
PY
seen=$(venv/bin/python read.py)
printf '%s\n' "$seen"
[[ $seen == '"[Peer]": 2 peers
"[Peer] # Café Ñandú": 0 peers
"[Peer] ": 0 peers' ]]
