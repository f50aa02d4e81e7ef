"""How far the work is, on stderr: live bars on a terminal, plain lines with --plain, nothing when piped or --quiet."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, TextIO

from shotwright.cli.text import cut_to, duration, note, width_of
from shotwright.domain.job import Event

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

Manner = Literal["live", "plain", "quiet"]

WORDS = {
    "submitting": "ordering",
    "made": "made",
    "unclear": "unclear: was it accepted?",
}
ENDED = frozenset({"made", "done", "failed", "cancelled", "unclear"})
PROMPT_CELLS = 30
ECHO_CELLS = 4
"""Room at the right for the ^C that a terminal prints; without it the line breaks and a bar stays behind."""
SHOTS_SHARE = 0.95
"""What of the film's bar the shots fill, as in the fraction of a job."""


def manner(*, quiet: bool, plain: bool) -> Manner:
    """How progress is shown with these flags on this stderr."""
    if quiet:
        return "quiet"
    if plain:
        return "plain"
    return "live" if sys.stderr.isatty() else "quiet"


class Reporter(AbstractContextManager["Reporter"]):
    """Takes the events of one job. Remembers which shots were reused (`reused`), and the job's id (`job`)."""

    def __init__(self, prompts: Sequence[str] = ()) -> None:
        self.prompts = list(prompts)
        self.reused: set[int] = set()
        self.job = ""

    def __call__(self, event: Event) -> None:
        self.job = event.job or self.job
        if event.reused and event.shot is not None:
            self.reused.add(event.shot)
        self.show(event)

    def show(self, event: Event) -> None:
        """Nothing is shown by a quiet reporter."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def name_of(self, shot: int | None) -> str:
        if shot is None:
            return "film"
        prompt = self.prompts[shot - 1] if shot <= len(self.prompts) else ""
        return f"{shot}  {prompt}" if prompt else f"{shot}  shot {shot}"


class PlainReporter(Reporter):
    """One line for each change of stage, for logs and screen readers."""

    def __init__(self, prompts: Sequence[str] = ()) -> None:
        super().__init__(prompts)
        self._last: dict[int | None, str] = {}

    def show(self, event: Event) -> None:
        word = stage_word(event)
        if self._last.get(event.shot) == word:
            return
        self._last[event.shot] = word
        place = "film" if event.shot is None else f"shot {event.shot}"
        tail = f"  {event.message}" if event.message else ""
        note(f"{place}  {word}{left_words(event)}{tail}")


class LiveReporter(Reporter):
    """One Rich bar for each shot and one for the film. Quietly redrawn, and gone when the work is over."""

    def __init__(self, prompts: Sequence[str] = ()) -> None:
        super().__init__(prompts)
        self._progress = _bars()
        self._rows: dict[int | None, TaskID] = {}

    def __enter__(self) -> Self:
        for shot in range(1, len(self.prompts) + 1):
            self._row(shot)
        self._progress.start()
        self._log_to(sys.stderr)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()
        self._log_to(sys.stderr)

    def _log_to(self, stream: TextIO) -> None:
        """Warnings go where the bars leave room for them: Rich puts a stream of its own in place of stderr."""
        for handler in logging.getLogger("shotwright").handlers:
            if type(handler) is logging.StreamHandler:
                handler.setStream(stream)

    def show(self, event: Event) -> None:
        row = self._row(event.shot)
        word = stage_word(event)
        if event.stage in ("made", "done"):
            self._progress.update(row, completed=1.0, stage=word, left="")
        else:
            self._progress.update(row, completed=_share(event), stage=word, left=left_words(event, short=True))

    def _row(self, shot: int | None) -> TaskID:
        if shot not in self._rows:
            text = _escaped(cut_to(self.name_of(shot), min(PROMPT_CELLS, width_of(sys.stderr) // 3)))
            self._rows[shot] = self._progress.add_task(text, total=1.0, stage="waiting", left="")
        return self._rows[shot]


def reporter(chosen: Manner, prompts: Sequence[str] = ()) -> Reporter:
    if chosen == "live":
        return LiveReporter(prompts)
    return PlainReporter(prompts) if chosen == "plain" else Reporter(prompts)


def stage_word(event: Event) -> str:
    """The word for a stage on screen: "reused" for a stored take, else the stage itself."""
    if event.reused and event.stage == "made":
        return "reused"
    return WORDS.get(event.stage, event.stage)


def left_words(event: Event, *, short: bool = False) -> str:
    """The time left, where it is known and the stage has not ended."""
    if event.left is None or event.stage in ENDED:
        return ""
    return duration(event.left) if short else f", about {duration(event.left)} left"


def _share(event: Event) -> float | None:
    """How much of its bar an event fills: cutting is the last part of the film's bar."""
    if event.shot is None and event.stage == "cutting":
        return SHOTS_SHARE + (1 - SHOTS_SHARE) * (event.fraction or 0.0)
    return event.fraction


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _bars() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    return Progress(
        TextColumn("  {task.description}"),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        TextColumn("{task.fields[stage]:<9}"),
        TextColumn("{task.fields[left]}", style="dim"),
        console=Console(stderr=True, highlight=False, width=width_of(sys.stderr) - ECHO_CELLS),
        transient=True,
        expand=True,
        refresh_per_second=8,
    )
