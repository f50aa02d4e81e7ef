"""Every error answers four questions, on screen and as JSON, and ends with the status of its class."""

from __future__ import annotations

import json

import pytest

from shotwright.cli import failures
from shotwright.errors import (
    Charged,
    InvalidInput,
    JobFailed,
    JobStopped,
    NotFound,
    Refused,
    ShotwrightError,
    StoryboardError,
    Unclear,
)


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (
            StoryboardError("tabs can't indent", file="film.yaml", line=7, hint="write spaces"),
            2,
            ["error  film.yaml:7: tabs can't indent", "Nothing was charged.", "do     write spaces"],
        ),
        (NotFound("no job j-9"), 3, ["error  no job j-9"]),
        (Refused("too busy", reason="busy", provider="runway"), 6, ["It may be tried again."]),
        (Unclear("the answer was lost"), 7, ["Whether it was charged is not known.", "not sent again by itself"]),
        (
            JobFailed(
                "1 of 2 shots failed", job="j-1", charged=Charged.YES, causes=({"shot": 2, "message": "refused"},)
            ),
            8,
            ["shot 2: refused", "It was charged.", "It may be tried again."],
        ),
    ],
)
def test_on_screen(error: ShotwrightError, status: int, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert failures.show(error, as_json=False) == status
    printed = capsys.readouterr()
    assert printed.out == ""
    assert [word for word in words if word not in printed.err] == []


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    failures.show(InvalidInput("no", field="fps", hint="write 30"), as_json=True)
    printed = capsys.readouterr()
    document = json.loads(printed.out)["error"]
    assert printed.err == ""
    assert (document["code"], document["charged"], document["retry"]) == ("invalid", "no", False)
    assert (document["hint"], document["field"]) == ("write 30", "fps")


def test_a_stop_says_only_its_own_words(capsys: pytest.CaptureFixture[str]) -> None:
    stop = JobStopped(
        "Stopped. Nothing else will be ordered.", job="j-1", hint="Go on with:  shotwright jobs resume j-1"
    )
    assert failures.show(stop, as_json=False) == 130
    assert capsys.readouterr().err.splitlines() == [stop.message, stop.hint]


def test_ways_to_go_on_stand_below_each_other_where_it_is_narrow() -> None:
    hint = "Go on with:  shotwright jobs resume j-1     Drop it with:  shotwright jobs cancel j-1"
    assert failures.ways_on(hint, 100) == [hint]
    assert failures.ways_on(hint, 80) == [
        "Go on with:  shotwright jobs resume j-1",
        "Drop it with:  shotwright jobs cancel j-1",
    ]


def test_a_fault_of_our_own_is_short(capsys: pytest.CaptureFixture[str]) -> None:
    assert failures.unexpected(ZeroDivisionError("division by zero"), as_json=False) == 1
    printed = capsys.readouterr().err
    assert printed.startswith("error  ZeroDivisionError: division by zero")
    assert "Traceback" not in printed
