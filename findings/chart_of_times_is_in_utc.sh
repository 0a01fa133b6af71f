#!/usr/bin/env bash
# Where: pygal 3.1.3 (charts as SVG), CPython 3.11.
#
# Guessed: a line of sales whose moments say their zone (18:00 in Tijuana) is labelled in that zone,
# or the formatter is given moments that still say theirs.
#
# Seen: `DateTimeLine` turns them into UTC and gives the formatter moments without a zone. The sale of
# Friday evening stands on Saturday at 02:00, and a formatter cannot tell; the same moments without a
# zone are labelled as they were written. A café's evening is on the wrong day of its chart.
#
#   18:00 in Tijuana: Sat 28 02:00, zone None
#   18:00 without a zone: Fri 27 18:00, zone None
#
# What helps: give it local moments with `.replace(tzinfo=None)`.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -q --disable-pip-version-check pygal==3.1.3 tzdata

cat >draw.py <<'PY'
from datetime import datetime
from zoneinfo import ZoneInfo

import pygal

EVENING = datetime(2026, 11, 27, 18, tzinfo=ZoneInfo("America/Tijuana"))


def label(moment):
    given = []

    def shown(at):
        given.append(f"{at:%a %d %H:%M}, zone {at.tzinfo}")
        return given[-1]

    chart = pygal.DateTimeLine(x_value_formatter=shown)
    chart.x_labels = [moment]
    chart.add("Ventas", [(moment, 2000)])
    drawn = chart.render().decode()
    assert given[0] in drawn
    return given[0]


print("18:00 in Tijuana:", label(EVENING))
print("18:00 without a zone:", label(EVENING.replace(tzinfo=None)))
PY
seen=$(LC_ALL=C TZ=UTC venv/bin/python draw.py)
printf '%s\n' "$seen"
[[ $seen == "18:00 in Tijuana: Sat 28 02:00, zone None
18:00 without a zone: Fri 27 18:00, zone None" ]]
