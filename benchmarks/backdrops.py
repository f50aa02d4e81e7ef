"""What drawn backdrops cost: seconds to paint a scene, and milliseconds of CPU per frame, for every place.

python benchmarks/backdrops.py [--size 1920x1080] [--frames 12]
"""

from __future__ import annotations

import argparse
import statistics
import time
from fractions import Fraction

import cv2
import numpy as np

from shotwright.domain.units import FrameRate, Size
from shotwright.media.animatic import scene, text
from shotwright.media.animatic.words import Move, MoveKind

PROMPTS = (
    "two hikers in misty mountains at dawn",
    "city skyline at night in the rain",
    "a sailboat on the sea at sunset",
    "lake under the stars, night",
    "pine forest in the fog",
    "snowfall in the forest at dusk",
    "desert dunes, golden afternoon",
    "meadow on a summer day",
    "a quiet room, morning",
    "planet in deep space",
    "underwater reef",
    "a feeling of hope",
)
FPS = FrameRate(Fraction(30))
SHOT = 150


def measure(prompt: str, size: Size, frames: int) -> tuple[float, float, float]:
    """Seconds of CPU to build, milliseconds of CPU per frame (median), and milliseconds for a card over it."""
    start = time.process_time()
    source = scene.build(prompt, seed=7, size=size, fps=FPS, frames=SHOT, move=Move(MoveKind.PUSH))
    built = time.process_time() - start
    planes = np.zeros((size.height * 3 // 2, size.width), np.uint8)
    spent = []
    for step in range(frames):
        start = time.thread_time()
        source.planes(step * SHOT // frames, planes)
        spent.append(time.thread_time() - start)
    card = text.card(prompt, slug="1 Ext. somewhere", size=size, frames=SHOT, fps=FPS, sample=planes)
    start = time.thread_time()
    card.apply(SHOT // 2, planes)
    return built, statistics.median(spent) * 1000, (time.thread_time() - start) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--frames", type=int, default=12)
    asked = parser.parse_args()
    size = Size.parse(asked.size)
    cv2.setNumThreads(1)
    print(f"{size}, one thread\n{'prompt':42}{'build s':>9}{'frame ms':>10}{'card ms':>9}")
    for prompt in PROMPTS:
        built, frame, card = measure(prompt, size, asked.frames)
        print(f"{prompt:42}{built:9.2f}{frame:10.1f}{card:9.1f}")


if __name__ == "__main__":
    main()
