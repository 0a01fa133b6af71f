"""Let owners make and change what they sell, and see it as their customers will."""

from portal.panel.plans import picture, preview, views

VIEWS = (views, preview, picture)
