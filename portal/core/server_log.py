"""Write what gunicorn says in the form of all our logs: one line of JSON an event."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from portal.core.logs import line_formatter


class ServerLog(Logger):  # type: ignore[misc]
    """Log for gunicorn, its requests too where `--access-logfile` is given."""

    def setup(self, cfg: Any) -> None:
        """Set its loggers up, and have them write our lines."""
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(line_formatter())

    def access(self, resp: Any, req: Any, environ: Any, request_time: timedelta) -> None:
        """Log a request as fields. The path of a purchase opens it: only its beginning is told."""
        if self.access_log_enabled:
            fields = {
                "method": req.method,
                "path": req.path,
                "status": resp.status_code,
                "bytes": getattr(resp, "sent", None),
                "peer": environ.get("REMOTE_ADDR"),
                "ms": round(request_time / timedelta(milliseconds=1), 1),
            }
            self.access_log.info("served", extra=fields)
