#!/usr/bin/env bash
# Where: fpdf2 2.8.9 (PDFs in Python), CPython 3.11.
#
# Guessed: "landscape" means wider than high, so that a label of 58 by 40 mm, which is that already,
# stays as it is; its "portrait" is 40 by 58.
#
# Seen: landscape swaps width and height whatever they are, portrait leaves them. The label in
# landscape is 40 mm wide and 58 high, and the one in portrait lies.
#
#   landscape 58 x 40: 40 x 58
#   portrait 58 x 40: 58 x 40
#   landscape letter: 279 x 216
#
# What helps: no orientation at all for sizes of one's own.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -q --disable-pip-version-check fpdf2==2.8.9

cat >measure.py <<'PY'
from fpdf import FPDF

for orientation, name, size in (
    ("landscape", "58 x 40", (58, 40)),
    ("portrait", "58 x 40", (58, 40)),
    ("landscape", "letter", "letter"),
):
    pdf = FPDF(orientation=orientation, unit="mm", format=size)
    pdf.add_page()
    print(f"{orientation} {name}: {pdf.w:.0f} x {pdf.h:.0f}")
PY
seen=$(venv/bin/python measure.py)
printf '%s\n' "$seen"
[[ $seen == "landscape 58 x 40: 40 x 58
portrait 58 x 40: 58 x 40
landscape letter: 279 x 216" ]]
