"""What all fields of the API share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields

from portal.web.fields import messages

REFUSED = object()


class ApiField(fields.Field[Any]):
    """What all our fields share.

    `alias` is an English name that is accepted too; `blank` is what null and "" stand for
    (without it they are refused, or null is let through by `allow_none`).
    """

    default_error_messages = messages.EVERY

    def __init__(
        self, *, alias: str | None = None, blank: Any = REFUSED, about: str = "", **options: Any
    ) -> None:
        also = f"También se acepta como `{alias}`." if alias else ""
        description = " ".join(filter(None, (about, also)))
        if description:
            options["metadata"] = {"description": description, **(options.get("metadata") or {})}
        if blank is not REFUSED:
            options.setdefault("allow_none", True)
            options.setdefault("load_default", blank)
        super().__init__(**options)
        self.alias = alias
        self.blank = blank

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kw: Any
    ) -> Any:
        """The value, checked. Raises ValidationError."""
        if self.blank is not REFUSED and (value is None or value == ""):
            return self.blank
        return super().deserialize(value, attr, data, **kw)


def extra_checks(options: dict[str, Any]) -> Sequence[Any]:
    """The validators that a caller gave besides the field's own, taken out of `options`."""
    found = options.pop("validate", None) or []
    return found if isinstance(found, (list, tuple)) else [found]
