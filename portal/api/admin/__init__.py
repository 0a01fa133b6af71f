"""Serve what operators call with their session, each for their own company."""

from portal.api.admin import alerts, company, gateway, online, pictures, products, routers, sales

BLUEPRINTS = (
    company.blueprint,
    alerts.blueprint,
    alerts.tests,
    gateway.blueprint,
    routers.blueprint,
    online.blueprint,
    online.gifts,
    products.blueprint,
    pictures.blueprint,
    sales.blueprint,
)
