#!/usr/bin/env bash
# Where: tz-lookup 6.1.25 (npm's most used map from a place to its time zone), Node 20.
#
# Guessed: it names the zone of Mexico's large cities; the hour there is then what Node says.
#
# Seen: Ciudad Juárez (1.5 million people) is given America/Ojinaga. The two were one until 2022-11-30;
# since then Ojinaga goes by Central time and Juárez by Mountain time (tzdata 2022g made
# America/Ciudad_Juarez of it), so every hour told there is one ahead, all year. Ciudad Acuña is given
# America/Chicago, which is the same hour in another country. Tijuana, Cancún and Hermosillo are right.
#
#   Ciudad Juárez: America/Ojinaga, 12:00 (there: America/Ciudad_Juarez, 11:00)
#   Ciudad Acuña: America/Chicago, 12:00 (there: America/Matamoros, 12:00)
#   Tijuana: America/Tijuana, 10:00 (there: America/Tijuana, 10:00)
#
# What helps: a map whose data is of 2023 or later, or the zone that the owner chooses.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts tz-lookup@6.1.25

cat >ask.js <<'JS'
const zoneAt = require("tz-lookup");

const NOON = new Date("2026-11-27T18:00:00Z");
const PLACES = [
  ["Ciudad Juárez", 31.69, -106.42, "America/Ciudad_Juarez"],
  ["Ciudad Acuña", 29.32, -100.93, "America/Matamoros"],
  ["Tijuana", 32.51, -117.03, "America/Tijuana"],
];
const hour = (timeZone) =>
  new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }).format(NOON);
for (const [name, latitude, longitude, there] of PLACES) {
  const given = zoneAt(latitude, longitude);
  console.log(`${name}: ${given}, ${hour(given)} (there: ${there}, ${hour(there)})`);
}
JS
seen=$(node ask.js)
printf '%s\n' "$seen"
[[ $seen == "Ciudad Juárez: America/Ojinaga, 12:00 (there: America/Ciudad_Juarez, 11:00)
Ciudad Acuña: America/Chicago, 12:00 (there: America/Matamoros, 12:00)
Tijuana: America/Tijuana, 10:00 (there: America/Tijuana, 10:00)" ]]
