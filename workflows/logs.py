"""How every process logs: one line per event; a traceback without the values of variables.

Values would put password hashes, tokens and people's data into the log.
"""

from __future__ import annotations

import sys

import structlog


def configure() -> None:
    """Set structlog up; calling it again is harmless."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),  # not stdout: --json is there
        cache_logger_on_first_use=False,
    )
