"""How much of the house one sale walks through."""

from __future__ import annotations

from tests.support.shop import MAC, OpenShop
from tests.support.structure.call_trace import traced

# Order-first, connected by itself, on warm lines; the sandboxes are not counted.
MOST_FILES = 48


def test_a_sale_passes_through_few_files(open_a_shop: OpenShop) -> None:
    # However long the machine takes, what the first sale read of the key is still trusted.
    shop = open_a_shop(cache_seconds=3600.0)
    other = "02:00:00:00:00:01"
    assert shop.buy(conexion_automatica=True, mac_cliente=other, ip_cliente=None).status_code == 200
    with traced() as trace:
        answer = shop.buy(conexion_automatica=True, mac_cliente=MAC)
    assert answer.json["auto_conexion"]["estado"] == "conectado"
    print(f"one automatic sale: {trace}")
    print("\n".join(trace.files))
    assert len(trace.files) <= MOST_FILES
