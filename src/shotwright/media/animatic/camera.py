"""Camera paths over a still: where the view is at every frame, in the still's own pixels.

Zoom runs at a constant rate (width as a power of time) and the centre is tied to the width, so that the vanishing point
stands still. The subject's box is inside the view at the start and the end, and so in between.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shotwright.media.animatic.subject import Box, Subject
from shotwright.media.animatic.words import Move, MoveKind, Speed

Floats = NDArray[np.float64]

EASE = 0.22
JOINED_EASE_OUT = 0.35
MARGIN = 0.03  # of the frame, kept around the subject's box
SWAY_ROOM = 0.015
ARC_ROLL = np.radians(0.6)
ARC_ROOM = 0.02
FREE_AXIS = 0.18
FAVOURED = (0.5, 0.42)  # where in the frame the focus likes to be
ENLARGEMENT = 4.2  # frame pixels per picture pixel, at most

ZOOM_RATE: dict[Speed, float] = {"slow": 0.015, "medium": 0.03, "fast": 0.06}  # per second
ZOOM_MOST: dict[Speed, float] = {"slow": 1.12, "medium": 1.16, "fast": 1.32}
ZOOM_LEAST = 1.06
PAN_RATE: dict[Speed, float] = {"slow": 0.02, "medium": 0.045, "fast": 0.09}  # frame widths per second
PAN_MOST = 0.25  # of the frame's width
TILT_MOST = 0.30  # of the frame's height
SLOWEST = 0.004  # frame widths per second: below it, stillness looks like a fault
STILLNESS = 0.005  # zoom per second of a static camera


@dataclass(frozen=True)
class Path:
    """The view at every frame: centre `x`, `y` and `width` in picture pixels, `roll` in radians, float64 [frames].

    `turn` is where a depth warp stands, -1 to 1, or None.
    """

    x: Floats
    y: Floats
    width: Floats
    roll: Floats
    turn: Floats | None = None

    def reversed(self) -> Path:
        turn = None if self.turn is None else self.turn[::-1].copy()
        return Path(self.x[::-1].copy(), self.y[::-1].copy(), self.width[::-1].copy(), self.roll[::-1].copy(), turn)


@dataclass(frozen=True)
class View:
    """A window on the picture: centre and width in its pixels."""

    x: float
    y: float
    width: float


@dataclass(frozen=True)
class Stage:
    """A picture as the camera sees it: `width` and `height` in pixels, the frame's `aspect` and `frame_width`."""

    width: float
    height: float
    aspect: float
    frame_width: int
    subject: Subject

    @property
    def fill(self) -> float:
        """Width of the widest view that the picture fills."""
        return min(self.width, self.height * self.aspect)

    @property
    def enlargement(self) -> float:
        """Frame pixels per picture pixel in the widest view."""
        return self.frame_width / self.fill

    @property
    def free(self) -> tuple[float, float]:
        """Share of the width and of the height that the widest view leaves out."""
        return 1 - self.fill / self.width, 1 - self.fill / self.aspect / self.height

    @property
    def box(self) -> Box:
        """The largest of the subject's boxes that a closer view still holds; its core where none fits."""
        boxes = self.subject.boxes
        for room in (ZOOM_LEAST, 1.0):
            for box in boxes:
                if self.narrowest(box) * room <= self.fill * 1.001:
                    return box
        return boxes[-1]

    def narrowest(self, box: Box) -> float:
        """Width of the narrowest view that holds a box with its margins."""
        across, down = (box.right - box.left) * self.width, (box.bottom - box.top) * self.height * self.aspect
        return max(across, down) / (1 - 2 * MARGIN)

    def holds_subject(self) -> bool:
        return self.narrowest(self.box) <= self.fill * 1.001


def progress(frames: int, ease_in: float = EASE, ease_out: float = EASE) -> Floats:
    """Position 0 to 1 at each frame: cosine ramp in, constant speed, cosine ramp out (shares of the time)."""
    time = np.linspace(0, 1, frames) if frames > 1 else np.zeros(1)
    start, end = max(ease_in, 1e-9), max(ease_out, 1e-9)
    top = 1 / (1 - (start + end) / 2)

    def ramp(share: Floats) -> Floats:
        return share / 2 - np.sin(np.pi * share) / (2 * np.pi)

    rising = top * start * ramp(np.clip(time / start, 0, 1))
    falling = 1 - top * end * ramp(np.clip((1 - time) / end, 0, 1))
    steady = top * (start / 2 + time - start)
    return np.asarray(np.where(time < start, rising, np.where(time > 1 - end, falling, steady)), np.float64)


