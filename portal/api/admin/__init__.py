"""Serve what operators call with their session, each for their own company."""

from portal.api.admin import (
    alerts,
    company,
    gateway,
    history,
    people,
    pictures,
    products,
    routers,
    sales,
)

BLUEPRINTS = (
    company.blueprint,
    alerts.blueprint,
    alerts.tests,
    gateway.blueprint,
    routers.blueprint,
    products.blueprint,
    pictures.blueprint,
    sales.blueprint,
    history.blueprint,
    people.blueprint,
)
