"""Serve what operators call with their session, each for their own company."""

from portal.api.admin import (
    alerts,
    company,
    gateway,
    history,
    online,
    people,
    pictures,
    products,
    router_kit,
    routers,
    sales,
    voucher_batches,
    voucher_import,
    vouchers,
)

BLUEPRINTS = (
    company.blueprint,
    alerts.blueprint,
    alerts.tests,
    gateway.blueprint,
    routers.blueprint,
    router_kit.blueprint,
    online.blueprint,
    online.gifts,
    products.blueprint,
    pictures.blueprint,
    sales.blueprint,
    vouchers.counter,
    vouchers.accounts,
    voucher_batches.blueprint,
    voucher_import.blueprint,
    history.blueprint,
    people.blueprint,
)