def eased(frames: int, *, joined_before: bool, joined_after: bool) -> Floats:
    """`progress` with no ramp at a chained joint."""
    if joined_before and joined_after:
        return progress(frames, 0, 0)
    if joined_before:
        return progress(frames, 0, JOINED_EASE_OUT)
    return progress(frames, JOINED_EASE_OUT, 0) if joined_after else progress(frames)


def between(start: View, end: View, at: Floats) -> Path:
    """The path from one view to another, `at` 0 to 1 per frame."""
    width = start.width * (end.width / start.width) ** at
    change = start.width - end.width
    share = at if abs(change) < 1e-6 * start.width else (start.width - width) / change
    x, y = start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share
    return Path(x, y, width, np.zeros(len(at)))


def choose(stage: Stage, seed: int, *, handheld: bool = False) -> Move:
    """A move for a prompt that names none: along the free axis where there is one, else mostly a push in."""
    draw = np.random.default_rng(seed)
    direction = int(draw.choice((-1, 1)))
    lot = float(draw.random())
    across, down = stage.free
    if stage.enlargement > ENLARGEMENT / ZOOM_LEAST and max(across, down) <= FREE_AXIS:
        return Move(MoveKind.PAN, direction, "slow", handheld)
    if max(across, down) > FREE_AXIS:
        return Move(MoveKind.PAN if across > down else MoveKind.TILT, direction, handheld=handheld)
    if lot < 0.55:
        return Move(MoveKind.PUSH, handheld=handheld)
    return Move(MoveKind.PULL if lot < 0.8 else MoveKind.PAN, direction, handheld=handheld)


def plan(stage: Stage, move: Move, seconds: float, at: Floats, *, seed: int, whole: bool = False) -> Path:
    """The path of `move` over a picture; `at` is `progress`, one value per frame.

    `whole` starts on the whole picture exactly (a chained shot): every move then goes inwards.
    """
    if move.direction == 0 and move.kind in {MoveKind.PAN, MoveKind.TILT, MoveKind.ARC}:
        move = replace(move, direction=int(np.random.default_rng(seed).choice((-1, 1))))
    room = 0.0 if whole else _overscan(stage, move)
    start, end = _inwards(stage, move, seconds) if whole else _ends(stage, move, seconds, room)
    path = between(start, end, at)
    if move.kind is MoveKind.ARC:
        path = _arc(path, move.direction, at, whole=whole)
    return _sway(stage, path, seconds, seed) if move.handheld else path


def _overscan(stage: Stage, move: Move) -> float:
    """Share of the view that must stay free around it for sway and roll."""
    arc = ARC_ROOM * max(1.0, stage.aspect / 1.78) if move.kind is MoveKind.ARC else 0.0
    return arc + (2 * SWAY_ROOM if move.handheld else 0.0)


def _ends(stage: Stage, move: Move, seconds: float, room: float) -> tuple[View, View]:
    if move.kind in {MoveKind.PUSH, MoveKind.PULL, MoveKind.STATIC}:
        zoom = _zoom(stage, move, seconds)
        wide, tight = stage.fill / (1 + room), stage.fill / (1 + room) / zoom
        outer, inner = place(stage, wide, room), place(stage, tight, room)
        return (inner, outer) if move.kind is MoveKind.PULL else (outer, inner)
    return _travel(stage, move, seconds, room)


def _zoom(stage: Stage, move: Move, seconds: float) -> float:
    """How much a push enlarges: by speed and time, never so that the subject is cut, never beyond what is sharp."""
    if move.kind is MoveKind.STATIC:
        wanted, least = min((1 + STILLNESS) ** seconds, 1.04), (1 + SLOWEST) ** min(seconds, 5.0)
    else:
        wanted = min((1 + ZOOM_RATE[move.speed]) ** seconds, ZOOM_MOST[move.speed])
        wanted = min(wanted, max(ENLARGEMENT / stage.enlargement, ZOOM_LEAST))
        least = min(wanted, (1 + SLOWEST) ** min(seconds, 5.0))
    return float(max(min(wanted, stage.fill / stage.narrowest(stage.box)), least))


