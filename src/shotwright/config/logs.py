"""Logs: concise on the console, everything in a rotating file; secrets and the bytes of pictures stay out of both."""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys

from shotwright.config.settings import Settings
from shotwright.errors import EnvironmentProblem

_FILE_BYTES = 5 << 20
_FILES = 5
_QUIET = ("dbos", "alembic", "sqlalchemy", "httpx2", "httpcore2", "PIL", "asyncio", "filelock")

_PATTERNS = (
    re.compile(
        r"(?i)\b(authorization|x-api-key|api-key|x-goog-api-key)(['\"]?\s*[:=]\s*['\"]?)(bearer\s+)?[^\s'\",}]+"
    ),
    re.compile(r"(?i)\b(bearer)(\s+)()[A-Za-z0-9._~+/=-]{8,}"),
    re.compile(r"\b(sk|sw|key|r8)([-_])()[A-Za-z0-9_-]{16,}"),
)
_BYTES = re.compile(r"(data:[\w/+.-]+;base64,)?[A-Za-z0-9+/]{200,}={0,2}")


class Redactor(logging.Filter):
    """Known secrets first, then what looks like one; long base64 becomes its length. Tracebacks included."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__()
        self._secrets = tuple(sorted((text for text in secrets if len(text) >= 4), key=len, reverse=True))

    def clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        for pattern in _PATTERNS:
            text = pattern.sub(r"\1\2\3***", text)
        return _BYTES.sub(lambda match: f"<{len(match[0])} characters of data>", text)

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = self.clean(record.getMessage())
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.clean(record.exc_text)
        return True


class _FirstLine(logging.Formatter):
    """What happened, without its traceback: that is in the file."""

    def format(self, record: logging.LogRecord) -> str:
        return record.getMessage().partition("\n")[0]


def set_up(settings: Settings, *, verbose: bool = False) -> None:
    """Console: warnings, or everything with `verbose`. File: everything, under the home's `logs/`.

    Raises EnvironmentProblem where the home can't be written.
    """
    root = logging.getLogger("shotwright")
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    redactor = Redactor(settings.secrets())
    console = logging.StreamHandler(sys.stderr)
    console.setLevel(logging.DEBUG if verbose else logging.WARNING)
    console.setFormatter(logging.Formatter("%(message)s") if verbose else _FirstLine("%(message)s"))
    try:
        settings.log_dir.mkdir(parents=True, exist_ok=True)
        file: logging.Handler = logging.handlers.RotatingFileHandler(
            settings.log_dir / "shotwright.log", maxBytes=_FILE_BYTES, backupCount=_FILES, encoding="utf-8"
        )
    except OSError as error:
        raise EnvironmentProblem(
            f"the home {settings.home} can't be written: {error}",
            hint="choose another folder with SHOTWRIGHT_HOME",
        ) from error
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"))
    for handler in (console, file):
        handler.addFilter(redactor)
        root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    root.propagate = False
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
