"""A film from idea to contact sheet by the command alone, and the words and documents that it prints."""

from __future__ import annotations

import pytest

from shotwright.cli.text import cells
from tests.cli.person import Person, Result

WIDTH = 80
IDEA = "A harbour at dawn, slow push in. The market fills, pan right. Rain, tilt up."


@pytest.fixture(scope="module")
def made(regular: Person) -> Result:
    """film.yaml and its film in the folder of the regular person; the result of the first render."""
    board = regular.run("storyboard", IDEA, "--seconds", "9", "-o", "film.yaml")
    assert board.status == 0, board.err
    file = regular.folder / "film.yaml"
    text = file.read_text().replace("1920x1080", "320x180")
    file.write_text(text)
    done = regular.run("render", "film.yaml")
    assert done.status == 0, done.err
    return done


def test_a_pipe_gets_the_result_and_nothing_else(made: Result) -> None:
    lines = made.out.splitlines()
    assert made.err == ""
    assert lines[0].startswith("A film in 3 shots · 320x180 · 30 fps · animatic (free")
    assert [line.split()[0] for line in lines[1:4]] == ["1", "2", "3"]
    assert all(line.endswith("made") for line in lines[1:4])
    assert lines[4].startswith("film   film.mp4 ")
    assert all(cells(line) <= WIDTH for line in lines[1:])


def test_the_same_command_again_reuses_all(made: Result, regular: Person) -> None:
    plan = regular.run("plan", "film.yaml")
    assert plan.status == 0, plan.err
    assert plan.out.count("reuse") == 3
    assert all(cells(line) <= WIDTH for line in plan.out.splitlines())
    again = regular.run("render", "film.yaml", "--json")
    assert (again.status, again.err) == (0, "")
    assert (again.document["made"], again.document["reused"], again.document["unchanged"]) == (0, 3, True)
    assert again.document["job"]


def test_one_changed_prompt_is_one_new_take(made: Result, regular: Person) -> None:
    file = regular.folder / "film.yaml"
    changed = regular.folder / "changed.yaml"
    changed.write_text(file.read_text().replace("market", "fair"))
    plan = regular.run("plan", "changed.yaml", "--json")
    assert [shot["action"] for shot in plan.document["shots"]] == ["reuse", "new", "reuse"]
    done = regular.run("render", "changed.yaml", "--plain")
    assert done.status == 0, done.err
    states = [line.split()[-1] for line in done.out.splitlines()[1:4]]
    assert states == ["reused", "made", "reused"]
    assert "shot 2  made" in done.err.splitlines()


def test_jobs_and_assets_of_it(made: Result, regular: Person) -> None:
    jobs = regular.run("jobs", "--json").document
    newest = jobs[-1]["id"]
    assert jobs[-1]["state"] == "done"
    shown = regular.run("jobs", "show", newest[:-1] if len(jobs) == 1 else newest)
    assert shown.status == 0, shown.err
    assert shown.out.startswith(f"job    {newest} · ")
    assert regular.run("get-job", newest, "--json").document["id"] == newest
    listed = regular.run("list-jobs")
    assert newest in listed.out
    assert all(cells(line) <= WIDTH for line in listed.out.splitlines())
    films = regular.run("assets", "--kind", "film", "--json").document
    where = regular.run("assets", "path", films[0]["digest"][:12])
    assert where.status == 0, where.err
    assert where.out.strip()


def test_media_commands_work_on_it(made: Result, regular: Person) -> None:
    probe = regular.run("probe", "film.mp4", "--json").document
    assert (probe["width"], probe["height"], probe["fps"]) == (320, 180, "30")
    last = regular.run("frames", "film.mp4")
    assert last.out == "film-last.png\n", last.err
    sheet = regular.run("contact-sheet", "film.mp4", "-o", "stills.png")
    assert sheet.out == "stills stills.png\n", sheet.err
    joined = regular.run("stitch", "film.mp4", "film.mp4", "-o", "twice.mp4", "--json")
    assert joined.status == 0, joined.err
    assert joined.document["duration"] == pytest.approx(2 * float(probe["frames"]) / 30)


def test_generate_in_one_line(regular: Person) -> None:
    arguments = ["generate", "a shore, slow push in", "--seconds", "1", "--size", "320x180"]
    plan = regular.run(*arguments, "--dry-run", "--json")
    assert plan.status == 0, plan.err
    assert [shot["action"] for shot in plan.document["shots"]] == ["new"]
    done = regular.run(*arguments)
    assert done.status == 0, done.err
    assert (regular.folder / "a-shore-slow-push-in.mp4").exists()


def test_prompts_from_stdin_are_shots(regular: Person) -> None:
    done = regular.run("generate", "-", "--dry-run", "--json", said="a shore\n\nthe rain\n")
    assert done.status == 0, done.err
    assert [shot["prompt"] for shot in done.document["shots"]] == ["a shore", "the rain"]


def test_the_doctor(regular: Person) -> None:
    done = regular.run("doctor", "--json")
    assert done.status == 0, done.err
    assert {"name", "ok", "detail", "hint"} == set(done.document[0])
    assert regular.run("doctor").out
