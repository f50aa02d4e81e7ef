from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shotwright.domain.timeline import Cut, Piece
from shotwright.errors import EnvironmentProblem, MediaError
from shotwright.media.pool import MediaPool
from tests.media.clips import make_clip, tone

SOUND = tone(0.7)


def sources(folder: Path) -> list[Path]:
    small = (128, 64)
    made = [make_clip(folder / name, frames=20, size=small, sound=SOUND) for name in ("a.mp4", "a.mkv", "a.ts")]
    old = make_clip(folder / "a.avi", frames=20, size=small, codec="mpeg4", sound=SOUND, sound_codec="mp3", options={})
    return [*made, old]


def mutant(original: bytes, round_: int, random: np.random.Generator) -> bytes:
    data = bytearray(original)
    reach = 900 if round_ % 3 == 0 else len(data)
    for place in random.integers(0, min(reach, len(data)), 1 + round_ % 25):
        data[place] = random.integers(0, 256)
    return bytes(data[: random.integers(1, len(data))]) if round_ % 5 == 0 else bytes(data)


@pytest.mark.parametrize("seed", [4, 11])
async def test_damaged_clips_are_used_or_refused_and_no_child_dies(tmp_path: Path, seed: int) -> None:
    random = np.random.default_rng(seed)
    originals = [(path.suffix, path.read_bytes()) for path in sources(tmp_path)]
    used = refused = 0
    async with MediaPool(1) as pool:
        for round_ in range(80):
            suffix, data = originals[round_ % len(originals)]
            path, output = tmp_path / f"mutant{suffix}", tmp_path / "out"
            path.write_bytes(mutant(data, round_, random))
            cut = Cut((Piece(str(path)), Piece(str(path)))).as_json()
            for task, args in (
                ("last_frame", {"clip": str(path), "output": str(output.with_suffix(".png"))}),
                ("cut", {"cut": cut, "output": str(output.with_suffix(".mp4")), "quality": "draft"}),
            ):
                try:
                    await pool.run(task, args, timeout=60)
                    used += 1
                except (MediaError, EnvironmentProblem) as problem:
                    assert not problem.retry, problem
                    refused += 1
        assert len(pool.children) == 1
    assert used > 40
    assert refused > 20
    assert not list(tmp_path.glob(".*"))
