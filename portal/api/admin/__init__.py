"""What operators call with their session, each for their own company."""

from portal.api.admin import company, gateway, products, routers

BLUEPRINTS = (
    company.blueprint,
    gateway.blueprint,
    routers.blueprint,
    products.blueprint,
)
