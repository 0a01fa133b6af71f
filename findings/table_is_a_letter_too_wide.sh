#!/usr/bin/env bash
# Where: node-thermal-printer 4.6.1 (receipts by ESC/POS), npm, Node 20.
#
# Guessed: columns that are given as shares of the paper's width fill a line of it at most: 60 % and
# 40 % of the 32 letters of a 58 mm roll are 19 and 13.
#
# Seen: each share is rounded up by itself, so that the line has 33 letters wherever a share is no whole
# number of letters, and the printer breaks it: the price's last digit stands alone on the next line.
# 48 letters at 80 mm fare alike; halves, and quarters of 48, fit.
#
#   32 letters in 60+40 %: 33
#   42 letters in 50+25+25 %: 43
#   48 letters in 70+30 %: 49
#   32 letters in 50+50 %: 32
#   32 letters in 19+13: 32
#
# What helps: `cols`, a whole number of letters for each column, in place of `width`.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts node-thermal-printer@4.6.1

cat >print.js <<'JS'
const { ThermalPrinter, PrinterTypes, CharacterSet } = require("node-thermal-printer");

const PAPERS = [[32, [60, 40]], [42, [50, 25, 25]], [48, [70, 30]], [32, [50, 50]]];
const printer = (width) => new ThermalPrinter({
  type: PrinterTypes.EPSON, interface: "tcp://127.0.0.1:9100", width,
  characterSet: CharacterSet.PC850_MULTILINGUAL,
});
const printed = (given) => given.getBuffer().toString("latin1").replace(/\x1bt./g, "").split("\n")[0];
for (const [letters, shares] of PAPERS) {
  const given = printer(letters);
  given.tableCustom(shares.map((share, at) => at === 0
    ? { text: "1 Hora", align: "LEFT", width: share / 100 }
    : { text: "$20.00", align: "RIGHT", width: share / 100 }));
  console.log(`${letters} letters in ${shares.join("+")} %: ${printed(given).length}`);
}
const given = printer(32);
given.tableCustom([{ text: "1 Hora", align: "LEFT", cols: 19 }, { text: "$20.00", align: "RIGHT", cols: 13 }]);
console.log(`32 letters in 19+13: ${printed(given).length}`);
JS
seen=$(node print.js)
printf '%s\n' "$seen"
[[ $seen == "32 letters in 60+40 %: 33
42 letters in 50+25+25 %: 43
48 letters in 70+30 %: 49
32 letters in 50+50 %: 32
32 letters in 19+13: 32" ]]
