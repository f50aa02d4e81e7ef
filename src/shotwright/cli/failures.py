"""Errors on screen: what happened, whether it was charged, whether it may be tried again, and what to do."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import Any

from shotwright.cli.text import cells, cut_to, labelled, note, say, short_path, styled, width_of, wrapped
from shotwright.errors import Charged, JobStopped, ShotwrightError

CHARGED = {
    "no": "Nothing was charged.",
    "yes": "It was charged.",
    "unknown": "Whether it was charged is not known.",
}


UNEXPECTED_CELLS = 200


def show(error: ShotwrightError, *, as_json: bool) -> int:
    """Render an error to stderr (to stdout as JSON) and return the exit status."""
    if as_json:
        say(json.dumps({"error": error.as_json()}, indent=2, ensure_ascii=False))
    else:
        note(*lines(error))
    return error.exit_status


def lines(error: ShotwrightError) -> list[str]:
    width = width_of(sys.stderr)
    if isinstance(error, JobStopped):
        return [*wrapped(error.message, width), *ways_on(error.hint or "", width)]
    shown = labelled("error", said(error), width)
    untold = [cause for cause in error.as_json().get("causes", ()) if str(cause.get("message")) not in error.message]
    for cause in untold:
        shown += labelled("", cause_text(cause), width)
    shown += labelled("", f"{CHARGED[error.charged.value]} {again(error.charged, error.retry)}", width)
    if error.hint:
        shown += labelled("do", error.hint, width)
    shown[0] = styled("error", "red", sys.stderr) + shown[0][len("error") :]
    return shown


def ways_on(hint: str, width: int) -> list[str]:
    """The ways to go on in one line, or each in its own where the terminal is narrower."""
    if cells(hint) <= width:
        return [hint] if hint else []
    return [way.strip() for way in re.split(r" {3,}", hint)]


def said(error: ShotwrightError) -> str:
    """What happened, with the file named as the person would write it here."""
    file = getattr(error, "file", None)
    return str(error).replace(file, short_path(file)) if file else str(error)


def cause_text(cause: Mapping[str, Any]) -> str:
    """One failed shot of a job: "shot 3: what happened (hint)"."""
    place = f"shot {cause['shot']}: " if cause.get("shot") else ""
    hint = f" ({cause['hint']})" if cause.get("hint") else ""
    return f"{place}{cause.get('message', 'failed')}{hint}"


def again(charged: Charged, retry: bool) -> str:
    if retry:
        return "It may be tried again."
    if charged is Charged.UNKNOWN:
        return "It is not sent again by itself."
    return "The same again would end the same way."


def usage(message: str, hint: str, *, as_json: bool) -> int:
    """A command line that can't be understood: exit status 2."""
    from shotwright.errors import InvalidInput

    return show(InvalidInput(message, hint=hint), as_json=as_json)


def unexpected(error: BaseException, *, as_json: bool, may_order: bool = True) -> int:
    """A fault of Shotwright itself: short on screen, whole in the log. Returns 1.

    `may_order`: the command could have ordered something paid, so what was charged is not known.
    """
    import logging

    place = log_place()
    if place is not None:
        logging.getLogger("shotwright").debug("unexpected: %s", error, exc_info=error)
    kept = "what was made so far is kept" if may_order else "please report it, if it comes again"
    found = ShotwrightError(
        cut_to(f"{type(error).__name__}: {error}", UNEXPECTED_CELLS),
        hint=f"{kept}; the details are in {place}" if place else kept,
        charged=Charged.UNKNOWN if may_order else Charged.NO,
    )
    return show(found, as_json=as_json)


def log_place() -> str | None:
    """The log file in use, if one is open."""
    import logging

    for handler in logging.getLogger("shotwright").handlers + logging.getLogger().handlers:
        name = getattr(handler, "baseFilename", None)
        if name:
            return str(name)
    return None