def _travel(stage: Stage, move: Move, seconds: float, room: float) -> tuple[View, View]:
    """Start and end of a pan, tilt or arc: the box inside both, the end where the subject sits best."""
    down = move.kind is MoveKind.TILT
    span = stage.height if down else stage.width
    most = TILT_MOST / stage.aspect if down else PAN_MOST
    wish = min(PAN_RATE[move.speed] * seconds, most) * (0.6 if move.kind is MoveKind.ARC else 1.0)
    width = _travel_width(stage, span, wish, down=down) / (1 + room)
    closer = 1.0 if move.named or move.kind is MoveKind.ARC else 1.05
    wide = min(width * closer, stage.fill / (1 + room))
    low, high = _track(stage, wide, room, wish * width, down=down)
    way = min(wish * width, high - low)
    if way < SLOWEST * seconds * width and not move.named:
        return _ends(stage, replace(move, kind=MoveKind.PUSH), seconds, room)
    inner, outer = place(stage, width, room), place(stage, wide, room)
    wanted = inner.y if down else inner.x
    end = min(max(wanted, low + way), high) if move.direction > 0 else max(min(wanted, high - way), low)
    begin = end - move.direction * way
    if down:
        return View(outer.x, begin, wide), View(inner.x, end, width)
    return View(begin, outer.y, wide), View(end, inner.y, width)


def _track(stage: Stage, width: float, room: float, wish: float, *, down: bool) -> tuple[float, float]:
    """The centres along one axis between which the view may travel: as much of the subject kept as the way allows."""
    widest = (0.0, 0.0)
    for box in (stage.box, *stage.subject.boxes):
        low, high = _allowed(stage, box, width, room, down=down)
        if high - low >= wish / 2:
            return low, high
        widest = max(widest, (low, high), key=lambda ends: ends[1] - ends[0])
    if widest[1] - widest[0] < wish / 4:
        return _bounds(stage.height if down else stage.width, width / stage.aspect if down else width, room)
    return widest


def _travel_width(stage: Stage, span: float, wish: float, *, down: bool) -> float:
    """Width of the view of a travel: the widest, or narrower to make room for the way on a picture that just fits."""
    share = 1 / stage.aspect if down else 1.0
    roomy = span / (share + wish)
    sharp = stage.fill / max(min(ENLARGEMENT / stage.enlargement, 1.2), ZOOM_LEAST)
    return min(stage.fill, max(roomy, sharp, min(stage.narrowest(stage.box), stage.fill / 1.03)))


def _bounds(span: float, view: float, room: float) -> tuple[float, float]:
    half = view * (1 + room) / 2
    return (half, span - half) if span > 2 * half else (span / 2, span / 2)


def _allowed(stage: Stage, box: Box, width: float, room: float, *, down: bool) -> tuple[float, float]:
    """The centres along one axis whose view lies in the picture and holds the box; empty intervals become a point."""
    span = stage.height if down else stage.width
    near, far = (box.top, box.bottom) if down else (box.left, box.right)
    view = width / stage.aspect if down else width
    low, high = _bounds(span, view, room)
    margin = view * MARGIN
    first, last = far * span + margin - view / 2, near * span - margin + view / 2
    if first > last:
        focus = stage.subject.focus[1 if down else 0] * span
        best = near * span - margin + view / 2 if down and stage.subject.face else focus
        first = last = best
    low, high = max(low, min(first, high)), min(high, max(last, low))
    return (low, high) if low <= high else ((low + high) / 2, (low + high) / 2)


