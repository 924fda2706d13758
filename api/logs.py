"""Structured logs: one JSON object a line on stderr, without questions, texts or addresses."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

ACCESS = logging.getLogger("ibid.access")
SERVICE = logging.getLogger("ibid.service")


class JsonLines(logging.Formatter):
    """A record as one JSON object; `extra={"fields": {...}}` adds members."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. Control characters are escaped, so one record is one line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            # The frames only: an exception's message may hold what somebody asked.
            line["frames"] = traceback.format_tb(record.exc_info[2])
        return json.dumps(line, ensure_ascii=True)


def configure_logs() -> None:
    """Send our log and the server's to stderr as JSON lines; drop the server's access log.

    The server's own access log would write questions (`/?q=`) into the log.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("ibid", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(logging.INFO)
        logger.propagate = False
    logging.getLogger("uvicorn.error").handlers.clear()
    access = logging.getLogger("uvicorn.access")
    access.handlers.clear()
    access.propagate = False
