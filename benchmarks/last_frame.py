"""CPU seconds of the exact last frame as a PNG, beside `ffmpeg -sseof -3 ... -update 1`, interleaved on the same clips.

    python benchmarks/last_frame.py [rounds]

The usual command writes each picture of the last three seconds over the one before it; the column "decode" is the
same command without writing any (`-f null -`), the least that it can cost. Without an `ffmpeg` program on the PATH only
our own figures are shown. Clips: 10 s of moving gradients with noise and sound, H.264 as a model's API gives it (key
frame each 250 frames) and as we encode it (each second), 720p and 1080p.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

import av
import numpy as np

from shotwright.domain.units import Size
from shotwright.media.frames import last_frame, save_last_frame

RATE = 30
SECONDS = 10


def make(path: Path, size: Size, keyint: int) -> None:
    random = np.random.default_rng(1)
    grain = random.integers(-3, 4, (size.height * 2, size.width * 2))
    ramp = np.arange(size.width)[None] * 96 // size.width + np.arange(size.height)[:, None] * 96 // size.height
    with av.open(str(path), "w") as out:
        options = {"preset": "veryfast", "x264-params": f"keyint={keyint}:bframes=3"}
        video: Any = out.add_stream("libx264", rate=RATE, options=options)
        video.width, video.height, video.pix_fmt = size.width, size.height, "yuv420p"
        sound = out.add_stream("aac", rate=48000, layout="stereo")
        for number in range(RATE * SECONDS):
            planes = np.full((size.height * 3 // 2, size.width), 128, np.uint8)
            top, left = random.integers(0, size.height), random.integers(0, size.width)
            luma = (ramp + 2 * number) % 192 + 30 + grain[top : top + size.height, left : left + size.width]
            planes[: size.height] = luma
            out.mux(video.encode(av.VideoFrame.from_ndarray(planes, format="yuv420p")))
        out.mux(video.encode(None))
        silence = av.AudioFrame.from_ndarray(np.zeros((2, 48000 * SECONDS), np.float32), "fltp", "stereo")
        silence.sample_rate, silence.pts, silence.time_base = 48000, 0, Fraction(1, 48000)
        out.mux(sound.encode(silence))
        out.mux(sound.encode(None))


def ours(clip: Path, png: Path) -> float:
    begun = time.process_time()
    save_last_frame(clip, png)
    return time.process_time() - begun


def theirs(clip: Path, *output: str) -> float:
    before = os.times()
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-sseof", "-3", "-i", str(clip), *output], check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def exact(clip: Path) -> bool:
    """Whether ours is the last picture of a full decode."""
    with av.open(str(clip)) as file:
        wanted = max(file.decode(video=0), key=lambda frame: frame.pts or 0)
    digests = {hashlib.md5(frame.to_ndarray().tobytes()).hexdigest() for frame in (wanted, last_frame(clip))}
    return len(digests) == 1


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    have = shutil.which("ffmpeg") is not None
    if not have:
        print("no ffmpeg on the PATH: only our own figures (Debian: apt-get install ffmpeg)")
    print(f"{'clip':<26}{'ours':>8}{'ffmpeg':>8}{'share':>7}{'decode':>8}{'share':>7}  exact  (CPU s, {rounds} rounds)")
    with tempfile.TemporaryDirectory() as folder:
        for size in (Size(1280, 720), Size(1920, 1080)):
            for keyint in (250, 30):
                measure(Path(folder), size, keyint, rounds, have=have)


def measure(folder: Path, size: Size, keyint: int, rounds: int, *, have: bool) -> None:
    clip, png = folder / "clip.mp4", folder / "last.png"
    make(clip, size, keyint)
    save_last_frame(clip, png)
    own, usual, least = [], [], []
    for _ in range(rounds):
        own.append(ours(clip, png))
        usual.append(theirs(clip, "-update", "1", str(png)) if have else float("nan"))
        least.append(theirs(clip, "-f", "null", "-") if have else float("nan"))
    one, two, three = median(own), median(usual), median(least)
    name = f"{size} key each {keyint}"
    print(f"{name:<26}{one:>8.3f}{two:>8.3f}{one / two:>7.3f}{three:>8.3f}{one / three:>7.2f}  {exact(clip)}")


if __name__ == "__main__":
    main()
