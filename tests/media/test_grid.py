from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from shotwright.errors import MediaError
from shotwright.media.frames import frame_at, last_frame, upright
from shotwright.media.grid import Tile, lay_cells, render_grid
from shotwright.media.listing import list_file
from shotwright.media.probing import probe
from shotwright.media.sound import decode_all
from shotwright.media.tasks import perform
from tests.media.clips import make_clip, read, tone

WIDE = Fraction(16, 9)


def numbers_in(film: Path, moment: Fraction, cell: tuple[int, int, int, int]) -> tuple[int, int]:
    """(frame, clip) as painted in one cell at a moment; read from the cell alone."""
    import av

    left, top, wide, high = cell
    pixels = np.asarray(upright(frame_at(film, moment)).to_ndarray())[top : top + high, left : left + wide]
    return read(av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24"))


@pytest.mark.parametrize(("count", "shape", "columns"), [(1, WIDE, 1), (2, WIDE, 2), (3, WIDE, 2), (5, WIDE, 3)])
def test_wide_clips_stand_in_rows_that_fill_a_screen(count: int, shape: Fraction, columns: int) -> None:
    layout = lay_cells(count, shape, 1280)
    assert len({left for left, *_ in layout.cells}) == columns
    assert all(value % 2 == 0 for cell in layout.cells for value in cell)
    assert all(
        left + wide < layout.size.width and top + high < layout.size.height for left, top, wide, high in layout.cells
    )


def test_tall_clips_stand_side_by_side() -> None:
    assert len({top for _, top, *_ in lay_cells(3, 1 / WIDE, 1280).cells}) == 1


def test_shorter_clips_hold_their_last_frame_and_the_first_is_heard(tmp_path: Path) -> None:
    short = make_clip(tmp_path / "a.mp4", frames=20, clip=1, sound=tone(2 / 3))
    long = make_clip(tmp_path / "b.mp4", frames=60, clip=2, fps=60)
    tiles = [
        Tile(str(short), "one/short", "free · 1 s"),
        Tile(None, "two/none", "refused"),
        Tile(str(long), "three/long"),
    ]
    film = tmp_path / "grid.mp4"
    told = perform("grid", {"tiles": [vars(tile) for tile in tiles], "output": str(film), "width": 640}, lambda _: None)
    found = probe(film)
    assert (found.frames, str(found.fps), told["frames"]) == (30, "30", 30)
    first, none, third = lay_cells(3, WIDE, 640).cells
    assert numbers_in(film, Fraction(1, 3), first) == (10, 1)
    assert numbers_in(film, Fraction(1, 3), third) == (20, 2)
    assert numbers_in(film, Fraction(29, 30), first) == (19, 1)
    assert numbers_in(film, Fraction(29, 30), third) == (58, 2)
    shown = np.asarray(upright(last_frame(film)).to_ndarray()).astype(int)
    left, top, wide, high = none
    assert shown[top + 4 : top + high // 4, left + 4 : left + wide - 4].std() < 6
    assert shown[top + high + 2 : top + high + 20, left : left + wide].max() > 150, "the label is not there"
    sound = decode_all(list_file(film))
    assert np.abs(sound[:, 4800:24000]).max() > 0.15
    assert np.abs(sound[:, 40000:]).max() < 0.02


def test_nothing_made_is_no_grid(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="at least one clip"):
        render_grid([Tile(None, "a/b", "refused")], tmp_path / "grid.mp4")
    assert list(tmp_path.iterdir()) == []
