"""What a moving still costs, beside encoding its frames alone and beside ffmpeg's zoompan; and how smooth each is.

    python benchmarks/animatic.py [--rounds 5] [--frames 150] [--keep FOLDER]

One 4K still, pushed in at 1080p30. These are timed in turn, in one process tree, `--rounds` times:

    animatic       render(): reading the still, planning, drawing, encoding
    encode only    the very same frames, drawn beforehand, through the same encoder: the limit
    zoompan        ffmpeg's zoompan on an 8K enlargement of the same still (made once), x264 as ffmpeg sets it
    zoompan ours   the same with our preset, rate factor and key frames
    drawn          our frames alone, without an encoder
    zoompan drawn  zoompan's frames alone

Jitter is the deviation of the shift from frame to frame from a smooth fit, in pixels, by features tracked on the
decoded frames. The exit status is 1 where a goal is missed. Without ffmpeg on the PATH there are no zoompan rows.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from shotwright.domain.units import FrameRate, Size
from shotwright.media.animatic.render import drawn, render
from shotwright.media.animatic.source import build
from shotwright.media.animatic.spec import AnimaticSpec, empty_planes
from shotwright.media.encode import QUALITIES, VideoWriter

Planes = NDArray[np.uint8]

FULL = Size(1920, 1080)
LIMIT_LEAST, ZOOMPAN_MOST, JITTER_MOST = 0.9, 0.6, 0.07
POINTS = ((0.5, 0.5), (0.15, 0.15), (0.85, 0.15), (0.15, 0.85), (0.85, 0.85))


@dataclass
class Way:
    """One way to make the clip, and what its rounds took: CPU and wall in seconds."""

    name: str
    make: Callable[[Path], None]
    clip: bool = True
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def run(self, output: Path) -> None:
        cpu, wall = _cpu(), time.perf_counter()
        self.make(output)
        self.cpu.append(_cpu() - cpu)
        self.wall.append(time.perf_counter() - wall)


def _cpu() -> float:
    """CPU seconds of this process, its threads and its finished children."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def make_still(path: Path) -> None:
    """A 4K picture with smooth ground, hard edges, letters and fine noise; always the same."""
    width, height = 3840, 2160
    draw = np.random.default_rng(1)
    coarse = draw.integers(0, 255, (height // 120, width // 120, 3), np.uint8)
    picture = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
    for _ in range(150):
        x, y, radius = (int(draw.integers(0, most)) for most in (width, height, 300))
        colour = [int(value) for value in draw.integers(0, 255, 3)]
        cv2.circle(picture, (x, y), radius + 10, colour, -1, cv2.LINE_AA)
    for number in range(40):
        at = (int(draw.integers(0, width)), int(draw.integers(0, height)))
        cv2.putText(picture, f"shot {number}", at, cv2.FONT_HERSHEY_SIMPLEX, 3, (255, 255, 255), 5, cv2.LINE_AA)
    noise = draw.normal(0, 3, picture.shape)
    cv2.imwrite(str(path), np.clip(picture + noise, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 92])


def encode_only(frames: list[Planes], fps: FrameRate, output: Path) -> None:
    with VideoWriter(output, FULL, fps) as writer:
        for planes in frames:
            writer.write(av.VideoFrame.from_numpy_buffer(planes, format="yuv420p"))


def zoompan(still: Path, frames: int, output: Path, coding: list[str]) -> None:
    """The usual recipe: enlarge to 8K first, so that whole-pixel steps become quarter ones."""
    pan = f"zoompan=z='1+0.16*on/{frames - 1}':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':d={frames}:s={FULL}:fps=30"
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(still), "-vf", f"scale=7680:-2,{pan},format=yuv420p"]
    subprocess.run([*command, "-frames:v", str(frames), *coding, str(output)], check=True)


def our_coding() -> list[str]:
    final = QUALITIES["final"]
    picture = ["-c:v", "libx264", "-preset", final.preset, "-crf", str(final.crf)]
    return [*picture, "-g", "30", "-bf", "2", "-refs", "3"]


def jitter(path: Path) -> float:
    """Root mean square over frames and places of the deviation of the shift from its smooth fit, in pixels."""
    shifts: list[NDArray[np.float64]] = []
    before: NDArray[np.uint8] | None = None
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            luma = np.asarray(frame.to_ndarray(format="gray"), np.uint8)
            if before is not None:
                shifts.append(_shift(before, luma))
            before = luma
    return deviation(np.array(shifts))


def deviation(shifts: NDArray[np.float64], reach: int = 10) -> float:
    """Of values per frame, float64 [frames, n], from a parabola through their neighbours on both sides."""
    rest = []
    steps = np.arange(-reach, reach + 1)
    for middle in range(reach, len(shifts) - reach):
        around = shifts[middle - reach : middle + reach + 1]
        rest.append(shifts[middle] - np.polyfit(steps, around, 2)[2])
    return float(np.sqrt(np.mean(np.square(rest))))


def _shift(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.float64]:
    """How far the picture moved at each of `POINTS`: an affine fit to tracked corners, float64 [points * 2]."""
    corners = cv2.goodFeaturesToTrack(before, 500, 0.01, 12)
    criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 60, 0.001)
    moved, status, _ = cv2.calcOpticalFlowPyrLK(
        before, after, corners, np.zeros_like(corners), winSize=(21, 21), maxLevel=2, criteria=criteria
    )
    good = status.reshape(-1) == 1
    start, way = corners.reshape(-1, 2)[good], (moved - corners).reshape(-1, 2)[good].astype(np.float64)
    ground = np.column_stack([start, np.ones(len(start))]).astype(np.float64)
    kept = np.ones(len(start), bool)
    for _ in range(3):
        fit = np.linalg.lstsq(ground[kept], way[kept], rcond=None)[0]
        miss = np.hypot(*(way - ground @ fit).T)
        kept = miss < max(3 * float(np.median(miss)), 1e-3)
    height, width = before.shape
    places = np.array([[x * width, y * height, 1] for x, y in POINTS])
    return np.asarray(places @ fit, np.float64).reshape(-1)


