#!/usr/bin/env bash
# Where: WebKitGTK 2.50.6-1~deb12u2 (Debian 12: apt-get install webkit2gtk-driver xvfb), driven by
# selenium 4.36.0 (PyPI), CPython 3.11.
#
# Guessed: a script whose answer ends before it is whole is not run, and tells so by `error`, however
# its length is told: RFC 9112, 8, calls an answer without its last chunk incomplete, and Chromium 156
# says ERR_INCOMPLETE_CHUNKED_ENCODING.
#
# Seen: where the connection ends between two chunks, as a server or a proxy cuts it that is
# restarted, what has come is run, `load` is told, and `fetch` gives it as the whole text. With a
# Content-Length, or in the middle of a chunk, it is `error`.
#
#   whole, in chunks: load, runs 2 of 2 parts; fetch: whole
#   cut between chunks: load, runs 1 of 2 parts; fetch: half
#   cut within a chunk: error, runs 0 of 2 parts; fetch: error
#   cut, with a length: error, runs 0 of 2 parts; fetch: error
#
# What helps: `load` is no proof that a script is there: ask for what its last line makes, and have
# JSON, which half of it is not, where a text would do.
set -euo pipefail

for command in WebKitWebDriver Xvfb; do
  command -v "$command" >/dev/null || { echo "apt-get install webkit2gtk-driver xvfb" >&2; exit 1; }
done
[[ $(dpkg-query -W -f '${Version}' webkit2gtk-driver) == 2.50.6-1~deb12u2 ]]

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -q --disable-pip-version-check selenium==4.36.0

cat >look.py <<'PY'
import atexit
import glob
import os
import shutil
import socketserver
import subprocess
import threading

from selenium import webdriver
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

FIRST, SECOND = b"window.first = 1;\n", b"window.second = 1;\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\nCache-Control: no-store\r\n"
CHUNKED, LENGTH = b"Transfer-Encoding: chunked\r\n\r\n", b"Content-Length: 37\r\n\r\n"


def chunk(part):
    return b"%x\r\n%s\r\n" % (len(part), part)


ANSWERS = {
    "whole, in chunks": CHUNKED + chunk(FIRST) + chunk(SECOND) + chunk(b""),
    "cut between chunks": CHUNKED + chunk(FIRST),
    "cut within a chunk": CHUNKED + chunk(FIRST) + chunk(SECOND)[:9],
    "cut, with a length": LENGTH + FIRST,
}
LOOK = """
const [address, done] = arguments;
delete window.first; delete window.second;
const script = document.createElement("script");
script.src = address;
const tell = (what) => fetch(address).then((answer) => answer.text()).then(
  (text) => done([what, (window.first || 0) + (window.second || 0), text.length < 30 ? "half" : "whole"]),
  () => done([what, (window.first || 0) + (window.second || 0), "error"]));
script.onload = () => tell("load");
script.onerror = () => tell("error");
document.head.append(script);
"""


class Server(socketserver.StreamRequestHandler):
    def handle(self):
        path = self.rfile.readline().split()[1].decode().strip("/")
        while self.rfile.readline().strip():
            pass
        if path.isdecimal():
            self.wfile.write(HEAD + list(ANSWERS.values())[int(path)])
        else:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\n.")


class Threads(socketserver.ThreadingTCPServer):
    daemon_threads = True


server = Threads(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
display = subprocess.Popen(
    ["Xvfb", "-displayfd", "1", "-screen", "0", "390x844x24", "-nolisten", "tcp"],
    stdout=subprocess.PIPE,
    stderr=subprocess.DEVNULL,
)
atexit.register(display.terminate)
os.environ |= {
    "DISPLAY": ":" + display.stdout.readline().decode().strip(),
    "HOME": os.getcwd(),
    "GDK_BACKEND": "x11",
    "NO_AT_BRIDGE": "1",
    "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
    "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
}
options = Options()
options.binary_location = glob.glob("/usr/lib/*/webkit2gtk-4.*/MiniBrowser")[0]
options.add_argument("--automation")
options.set_capability("proxy", {"proxyType": "direct"})
driver = webdriver.WebKitGTK(options=options, service=Service(shutil.which("WebKitWebDriver")))
try:
    driver.set_script_timeout(60)
    driver.get("http://127.0.0.1:%d/" % server.server_address[1])
    for number, name in enumerate(ANSWERS):
        what, parts, fetched = driver.execute_async_script(LOOK, "/%d" % number)
        print(f"{name}: {what}, runs {parts} of 2 parts; fetch: {fetched}")
finally:
    driver.quit()
PY
seen=$(venv/bin/python look.py)
printf '%s\n' "$seen"
[[ $seen == 'whole, in chunks: load, runs 2 of 2 parts; fetch: whole
cut between chunks: load, runs 1 of 2 parts; fetch: half
cut within a chunk: error, runs 0 of 2 parts; fetch: error
cut, with a length: error, runs 0 of 2 parts; fetch: error' ]]
