#!/usr/bin/env bash
# Where: conekta 9.0.0 (the gateway's own Python library), pydantic 2, CPython 3.11.
#
# Guessed: the gateway's own library reads whatever its API's published examples show, a paid order
# with a coupon among them; a field that is not there is None.
#
# Seen: a discount line without `parent_id`, as its OpenAPI 2.3.0 shows one in an example answer, makes
# the whole order unreadable. The library asks the answer for the field, gets None, and its own model
# takes a string alone: `get_order_by_id` raises pydantic's ValidationError (not an ApiException, so
# that a handler for the API's errors does not catch it). Who asks whether a sale is paid learns
# nothing, though the answer said `paid`; with the field there, the same order is read.
#
#   with parent_id: paid
#   without: ValidationError, is an ApiException: False
#
# What helps: read the few fields that decide over money oneself, and take no other for granted.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -q --disable-pip-version-check conekta==9.0.0

cat >read_order.py <<'PY'
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import conekta

line = {"id": "dis_1", "object": "discount_line", "amount": 500, "code": "HOLA", "type": "coupon"}
order = {
    "id": "ord_1", "object": "order", "livemode": False, "amount": 1500, "currency": "MXN",
    "payment_status": "paid", "amount_refunded": 0, "metadata": {},
    "created_at": 1764374400, "updated_at": 1764374400,
}


class Api(BaseHTTPRequestHandler):
    def do_GET(self):
        lines = [line | {"parent_id": "ord_1"} if self.path.endswith("with") else line]
        listed = {"object": "list", "has_more": False, "total": 1, "data": lines}
        body = json.dumps(order | {"discount_lines": listed}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
threading.Thread(target=server.serve_forever, daemon=True).start()
settings = conekta.Configuration(host=f"http://127.0.0.1:{server.server_port}", access_token="key_1")
orders = conekta.OrdersApi(conekta.ApiClient(settings))
print("with parent_id:", orders.get_order_by_id("with").payment_status)
try:
    print("without:", orders.get_order_by_id("without").payment_status)
except Exception as error:
    known = isinstance(error, conekta.ApiException)
    print(f"without: {type(error).__name__}, is an ApiException: {known}")
PY
seen=$(venv/bin/python -W ignore read_order.py)
printf '%s\n' "$seen"
[[ $seen == "with parent_id: paid
without: ValidationError, is an ApiException: False" ]]
