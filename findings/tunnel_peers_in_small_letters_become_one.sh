#!/usr/bin/env bash
# Where: wgconfig 1.2.0 (PyPI: reads and writes WireGuard's configuration files), CPython 3.11.
#
# Guessed: keys are told apart as `wg setconf` does (wireguard-tools 1.0.20210914, Debian 12), where
# `publickey` is as good as `PublicKey`.
#
# Seen: a peer's key is looked for under `PublicKey` alone. Peers written with `publickey` are all kept
# under None, each in the place of the one before: of three the last is left, and nothing is raised.
#
#   PublicKey: 3 peers
#   publickey: 1 peers, under [None]
#
# What helps: one spelling, that of the manual, before a file is given to it.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -q --disable-pip-version-check wgconfig==1.2.0

cat >read.py <<'PY'
from pathlib import Path

from wgconfig import WGConfig

PEER = "[Peer]\nPublicKey = {key}\nAllowedIPs = 10.77.0.{place}/32\n\n"
KEYS = (
    "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=",
    "TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=",
    "gN65BkIKy1eCE9pP1wdc8ROUtkHLF2PfAqYdyYBz6EA=",
)
text = "[Interface]\nPrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=\n\n"
text += "".join(PEER.format(key=key, place=place) for place, key in enumerate(KEYS, start=2))
for spelling in ("PublicKey", "publickey"):
    file = Path(f"{spelling}.conf").absolute()
    file.write_text(text.replace("PublicKey", spelling))
    config = WGConfig(str(file))
    config.read_file()
    strange = "" if None not in config.peers else f", under {list(config.peers)}"
    print(f"{spelling}: {len(config.peers)} peers{strange}")
PY
seen=$(venv/bin/python read.py)
printf '%s\n' "$seen"
[[ $seen == "PublicKey: 3 peers
publickey: 1 peers, under [None]" ]]