def main() -> int:
    options = argparse.ArgumentParser(description="CPU, speed and smoothness of a moving still")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--frames", type=int, default=150)
    options.add_argument("--keep", type=Path, help="leave the clips here")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return measure(Path(folder), chosen.rounds, chosen.frames, chosen.keep)


def measure(folder: Path, rounds: int, count: int, keep: Path | None) -> int:
    still = folder / "still.jpg"
    make_still(still)
    fps = FrameRate.parse(30)
    spec = AnimaticSpec("push in", FULL, fps, count, seed=1, first=str(still))
    clip = build(spec)
    frames = [empty_planes(FULL) for _ in range(count)]
    for index, planes in enumerate(frames):
        clip.planes(index, planes)

    def animatic(output: Path) -> None:
        render(spec, output)

    def draw(output: Path) -> None:
        del output
        for _ in drawn(build(spec), spec):
            pass

    def pan(*coding: str) -> Callable[[Path], None]:
        return lambda output: zoompan(still, count, output, list(coding))

    ways = [Way("animatic", animatic), Way("encode only", lambda output: encode_only(frames, fps, output))]
    ways.append(Way("drawn", draw, clip=False))
    if shutil.which("ffmpeg"):
        ways += [Way("zoompan", pan("-c:v", "libx264")), Way("zoompan ours", pan(*our_coding()))]
        ways.append(Way("zoompan drawn", pan("-f", "null"), clip=False))
    else:
        print("ffmpeg is not on the PATH: no zoompan rows (apt-get install ffmpeg)")
    for number in range(rounds + 1):
        for way in ways if number % 2 else reversed(ways):
            way.run(folder / f"{way.name}.mp4")
            if number == 0:  # the first round only warms up
                way.cpu.clear()
                way.wall.clear()
    return tell(ways, folder, count, keep)


def tell(ways: list[Way], folder: Path, count: int, keep: Path | None) -> int:
    rounds = len(ways[0].cpu)
    print(f"{count} frames of {FULL} at 30 fps from a 4K still, median of {rounds} rounds, {os.cpu_count()} cores")
    print(f"{'':14s} {'cpu s':>7s} {'ms/frame':>9s} {'fps':>7s} {'Mbit/s':>7s} {'jitter px':>10s}")
    smooth = {}
    for way in ways:
        cpu, wall = statistics.median(way.cpu), statistics.median(way.wall)
        figures = f"{cpu:7.2f} {cpu / count * 1e3:9.1f} {count / wall:7.1f}"
        if way.clip:
            output = folder / f"{way.name}.mp4"
            smooth[way.name] = jitter(output)
            figures += f" {output.stat().st_size * 8 / count * 30 / 1e6:7.1f} {smooth[way.name]:10.3f}"
            if keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                shutil.copy(output, keep / output.name)
        print(f"{way.name:14s} {figures}")
    return judge({way.name: way for way in ways}, smooth)


def judge(ways: dict[str, Way], smooth: dict[str, float]) -> int:
    """Prints the ratios; those with a goal decide the exit status."""

    def share(one: str, other: str) -> float:
        return statistics.median(a / b for a, b in zip(ways[one].cpu, ways[other].cpu, strict=True))

    speed = statistics.median(
        limit / ours for ours, limit in zip(ways["animatic"].wall, ways["encode only"].wall, strict=True)
    )
    kept = [
        verdict("frames per second, of the limit", speed, LIMIT_LEAST, least=True),
        verdict("jitter in pixels", smooth["animatic"], JITTER_MOST, least=False),
    ]
    print(f"{'CPU: encode only / animatic':38s} {share('encode only', 'animatic'):6.3f}")
    if "zoompan" in ways:
        kept.append(verdict("CPU, of zoompan's", share("animatic", "zoompan"), ZOOMPAN_MOST, least=False))
        print(f"{'CPU, of zoompan with our coding':38s} {share('animatic', 'zoompan ours'):6.3f}")
        print(f"{'CPU of drawing, of zoompan drawing':38s} {share('drawn', 'zoompan drawn'):6.3f}")
    return 0 if all(kept) else 1


def verdict(what: str, value: float, goal: float, *, least: bool) -> bool:
    held = value >= goal if least else value <= goal
    print(f"{what:38s} {value:6.3f}  goal {'>=' if least else '<='} {goal}  {'held' if held else 'MISSED'}")
    return held


if __name__ == "__main__":
    sys.exit(main())
