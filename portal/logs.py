"""Structured logs: one line of JSON an event, with request and sale, without secrets."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

SECRETS = re.compile(
    r"jwt_[\w.-]+|eyJ[\w-]+\.[\w-]+\.[\w-]*|\btok_\w+|\bkey_[A-Za-z0-9]{17,}|\b\d{13,19}\b"
)
MASK = "[oculto]"
CHATTY = ("librouteros", "urllib3", "requests", "werkzeug")


def configure_logs(level: str) -> None:
    """Set structlog up for this process. librouteros would log passwords at DEBUG: never."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            mask_secrets,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level.upper()),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def mask_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The last line of defence: whatever looks like a key, token or card number is masked."""
    return {name: _masked(value) for name, value in event.items()}


def _masked(value: Any) -> Any:
    return SECRETS.sub(MASK, value) if isinstance(value, str) else value


def log() -> Any:
    """The logger. Its `info`, `warning` and `error` take an event's name and its fields."""
    return structlog.get_logger()
