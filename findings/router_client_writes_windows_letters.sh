#!/usr/bin/env bash
# Where: node-routeros 1.6.9 (the most used client of MikroTik's API for Node), npm, Node 20.
#
# Guessed: a client of a router whose other tools write UTF-8 writes and reads UTF-8, as every string
# of Node's sockets is.
#
# Seen: it speaks Windows-1252, both ways. A hotspot user "Peña" that another tool stored as UTF-8 is
# read as "PeÃ±a"; one that it adds itself is stored as a single byte F1, which is no UTF-8. So names
# written by the two tools never match, and a password with an ñ that was set by one is refused by the
# other. Nothing is raised either way.
#
#   read: PeÃ±a
#   password sent: 636f6e7472617365f161
#
# What helps: names and passwords of plain ASCII, which both write alike.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts node-routeros@1.6.9

cat >ask.js <<'JS'
const net = require("net");
const { RouterOSAPI } = require("node-routeros");

// As much of a router as is asked here: sentences of words below 128 bytes, replies with their tag.
const sentence = (...words) =>
  Buffer.concat([...words.map((word) => {
    const bytes = Buffer.from(word, "utf8");
    return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  }), Buffer.from([0])]);

const heard = [];
const server = net.createServer((socket) => {
  let bytes = Buffer.alloc(0), words = [];
  socket.on("error", () => {});
  socket.on("data", (more) => {
    bytes = Buffer.concat([bytes, more]);
    while (bytes.length && bytes.length > bytes[0]) {
      const word = bytes.subarray(1, 1 + bytes[0]);
      bytes = bytes.subarray(1 + bytes[0]);
      if (word.length) { words.push(word); continue; }
      heard.push(words);
      const tag = words.map(String).find((each) => each.startsWith(".tag="));
      const isPrint = String(words[0]).endsWith("/print");
      if (isPrint) socket.write(sentence("!re", tag, "=.id=*1", "=name=Peña"));
      socket.write(sentence("!done", tag));
      words = [];
    }
  });
});
server.listen(0, "127.0.0.1", async () => {
  const port = server.address().port;
  const given = { host: "127.0.0.1", port, user: "portal", password: "contraseña", timeout: 5 };
  const router = new RouterOSAPI(given);
  await router.connect();
  const [user] = await router.write("/ip/hotspot/user/print");
  const sent = heard[0].find((word) => String(word).startsWith("=password="));
  console.log(`read: ${user.name}`);
  console.log(`password sent: ${sent.subarray("=password=".length).toString("hex")}`);
  process.exit();
});
JS
seen=$(node ask.js)
printf '%s\n' "$seen"
[[ $seen == "read: PeÃ±a
password sent: 636f6e7472617365f161" ]]