def place(stage: Stage, width: float, room: float = 0.0) -> View:
    """The view of this width that keeps most of what matters, with the focus near its favoured spot."""
    height = width / stage.aspect
    across, down = (_allowed(stage, stage.box, width, room, down=down) for down in (False, True))
    xs, ys = np.linspace(*across, 21), np.linspace(*down, 21)
    weight = stage.subject.weight.astype(np.float64) ** 1.5
    sums = np.pad(weight.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    rows, columns = weight.shape
    top = np.clip(np.round((ys - height / 2) / stage.height * rows), 0, rows).astype(int)
    bottom = np.clip(np.round((ys + height / 2) / stage.height * rows), 0, rows).astype(int)
    left = np.clip(np.round((xs - width / 2) / stage.width * columns), 0, columns).astype(int)
    right = np.clip(np.round((xs + width / 2) / stage.width * columns), 0, columns).astype(int)
    upper, lower = sums[top], sums[bottom]
    kept = (lower[:, right] - lower[:, left] - upper[:, right] + upper[:, left]) / (sums[-1, -1] + 1e-9)
    focus_x, focus_y = stage.subject.focus[0] * stage.width, stage.subject.focus[1] * stage.height
    aside = np.abs((focus_x - xs) / width + 0.5 - FAVOURED[0])[None, :]
    off = np.abs((focus_y - ys) / height + 0.5 - FAVOURED[1])[:, None]
    row, column = np.unravel_index(int(np.argmax(kept - 0.35 * (aside + off))), kept.shape)
    return View(float(xs[column]), float(ys[row]), width)


def _inwards(stage: Stage, move: Move, seconds: float) -> tuple[View, View]:
    """From the whole picture to where the move would lead; it cannot lead outwards."""
    start = View(stage.width / 2, stage.height / 2, stage.fill)
    calm = move.kind in {MoveKind.STATIC, MoveKind.PULL}
    zoom = max(_zoom(stage, replace(move, kind=MoveKind.STATIC if calm else MoveKind.PUSH), seconds), 1.01)
    width = stage.fill / zoom
    best = place(stage, width)
    if move.kind in {MoveKind.PAN, MoveKind.ARC}:
        low, high = _allowed(stage, stage.box, width, 0.0, down=False)
        best = replace(best, x=high if move.direction > 0 else low)
    elif move.kind is MoveKind.TILT:
        low, high = _allowed(stage, stage.box, width, 0.0, down=True)
        best = replace(best, y=high if move.direction > 0 else low)
    return start, best


def _arc(path: Path, direction: int, at: Floats, *, whole: bool) -> Path:
    """A pan that turns against its way, with the depth that goes with it."""
    roll = direction * ARC_ROLL * (0.5 - at) if not whole else np.zeros(len(at))
    turn = direction * (2 * at - 1) if not whole else direction * at
    return replace(path, roll=path.roll + roll, turn=turn)


def _sway(stage: Stage, path: Path, seconds: float, seed: int) -> Path:
    """A gentle hand: noise below 6 Hz, fading where the view has no room to sway."""
    across, down, roll = sway(len(path.x), seconds, seed)
    height = path.width / stage.aspect
    slack_x = np.minimum(path.x - path.width / 2, stage.width - path.x - path.width / 2) / path.width
    slack_y = np.minimum(path.y - height / 2, stage.height - path.y - height / 2) / height
    room = np.clip(np.minimum(slack_x, slack_y) / SWAY_ROOM, 0, 1)
    return replace(
        path,
        x=path.x + across * path.width * room,
        y=path.y + down * path.width * room,
        roll=path.roll + roll * room,
    )


def sway(frames: int, seconds: float, seed: int) -> tuple[Floats, Floats, Floats]:
    """A hand's sway: across and up in shares of the width, and roll in radians, float64 [frames].

    The same at every frame rate: phases are drawn per frequency, not per frame.
    """
    draw = np.random.default_rng(seed)
    period = max(2 * seconds, 2.0)
    frequency = np.arange(1, max(2, int(6 * period))) / period
    power = 1 / (1 + (frequency / 0.55) ** 4)
    power[frequency < 0.1] *= 0.3
    time = np.linspace(0, seconds, frames)[:, None]
    found = []
    for deviation in (0.0016, 0.0011, float(np.radians(0.10))):
        phases = 2 * np.pi * draw.random(len(frequency))
        wave = (np.sqrt(power) * np.cos(2 * np.pi * frequency * time + phases)).sum(1)
        found.append(wave / np.sqrt(power.sum() / 2) * deviation)
    return found[0], found[1], found[2]
