"""The lines that people read, made from real values, at 80 columns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from shotwright.cli import catalogue, show
from shotwright.cli.text import cells
from shotwright.domain.asset import Probe
from shotwright.domain.job import JobState, JobView, Plan, PlannedShot
from shotwright.domain.units import FrameRate, Money, Size
from shotwright.providers.catalogue import Catalogue

WIDTH = 80
PLAN = Plan(
    title="The whale",
    shots=(
        PlannedShot(
            shot=1,
            prompt="@keeper walks to the shore, slow push in",
            model="runway/gen4.5",
            action="reuse",
            seconds=Fraction(5),
            cost=Money(),
            why="unchanged since 2026-11-20",
        ),
        PlannedShot(
            shot=2,
            prompt="A whale breathes in the bay",
            model="kling/kling-2.5-turbo",
            action="new",
            seconds=Fraction(5),
            cost=Money.usd("0.35"),
            why="prompt changed",
        ),
        PlannedShot(
            shot=3,
            prompt="鯨が湾で息をする、ゆっくりと近づいていく、空は灰色で雨が降りはじめる",
            model="wavespeed/wavespeed-ai/infinitetalk",
            action="after",
            seconds=Fraction(5),
            cost=Money.usd("0.42"),
            why="after shot 2",
            warnings=("the model makes 5 s or 10 s",),
        ),
    ),
    total=Money.usd("0.77"),
    seconds=Fraction(14),
    cut="smart (3 seams)",
    budget=Money.usd(4),
    prices_read="2026-11-21",
)


@pytest.mark.parametrize("width", [74, 80, 100, 120])
def test_a_plan_fits_and_tells_all(width: int) -> None:
    lines = show.plan_lines(PLAN, width)
    text = "\n".join(lines)
    assert all(cells(line) <= width for line in lines), text
    for shot in PLAN.shots:
        assert shot.model in text
        assert shot.why in text
    assert "reuse" in text
    assert "0.35 USD" in text
    assert "smart (3 seams)" in text
    assert "total 0.77 USD of 4.00 USD · prices read 2026-11-21" in " ".join(text.split())
    assert "shot 3: the model makes 5 s or 10 s" in text.replace("\n       ", " ")


def test_reasons_stand_beside_the_shots_where_there_is_room() -> None:
    plan = replace(PLAN, shots=PLAN.shots[:2])
    wide = show.plan_lines(plan, 116)
    assert wide[0].split() == ["#", "shot", "model", "take", "cost", "why"]
    assert wide[1].endswith("reuse  -         unchanged since 2026-11-20")
    assert wide[2].endswith("new    0.35 USD  prompt changed")


def test_a_free_plan_says_so() -> None:
    shot = replace(PLAN.shots[1], model="animatic/animatic", cost=Money(), why="not made yet")
    lines = show.plan_lines(replace(PLAN, shots=(shot,), total=Money(), budget=None, prices_read=None), WIDTH)
    assert "free" in lines[1]
    assert lines[-1].startswith(" total 0.00 USD · film of")


def test_the_headline_of_a_free_and_of_a_paid_film() -> None:
    size, fps = Size(1920, 1080), FrameRate(Fraction(30))
    assert show.headline(4, size, fps, ["animatic/animatic"] * 4) == (
        "A film in 4 shots · 1920x1080 · 30 fps · animatic (free, nothing leaves this machine)"
    )
    assert show.headline(1, size, fps, ["runway/gen4.5"]) == "A film in 1 shot · 1920x1080 · 30 fps · runway/gen4.5"


def test_shot_lines_have_one_shape() -> None:
    line = show.shot_line(1, "harbour at dawn, slow push in", Fraction(5), "made", WIDTH)
    assert line == "  1  harbour at dawn, slow push in            5.0 s   made"
    long = show.shot_line(12, "words " * 40, Fraction(75), "reused", WIDTH)
    assert cells(long) <= WIDTH
    assert "…" in long
    assert long.endswith("1 min 15.0 s   reused")


JOB = JobView(
    id="j-7f3a",
    kind="film",
    title="The whale",
    state=JobState.PARTIAL,
    created=1_700_000_000.0,
    updated=1_700_000_100.0,
    shots=({"shot": 1, "state": "stored", "stage": "fetching", "model": "runway/gen4.5", "prompt": "a shore"},),
    cost=Money.usd("0.60"),
    output="whale.mp4",
    error={
        "code": "job_failed",
        "message": "1 of 2 shots could not be made",
        "hint": "shotwright jobs resume j-7f3a",
        "causes": [{"shot": 2, "message": "refused for its words", "hint": "write it differently"}],
    },
)


def test_a_list_of_jobs() -> None:
    lines = show.job_lines([JOB, replace(JOB, id="j-1", state=JobState.RUNNING, fraction=0.4)], now=1_700_000_400.0)
    assert lines[0].split() == ["job", "state", "when", "cost", "film"]
    assert lines[1].startswith("j-7f3a  partial      5 min ago  0.60 USD  The whale")
    assert "running 40%" in lines[2]


def test_a_job_says_what_went_wrong_and_what_to_do() -> None:
    text = "\n".join(show.job_page(JOB))
    assert "j-7f3a · The whale" in text
    assert "made · runway/gen4.5 · a shore" in text
    assert "partial · film · 0.60 USD" in text
    assert "shot 2: refused for its words (write it differently)" in text
    assert "do     shotwright jobs resume j-7f3a" in text


def test_a_probe_in_words() -> None:
    probe = Probe(
        container="mp4",
        seconds=Fraction(33, 2),
        size=Size(1920, 1080),
        fps=FrameRate(Fraction(30000, 1001)),
        frames=495,
        codec="h264",
        pixel_format="yuv420p",
        sound_codec="aac",
        sound_seconds=Fraction(33, 2),
        sample_rate=48000,
        channels=2,
    )
    assert show.probe_lines("film.mp4", probe) == [
        "file   film.mp4 · mp4 · 16.5 s",
        "video  h264 · 1920x1080 · 29.97 fps · 495 frames · yuv420p",
        "sound  aac · 48000 Hz · stereo · 16.5 s",
    ]


def test_the_catalogue_fits_and_names_every_model() -> None:
    specs = list(Catalogue.load())
    text = "\n".join(catalogue.lines(specs, date(2026, 11, 21), WIDTH))
    assert all(cells(line) <= WIDTH for line in text.splitlines())
    joined = " ".join(text.split())
    assert [spec.full_name for spec in specs if spec.full_name not in joined] == []
    assert "animatic/animatic * wpl---- 0.3 to 600 free" in joined


def test_retired_models_name_their_successor() -> None:
    specs = [spec for spec in Catalogue.load() if spec.full_name == "openai/sora-2"]
    text = " ".join("\n".join(catalogue.lines(specs, date(2026, 11, 21), WIDTH)).split())
    assert text.startswith("retired openai/sora-2 (2026-09-24): use ")
