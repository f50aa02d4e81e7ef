"""The blocking studio has every call of the async one, with the same parameters and no coroutine to forget."""

from __future__ import annotations

import inspect
from pathlib import Path

import shotwright
from shotwright import sync
from shotwright.config import load_settings


def public_calls() -> dict[str, list[inspect.Parameter]]:
    """Methods of the async studio with their parameters, without `self`."""
    found = inspect.getmembers(shotwright.Studio, inspect.isfunction)
    return {
        name: list(inspect.signature(call).parameters.values())[1:] for name, call in found if not name.startswith("_")
    }


def test_every_call_is_there_and_blocks(tmp_path: Path) -> None:
    settings = load_settings(
        cwd=tmp_path, environment={"HOME": str(tmp_path), "SHOTWRIGHT_HOME": str(tmp_path / "home")}
    )
    calls = public_calls()
    assert {"plan", "render", "resume", "follow"} <= calls.keys()
    with sync.Studio(settings) as studio:
        for name, parameters in calls.items():
            blocking = getattr(studio, name)
            assert not inspect.iscoroutinefunction(blocking), name
            assert list(inspect.signature(blocking).parameters.values()) == parameters, name
        assert studio.jobs() == []
