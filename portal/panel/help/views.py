"""Show the help: all of its pages by name, and each of them."""

from __future__ import annotations

from flask import Response

from portal.core.errors import NotFound
from portal.panel.audience import ANYBODY_LOGGED_IN
from portal.panel.blueprint import blueprint
from portal.panel.help.topics import BY_SLUG, TOPICS
from portal.panel.rendering import page


@blueprint.page("/ayuda", ANYBODY_LOGGED_IN)
def help_list() -> Response:
    """List the tasks that are told."""
    return page("help/list", topics=TOPICS)


@blueprint.page("/ayuda/<slug>", ANYBODY_LOGGED_IN)
def help_page(slug: str) -> Response:
    """Tell how one is done. Raises NotFound."""
    topic = BY_SLUG.get(slug)
    if topic is None:
        raise NotFound
    return page(topic.template, topic=topic)
