"""The camera over a painted world: one position a frame, shared out over the layers by their nearness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shotwright.domain.units import FrameRate, Size
from shotwright.media.animatic.scene.noise import OVERSCAN
from shotwright.media.animatic.scene.sheets import View
from shotwright.media.animatic.scene.world import NEAREST, WIDE
from shotwright.media.animatic.words import Move, MoveKind

ZOOM_RATE = {"slow": 0.015, "medium": 0.03, "fast": 0.06}
PAN_RATE = {"slow": 0.02, "medium": 0.045, "fast": 0.09}
Path = NDArray[np.float64]

_MOST_ZOOM = 1.20
_MOST_PAN = 0.25
_ROOM = OVERSCAN - 0.008
_RAMP = 0.22


def ease(share: Path) -> Path:
    """A cosine ramp in, a long constant run, a cosine ramp out: float [n], 0 to 1."""

    def ramp(part: Path) -> Path:
        return np.asarray(part / 2 - _RAMP / (2 * np.pi) * np.sin(np.pi * part / _RAMP), np.float64)

    tail = 1 - _RAMP
    middle = ramp(np.array(_RAMP)) + (share - _RAMP)
    last = (1 - _RAMP) - ramp(np.asarray(1 - share))
    run = np.where(share < _RAMP, ramp(share), np.where(share > tail, last, middle))
    return np.asarray(run / (1 - _RAMP), np.float64)


@dataclass(frozen=True)
class Window:
    """The part of the world that a frame shows at rest, and the vanishing point; frame widths and heights."""

    centre_x: float
    centre_y: float
    wide: float
    high: float
    vanish_x: float
    vanish_y: float
    size: Size


@dataclass(frozen=True)
class Camera:
    """float64 [frames] each: zoom of the nearest layer, and its shift in frame widths and heights."""

    window: Window
    zoom: Path
    shift_x: Path
    shift_y: Path
    turning: bool = False

    def view(self, index: int, near: float, drift_x: float = 0.0, drift_y: float = 0.0) -> View:
        """Where a layer of this nearness is looked at; `drift` is what it moved by itself."""
        window, size = self.window, self.window.size
        depth = min(near, NEAREST) / NEAREST
        share = (depth - 0.30) * 1.3 if self.turning else 0.12 + 0.88 * depth
        zoom = float(self.zoom[index]) ** (0.30 + 0.70 * depth)
        left = window.vanish_x + (window.centre_x - window.wide / 2 - window.vanish_x) / zoom
        top = window.vanish_y + (window.centre_y - window.high / 2 - window.vanish_y) / zoom
        return View(
            scale_x=window.wide / size.width / zoom,
            left=left + float(self.shift_x[index]) * share - drift_x,
            scale_y=window.high / size.height / zoom,
            top=top + float(self.shift_y[index]) * (0.12 + 0.88 * depth) - drift_y,
        )


def window_for(size: Size, focus: float, horizon: float) -> Window:
    """16:9 and narrower frames take the whole height about the focus; wider ones the whole width about the horizon."""
    aspect = size.width / size.height
    if aspect >= WIDE:
        high = WIDE / aspect
        centre = float(np.clip(horizon - 0.06, high / 2, 1 - high / 2))
        return Window(0.5, centre, 1.0, high, focus, horizon, size)
    wide = aspect / WIDE
    centre = float(np.clip(focus, wide / 2, 1 - wide / 2))
    return Window(centre, 0.5, wide, 1.0, focus, horizon, size)


def camera_for(window: Window, move: Move, fps: FrameRate, frames: int, seed: int) -> Camera:
    """The path of a move over all frames, within what the world holds."""
    seconds = frames / float(fps.value)
    way: Path = ease(np.linspace(0, 1, frames)) if frames > 1 else np.zeros(1)
    still: Path = np.zeros(frames)
    zoom: Path = np.ones(frames)
    shift_x: Path = still
    shift_y: Path = still
    if move.kind in (MoveKind.PUSH, MoveKind.PULL):
        most = min(_MOST_ZOOM, (1 + ZOOM_RATE[move.speed]) ** seconds)
        zoom = most ** (way if move.kind is MoveKind.PUSH else 1 - way)
    elif move.kind in (MoveKind.PAN, MoveKind.ARC):
        room = min(_room(window), _MOST_PAN * window.wide / 2)
        travel = min(PAN_RATE[move.speed] * seconds * window.wide / 2, room)
        shift_x = (move.direction or 1) * travel * (2 * way - 1)
    elif move.kind is MoveKind.TILT:
        travel = min(PAN_RATE[move.speed] * seconds * WIDE / 2, _ROOM)
        shift_y = (move.direction or -1) * travel * (2 * way - 1)
    if move.kind is MoveKind.ARC:
        zoom = 1.05 ** np.sin(np.pi * way)
    if move.handheld:
        sway = handheld(seed, fps, frames)
        shift_x, shift_y = shift_x * 0.9 + sway[0] * window.wide * 1.6, shift_y * 0.9 + sway[1] * WIDE * 1.6
    return Camera(window, zoom, shift_x, shift_y, turning=move.kind is MoveKind.ARC)


def _room(window: Window) -> float:
    """How far the window may shift either way before the world ends."""
    return min(window.centre_x - window.wide / 2, 1 - window.centre_x - window.wide / 2) + _ROOM


def handheld(seed: int, fps: FrameRate, frames: int) -> Path:
    """A gentle sway, float64 [2, frames], in shares of the frame's width: 0.16 % across and 0.11 % up (deviation)."""
    rate = float(fps.value)
    count = max(64, int(2 ** np.ceil(np.log2(frames + 8 * rate))))
    hertz = np.fft.rfftfreq(count, 1 / rate)
    weight = 1 / np.sqrt(1 + (hertz / 0.55) ** 4) * (hertz <= 6) * np.minimum(1, hertz / 0.1)
    random = np.random.default_rng([seed, 0x5EA])
    waves = []
    for deviation in (0.0016, 0.0011):
        phases = np.exp(2j * np.pi * random.random(len(hertz)))
        wave = np.fft.irfft(weight * phases, count)
        waves.append(wave / wave.std() * deviation)
    return np.asarray(np.stack(waves)[:, :frames], np.float64)


def span(camera: Camera) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of all that any layer shows over the whole shot, with a little to spare."""
    window = camera.window
    across, down = (float(np.abs(shift).max()) + 0.012 for shift in (camera.shift_x, camera.shift_y))
    return (
        max(-OVERSCAN, window.centre_x - window.wide / 2 - across - 0.05),
        min(1 + OVERSCAN, window.centre_x + window.wide / 2 + across + 0.05),
        max(-OVERSCAN, window.centre_y - window.high / 2 - down),
        min(1 + OVERSCAN, window.centre_y + window.high / 2 + down),
    )
