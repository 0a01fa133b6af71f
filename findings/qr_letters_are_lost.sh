#!/usr/bin/env bash
# Where: segno 1.6.6 (QR codes in Python), jsQR 1.4.0 and @undecaf/zbar-wasm 0.11.0 (readers, npm).
#
# Guessed: whoever makes a QR code of "Hotel Señorial" and reads it with a usual reader gets the same
# letters back; both follow ISO 18004.
#
# Seen: segno writes what fits into Latin-1 as Latin-1 and, as the standard allows, says nothing of it.
# jsQR takes the bytes for UTF-8 and gives an empty text, without an error; zbar gives replacement
# signs. So a code that joins a network called "Señorial" or "Café" joins none. UTF-8 is read by both,
# with or without a mark; with the mark (ECI) readers that guess by the bytes are right as well: on
# Linux, where zbar has iconv, plain UTF-8 of these names comes back as Chinese.
#
#   as it comes: jsQR "" zbar "WIFI:T:nopass;S:Hotel Se?orial;;"
#   utf-8: jsQR "WIFI:T:nopass;S:Hotel Señorial;;" zbar "WIFI:T:nopass;S:Hotel Señorial;;"
#   utf-8, marked: the same
#
# What helps: `segno.make_qr(text, encoding="utf-8", eci=True)` for whatever is not plain ASCII.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -q --disable-pip-version-check segno==1.6.6
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts jsqr@1.4.0 @undecaf/zbar-wasm@0.11.0

cat >make.py <<'PY'
import json

import segno

TEXT = "WIFI:T:nopass;S:Hotel Señorial;;"
WAYS = {
    "as it comes": {},
    "utf-8": {"encoding": "utf-8"},
    "utf-8, marked": {"encoding": "utf-8", "eci": True},
}
made = {how: segno.make_qr(TEXT, error="m", **given).matrix for how, given in WAYS.items()}
print(json.dumps({how: [list(row) for row in matrix] for how, matrix in made.items()}))
PY
cat >read.mjs <<'JS'
import { readFileSync } from "node:fs";
import jsQR from "jsqr";
import { scanGrayBuffer } from "@undecaf/zbar-wasm";

const DOTS = 6, QUIET = 4;
for (const [how, rows] of Object.entries(JSON.parse(readFileSync(0)))) {
  const side = (rows.length + 2 * QUIET) * DOTS;
  const grey = new Uint8Array(side * side).fill(255);
  const colour = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      if (rows[Math.floor(y / DOTS) - QUIET]?.[Math.floor(x / DOTS) - QUIET]) {
        grey[y * side + x] = 0;
        colour.fill(0, 4 * (y * side + x), 4 * (y * side + x) + 3);
      }
  const [found] = await scanGrayBuffer(grey.buffer, side, side);
  const zbar = found.decode().replaceAll("\ufffd", "?");
  console.log(`${how}: jsQR ${JSON.stringify(jsQR(colour, side, side).data)} zbar "${zbar}"`);
}
JS
seen=$(venv/bin/python make.py | node read.mjs)
printf '%s\n' "$seen"
right='jsQR "WIFI:T:nopass;S:Hotel Señorial;;" zbar "WIFI:T:nopass;S:Hotel Señorial;;"'
[[ $seen == "as it comes: jsQR \"\" zbar \"WIFI:T:nopass;S:Hotel Se?orial;;\"
utf-8: $right
utf-8, marked: $right" ]]
