from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import shotwright.media as room

SOURCES = str(Path(__file__).parents[2] / "src")


def test_every_name_is_there_and_the_known_one_is_the_same() -> None:
    assert all(callable(getattr(room, name)) for name in room.__all__)
    assert room.extract_last_frame_as_png is room.save_last_frame
    assert set(room.__all__) <= set(dir(room))
    assert not hasattr(room, "nothing_of_the_kind")


def test_importing_the_room_loads_no_video_library() -> None:
    program = (
        "import sys, json, shotwright.media.pool, shotwright.media as m; m.probe; print(json.dumps([*sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | {"PYTHONPATH": SOURCES}, stdout=subprocess.PIPE, check=True
    )
    assert not {"av", "numpy", "cv2", "PIL"} & set(json.loads(done.stdout))
