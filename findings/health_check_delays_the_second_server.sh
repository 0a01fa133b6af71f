#!/usr/bin/env bash
# Where: radsecproxy 1.9.2 (Debian 12's 1.9.2-2+deb12u1), RADIUS over TLS, two servers for a realm.
#
# Guessed: `StatusServer on` has the proxy ask its servers whether they live (RFC 5997), so that one
# that falls silent is left for the second one sooner than without such questions, or as soon.
#
# Seen: it is left later, or never. Without it, one question that stays unanswered for ten seconds is
# enough. With it, lost questions count for nothing and a Status-Server alone decides, sent after some
# 25 seconds and waited for another ten: for 36 seconds every login goes to the silent server and is
# lost. Where that server answers Status-Server and no login (its database is away), the second one is
# never asked. `minimal` and `auto` fare as `on`.
#
#   StatusServer off: second server asked within 15 s
#   StatusServer on: second server asked within 45 s, not within 30 s
#   StatusServer on, and answered: second server not asked within 60 s
#
# What helps: leave it off (as it is by default) where there are two servers.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
apt-get download -qq radsecproxy=1.9.2-2+deb12u1
dpkg-deb -x radsecproxy_*.deb root
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=server -out cert.pem -keyout key.pem 2>/dev/null

cat >ask.py <<'PYTHON'
import hashlib, os, socket, ssl, struct, subprocess, sys, threading, time
from itertools import count

ACCESS_REQUEST, ACCESS_ACCEPT, STATUS_SERVER = 1, 2, 12
CONF = """
ListenUDP 127.0.0.1:{port}
tls default {{
    CACertificateFile cert.pem
    CertificateFile cert.pem
    CertificateKeyFile key.pem
}}
client 127.0.0.1 {{
    type udp
    secret radsec
}}
{servers}
realm * {{
    server first
    server second
}}
"""
SERVER = """
server {name} {{
    host 127.0.0.1
    port {port}
    type tls
    secret radsec
    CertificateNameCheck off
    StatusServer {status}
}}
"""


class Server:
    """Answers the codes in `answers`, whatever they ask."""

    def __init__(self, answers):
        self.answers = answers
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain("cert.pem", "key.pem")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.connected = threading.Event()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            with self.context.wrap_socket(self.listener.accept()[0], server_side=True) as line:
                self.connected.set()
                stream = line.makefile("rb")
                while head := stream.read(4):
                    code, number, size = struct.unpack("!BBH", head)
                    rest = stream.read(size - 4)
                    if code in self.answers:
                        start = struct.pack("!BBH", ACCESS_ACCEPT, number, 20)
                        line.sendall(start + hashlib.md5(start + rest[:16] + b"radsec").digest())


def seconds_until_let_in(status, first_answers, patience):
    """Have the first server fall silent, log in each second; None: nobody was within `patience`."""
    everything = {ACCESS_REQUEST, STATUS_SERVER}
    first, second = Server(everything), Server(everything)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    named = zip(("first", "second"), (first, second))
    servers = "".join(SERVER.format(name=n, port=s.port, status=status) for n, s in named)
    with open(f"{port}.conf", "w") as file:
        file.write(CONF.format(port=port, servers=servers))
    proxy = subprocess.Popen(["root/usr/sbin/radsecproxy", "-f", "-c", f"{port}.conf"], stderr=subprocess.DEVNULL)
    try:
        assert first.connected.wait(30) and second.connected.wait(30)
        asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        asking.connect(("127.0.0.1", port))
        assert log_in(asking, 255)
        first.answers = first_answers
        began = time.monotonic()
        for number in count():
            if log_in(asking, number):
                return time.monotonic() - began
            if time.monotonic() - began > patience:
                return None
    finally:
        proxy.kill()
        proxy.wait()


def log_in(asking, number):
    name, challenge = b"ana", os.urandom(16)
    hidden = bytes(a ^ b for a, b in zip(name.ljust(16, b"\0"), hashlib.md5(b"radsec" + challenge).digest()))
    attributes = bytes([1, 2 + len(name)]) + name + bytes([2, 18]) + hidden
    asking.send(struct.pack("!BBH", ACCESS_REQUEST, number, 20 + len(attributes)) + challenge + attributes)
    asking.settimeout(1)
    began = time.monotonic()
    try:
        return bool(asking.recv(4096))
    except (TimeoutError, ConnectionError):
        time.sleep(max(0, began + 1 - time.monotonic()))
        return False


taken = {}
cases = {"off": ("off", set(), 90), "on": ("on", set(), 90), "answered": ("on", {STATUS_SERVER}, 60)}
threads = [threading.Thread(target=lambda n=n, c=c: taken.update({n: seconds_until_let_in(*c)})) for n, c in cases.items()]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(taken, file=sys.stderr)
late = ", not within 30 s" if (taken["on"] or 0) > 30 else ""
print("StatusServer off: second server asked", "within 15 s" if (taken["off"] or 99) < 15 else "late")
print("StatusServer on: second server asked", ("within 45 s" if (taken["on"] or 99) < 45 else "late") + late)
print("StatusServer on, and answered: second server", "asked" if taken["answered"] else "not asked within 60 s")
PYTHON
seen=$("${PYTHON:-python3}" ask.py)
printf '%s\n' "$seen"
[[ $seen == "StatusServer off: second server asked within 15 s
StatusServer on: second server asked within 45 s, not within 30 s
StatusServer on, and answered: second server not asked within 60 s" ]]
