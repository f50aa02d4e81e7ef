"""Progress: quiet when piped, plain lines when asked for, bars on a terminal; what was reused is remembered."""

from __future__ import annotations

import pytest

from shotwright.cli.progress import LiveReporter, PlainReporter, Reporter, manner, reporter
from shotwright.domain.job import Event

EVENTS = (
    Event("j-1", "queued", shot=1),
    Event("j-1", "making", shot=1, fraction=0.25, left=90.0),
    Event("j-1", "making", shot=1, fraction=0.5, left=40.0),
    Event("j-1", "made", shot=2, reused=True),
    Event("j-1", "made", shot=1, fraction=1.0),
    Event("j-1", "cutting", fraction=0.5),
    Event("j-1", "done", fraction=1.0),
)


def test_a_pipe_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    assert manner(quiet=False, plain=False) == "quiet"
    assert manner(quiet=False, plain=True) == "plain"
    assert manner(quiet=True, plain=True) == "quiet"
    with reporter("quiet") as seen:
        for event in EVENTS:
            seen(event)
    assert capsys.readouterr() == ("", "")
    assert (seen.reused, seen.job) == ({2}, "j-1")


def test_plain_lines_say_each_stage_once(capsys: pytest.CaptureFixture[str]) -> None:
    with PlainReporter() as seen:
        for event in EVENTS:
            seen(event)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        "shot 1  queued",
        "shot 1  making, about 1 min 30 s left",
        "shot 2  reused",
        "shot 1  made",
        "film  cutting",
        "film  done",
    ]


def test_bars_show_prompts_and_leave_nothing_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    with LiveReporter(["harbour [bold]at dawn", "rain"]) as seen:
        for event in EVENTS:
            seen(event)
    assert capsys.readouterr().out == ""
    assert isinstance(seen, Reporter)
    assert seen.reused == {2}
