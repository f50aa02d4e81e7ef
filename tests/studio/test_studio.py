"""The facade over the real engine, the real animatic and real files."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from shotwright import Event, Shot, Storyboard, Studio
from shotwright.config import Settings
from shotwright.domain.job import JobState
from shotwright.errors import InvalidInput, JobStopped, ModelCannot, NotFound, OutputExists, UnknownModel
from shotwright.media import probe

SMALL: dict[str, Any] = {"size": "128x72", "fps": 24, "seconds": Fraction(1, 2), "sound": False}


def board(*shots: Shot) -> Storyboard:
    return Storyboard(shots=shots, title="Test", **SMALL)


async def test_only_what_changed_is_made_again_and_its_chain(settings: Settings, tmp_path: Path) -> None:
    first = board(Shot("hills at dawn"), Shot("the mist lifts", continues=True), Shot("city at night"))
    async with Studio(settings) as studio:
        film = await studio.render(first, tmp_path / "film.mp4")
        assert (film.made, film.reused) == (3, 0)
        assert film.path is not None
        assert probe(film.path).frames == 35  # three shots of 12, less the doubled frame of the chain

        again = await studio.render(first, tmp_path / "film.mp4")
        assert (again.made, again.reused, again.unchanged) == (0, 3, True)

        last = replace(first, shots=(*first.shots[:2], Shot("city in the rain")))
        assert [shot.action for shot in (await studio.plan(last)).shots] == ["reuse", "reuse", "new"]
        assert (await studio.render(last, tmp_path / "film.mp4")).made == 1

        head = replace(first, shots=(Shot("hills at noon"), *first.shots[1:]))
        plan = await studio.plan(head)
        assert [(shot.action, shot.why) for shot in plan.shots] == [
            ("new", "not made yet"),
            ("after", "after shot 1"),
            ("reuse", "unchanged"),
        ]
        assert (await studio.render(head, tmp_path / "film.mp4")).made == 2


async def test_changed_picture_bytes_make_another_take(settings: Settings, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    Image.new("RGB", (320, 180), "navy").save(picture)
    wish = board(Shot("push in", image=str(picture)))
    async with Studio(settings) as studio:
        await studio.render(wish, tmp_path / "film.mp4")
        Image.new("RGB", (320, 180), "teal").save(picture)
        assert [shot.action for shot in (await studio.plan(wish)).shots] == ["new"]


async def test_progress_ends_with_done_and_names_every_shot(settings: Settings, tmp_path: Path) -> None:
    events: list[Event] = []
    async with Studio(settings) as studio:
        await studio.render(board(Shot("sea"), Shot("moon")), tmp_path / "film.mp4", progress=events.append)
    assert {event.shot for event in events if event.stage == "made"} == {1, 2}
    assert events[-1].stage == "done"


async def test_a_stopped_job_goes_on_where_it_was(settings: Settings, tmp_path: Path) -> None:
    wish = board(*(Shot(f"shot {n} of a long film", seconds=1) for n in range(4)))
    async with Studio(settings) as studio:

        def stop_after_one(event: Event) -> None:
            if event.stage == "made":
                studio.detach()

        with pytest.raises(JobStopped) as stopped:
            await studio.render(wish, tmp_path / "film.mp4", progress=stop_after_one)
        job = stopped.value.job
        assert (await studio.job(job)).state is JobState.STOPPED
        assert not (tmp_path / "film.mp4").exists()
    async with Studio(settings) as studio:
        film = await studio.resume(job)
        assert len(film.takes) == 4
        assert [take.number for take in film.takes] == [1, 1, 1, 1]
        assert film.job == job


async def test_running_the_same_command_again_goes_on_with_the_same_job(settings: Settings, tmp_path: Path) -> None:
    wish = board(Shot("one", seconds=1), Shot("two", seconds=1))
    async with Studio(settings) as studio:
        studio.detach()
        with pytest.raises(JobStopped) as stopped:
            await studio.render(wish, tmp_path / "film.mp4")
    async with Studio(settings) as studio:
        film = await studio.render(wish, tmp_path / "film.mp4")
        assert film.job == stopped.value.job
        assert len(await studio.jobs()) == 1


async def test_another_take_of_one_shot_keeps_the_first(settings: Settings, tmp_path: Path) -> None:
    async with Studio(settings) as studio:
        film = await studio.render(board(Shot("one"), Shot("two")), tmp_path / "film.mp4")
        other = await studio.retry_shot(film.job, 2)
        assert [take.number for take in other.takes] == [1, 2]
        assert (other.made, other.takes[0].key) == (1, film.takes[0].key)


async def test_only_some_shots_are_made_without_a_film(settings: Settings, tmp_path: Path) -> None:
    wish = board(Shot("one"), Shot("two", continues=True), Shot("three"))
    async with Studio(settings) as studio:
        part = await studio.render(wish, tmp_path / "film.mp4", only=[2])
        assert (part.made, part.path) == (2, None)  # shot 2 goes on from shot 1, so both
        whole = await studio.render(wish, tmp_path / "film.mp4", only=[3])
        assert (whole.made, whole.path) == (1, tmp_path / "film.mp4")


async def test_a_film_file_gets_a_lock_that_names_keys_and_costs(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "film.yaml").write_text(
        "size: 128x72\nfps: 24\nsound: false\nseconds: 0.5\n"
        "shots:\n  - sea at sunset\n  - prompt: moon\n    caption: Night\n"
    )
    async with Studio(settings) as studio:
        film = await studio.render(tmp_path / "film.yaml", tmp_path / "film.mp4")
        lock = json.loads((tmp_path / "film.lock").read_text())
        assert [line["key"] for line in lock["shots"]] == [take.key for take in film.takes]
        assert lock["film"] == film.digest
        plan = await studio.plan(tmp_path / "film.yaml")
        assert all(shot.why.startswith("unchanged since 20") for shot in plan.shots)
    assert (tmp_path / "film.srt").read_text().startswith("1\n00:00:00,500 --> 00:00:01,000\nNight\n")


async def test_a_file_that_is_not_ours_is_left_alone(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"holiday")
    async with Studio(settings) as studio:
        with pytest.raises(OutputExists):
            await studio.render(board(Shot("one")), tmp_path / "film.mp4")
        assert (tmp_path / "film.mp4").read_bytes() == b"holiday"
        assert await studio.jobs() == []
        film = await studio.render(board(Shot("one")), tmp_path / "film.mp4", force=True)
        assert film.path is not None
        assert probe(film.path).frames == 12


@pytest.mark.parametrize(
    ("shot", "kind", "words"),
    [
        (Shot("one", model=("animatik/animatic",)), UnknownModel, "animatic/animatic"),
        (Shot("one", seconds=3000), ModelCannot, "600"),
        (Shot("one", image="nowhere.jpg"), InvalidInput, "nowhere.jpg"),
        (Shot("@nobody walks"), InvalidInput, "cast"),
    ],
)
async def test_bad_wishes_are_refused_before_any_job(
    settings: Settings, shot: Shot, kind: type[InvalidInput], words: str
) -> None:
    async with Studio(settings) as studio:
        with pytest.raises(kind) as refused:
            await studio.render(board(shot), "film.mp4")
        assert words in f"{refused.value} {refused.value.hint}"
        assert await studio.jobs() == []


async def test_a_retired_model_is_refused_with_its_successor(settings: Settings) -> None:
    async with Studio(settings) as studio:
        with pytest.raises(Exception, match="retired on 2026-09-24"):
            await studio.plan(board(Shot("one", model=("openai/sora-2",), seconds=4)))


async def test_cancel_and_remove(settings: Settings, tmp_path: Path) -> None:
    async with Studio(settings) as studio:
        job = await studio.start(board(*(Shot(f"{n}", seconds=4) for n in range(4))), tmp_path / "film.mp4")
        with pytest.raises(InvalidInput):
            await studio.remove(job)
        assert (await studio.cancel(job)).state is JobState.CANCELLED
        await studio.remove(job)
        with pytest.raises(NotFound):
            await studio.job(job)
    assert not (tmp_path / "film.mp4").exists()


async def test_clips_are_stitched_without_any_model(settings: Settings, tmp_path: Path) -> None:
    async with Studio(settings) as studio:
        for name in ("a", "b"):
            await studio.render(board(Shot(name)), tmp_path / f"{name}.mp4")
        film = await studio.stitch([tmp_path / "a.mp4", tmp_path / "b.mp4"], tmp_path / "ab.mp4")
        assert (film.cut, probe(tmp_path / "ab.mp4").frames) == ("copy", 24)
        await studio.stitch([tmp_path / "b.mp4", tmp_path / "a.mp4"], tmp_path / "ab.mp4")
