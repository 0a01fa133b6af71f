"""Serve what operators call with their session, each for their own company."""

from portal.api.admin import company, gateway, pictures, products, routers, sales

BLUEPRINTS = (
    company.blueprint,
    gateway.blueprint,
    routers.blueprint,
    products.blueprint,
    pictures.blueprint,
    sales.blueprint,
)
