"""Write structured logs: one line of JSON an event, with what it is about, without secrets."""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import Any

# Where rich lies about, structlog loads it, and four other libraries with it, for colours on a
# console that no process of ours writes to.
sys.modules.setdefault("rich", None)  # type: ignore[arg-type]

import structlog  # noqa: E402
from structlog.typing import EventDict, WrappedLogger  # noqa: E402

if sys.modules["rich"] is None:
    del sys.modules["rich"]

# Who knows the whole id of a sale or of its order sees the customer's code: lines tell the
# beginning, by which the sale is found.
SECRETS = re.compile(
    r"jwt_[\w.-]+|\bAPP_USR-[\w-]+|\bTEST-[\w-]{16,}|\b[0-9a-f]{32}\.[a-z]{2,20}\b|\b(?:kit|tun)_[0-9a-f]{32}|eyJ[\w-]+\.[\w-]+\.[\w-]*|\btok_\w+|\bkey_[A-Za-z0-9]{17,}"
    r"|\b\d(?:[ -]?\d){12,18}\b|\b(?P<told>(?:sal_|ord_|ORD)\w{8})\w+"
)
# Of those with neither an underscore nor a dot in them, an order's id.
SHORTEST = 12
MASK = "[oculto]"
CHATTY = ("librouteros", "urllib3", "requests", "werkzeug")
OUR_HANDLER = "portal"
DEEPEST = 8
# Made once: json.dumps makes one for each line.
ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)


def configure_logs(level: str) -> None:
    """Set structlog up for this process. librouteros would log passwords at DEBUG: never."""
    structlog.configure(
        processors=[*_beginning(), *_end()],
        wrapper_class=structlog.make_filtering_bound_logger(level.upper()),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    _kept.clear()
    _adopt_libraries()
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _beginning() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
    ]


def _end() -> list[Any]:
    return [
        name_exception,
        mask_secrets,
        # After the look for secrets, which takes a row of digits for what may become a card number.
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        write_json,
    ]


def _adopt_libraries() -> None:
    """What Flask and the libraries say comes out in the same form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.name = OUR_HANDLER
    handler.setFormatter(line_formatter())
    root = logging.getLogger()
    root.handlers = [other for other in root.handlers if other.name != OUR_HANDLER] + [handler]


def line_formatter() -> logging.Formatter:
    """Make the formatter that writes what others log as one line of ours, their fields included."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            *_beginning(),
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_end()],
    )


def name_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Tell an exception's kind and place alone: its text could hold a secret."""
    info = event.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error"], event["where"] = type(error).__name__, where(error)
    return event


def where(error: BaseException) -> list[str]:
    """List the innermost functions that an exception came through, each with its line."""
    lines, step = [], error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        lines.append(f"{code.co_qualname}:{step.tb_lineno}")
        step = step.tb_next
    return lines[-DEEPEST:]


def mask_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask, as the last line of defence, whatever looks like a key, token or card number.

    Of a sale's id and its order's the beginning is left.
    """
    return {name: _masked(value) for name, value in event.items()}


def _masked(value: Any) -> Any:
    return SECRETS.sub(_mask, value) if isinstance(value, str) and _may_hold(value) else value


def _may_hold(text: str) -> bool:
    """Tell at a glance of most words that they are none of `SECRETS`."""
    return len(text) >= SHORTEST or "_" in text or "." in text


def _mask(found: re.Match[str]) -> str:
    return f"{found['told']}…" if found["told"] else MASK


def write_json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """Write an event as one line."""
    return ENCODER.encode(event)


def log() -> Any:
    """Give the logger. Its `info`, `warning` and `error` take an event's name and its fields."""
    if not _kept:
        _kept.append(structlog.get_logger().bind())
    return _kept[0]


# To set one up takes longer than to write a line.
_kept: list[Any] = []
