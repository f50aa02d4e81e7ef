"""How a picture meets a frame of another shape: cropped around its subject, or whole on a ground of its own."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from shotwright.domain.units import Size
from shotwright.media.animatic.camera import MARGIN, Stage, place
from shotwright.media.animatic.spec import Fit
from shotwright.media.animatic.still import Pixels, scaled
from shotwright.media.animatic.subject import Box, Subject, find

ASPECT_MOST = 2.2  # beyond it a crop shows too little of the picture
KEPT_LEAST = 0.5  # of the saliency
SAME_ASPECT = 0.02
_FINER = 1.2  # a composed picture is this much wider than the frame
_INSET = 0.93  # of the frame that the whole picture takes at first: the camera may come closer by the rest
_DIM, _PALE = 0.55, 0.75
_SHADOW = 0.55
_GROUND = (10, 11, 14)


@dataclass(frozen=True)
class Framed:
    """A picture ready for the camera: uint8 [h, w, 3], and the stage that describes it."""

    rgb: Pixels
    stage: Stage
    padded: bool


def framed(rgb: Pixels, size: Size, fit: Fit) -> Framed:
    """Decides between crop and pad, and composes the pad."""
    stage = stage_for(rgb, size)
    mismatch = rgb.shape[1] / rgb.shape[0] / stage.aspect
    same = abs(mismatch - 1) < SAME_ASPECT
    if same or fit == "crop" or (fit == "auto" and crops_well(stage)):
        return Framed(rgb, stage, padded=False)
    return _composed(rgb, stage, size, plain=fit == "fit")


def stage_for(rgb: Pixels, size: Size) -> Stage:
    height, width = rgb.shape[:2]
    return Stage(width, height, size.width / size.height, size.width, find(rgb))


def crops_well(stage: Stage) -> bool:
    """Whether the widest view holds the subject and at least half of what draws the eye."""
    mismatch = stage.width / stage.height / stage.aspect
    if max(mismatch, 1 / mismatch) > ASPECT_MOST or not stage.holds_subject():
        return False
    return kept(stage) >= KEPT_LEAST


def kept(stage: Stage) -> float:
    """Share of the saliency inside the best of the widest views."""
    view = place(stage, stage.fill)
    rows, columns = stage.subject.weight.shape
    tall = view.width / stage.aspect
    weight = stage.subject.weight**1.5
    top, bottom = (round((view.y + side * tall / 2) / stage.height * rows) for side in (-1, 1))
    left, right = (round((view.x + side * view.width / 2) / stage.width * columns) for side in (-1, 1))
    return float(weight[max(0, top) : bottom, max(0, left) : right].sum() / (weight.sum() + 1e-9))


def fitted(rgb: Pixels, size: Size, fit: Fit) -> Pixels:
    """The picture at exactly the frame's size, uint8 [height, width, 3]: cropped at its best, or padded."""
    ready = framed(rgb, size, fit)
    if ready.padded:
        return scaled(ready.rgb, size.width, size.height)
    stage = ready.stage
    view = place(stage, stage.fill)
    tall = view.width / stage.aspect
    left, top = max(0, round(view.x - view.width / 2)), max(0, round(view.y - tall / 2))
    part = rgb[top : top + max(2, round(tall)), left : left + max(2, round(view.width))]
    return scaled(part, size.width, size.height)


def _composed(rgb: Pixels, stage: Stage, size: Size, *, plain: bool) -> Framed:
    """The whole picture with a soft shadow, on its own blurred self or on a plain dark ground."""
    width, height = round(size.width * _FINER / 2) * 2, round(size.height * _FINER / 2) * 2
    scale = _INSET * min(width / rgb.shape[1], height / rgb.shape[0])
    inner_w, inner_h = max(2, round(rgb.shape[1] * scale)), max(2, round(rgb.shape[0] * scale))
    left, top = (width - inner_w) // 2, (height - inner_h) // 2
    canvas = _plain(width, height) if plain else _blurred(rgb, width, height)
    if not plain:
        canvas *= 1 - _SHADOW * _shade(width, height, left, top, inner_w, inner_h)[..., None]
    result = np.clip(canvas, 0, 255).astype(np.uint8)
    result[top : top + inner_h, left : left + inner_w] = scaled(rgb, inner_w, inner_h)
    subject = _moved(stage.subject, left / width, top / height, inner_w / width, inner_h / height)
    return Framed(result, Stage(width, height, width / height, size.width, subject), padded=True)


def _plain(width: int, height: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.broadcast_to(np.array(_GROUND, np.float32), (height, width, 3)).copy()


def _blurred(rgb: Pixels, width: int, height: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """The picture filling the frame, blurred at an eighth of the size: darker, paler, free of banding."""
    small_w, small_h = max(8, width // 8), max(8, height // 8)
    scale = max(small_w / rgb.shape[1], small_h / rgb.shape[0])
    cover = (max(small_w, round(rgb.shape[1] * scale)), max(small_h, round(rgb.shape[0] * scale)))
    small = cv2.resize(rgb, cover, interpolation=cv2.INTER_AREA)
    top, left = (small.shape[0] - small_h) // 2, (small.shape[1] - small_w) // 2
    small = small[top : top + small_h, left : left + small_w]
    sigma = 9 * height / 1296
    soft = cv2.GaussianBlur(small, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE).astype(np.float32)
    grey = soft.mean(2, keepdims=True)
    soft = (grey + (soft - grey) * _PALE) * _DIM
    full = np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    full += np.random.default_rng(1).uniform(-0.8, 0.8, (height, width, 1)).astype(np.float32)
    return full


def _shade(
    width: int, height: int, left: int, top: int, inner_w: int, inner_h: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    quarter = np.zeros((height // 4, width // 4), np.float32)
    quarter[top // 4 : (top + inner_h) // 4, left // 4 : (left + inner_w) // 4] = 1
    soft = cv2.GaussianBlur(quarter, (0, 0), 7 * height / 1080)
    return np.asarray(cv2.resize(soft, (width, height)), np.float32)


def _moved(subject: Subject, left: float, top: float, across: float, down: float) -> Subject:
    """The subject of a picture that lies inside a canvas; its box is the whole picture, so that all stays in view."""
    shrink = 1 - 2 * MARGIN
    centre_x, centre_y = left + across / 2, top + down / 2
    half_x, half_y = across * shrink / 2, down * shrink / 2
    box = Box(centre_x - half_x, centre_y - half_y, centre_x + half_x, centre_y + half_y)
    weight = np.full((64, 64), 1e-4, np.float32)
    weight[int(top * 64) : round((top + down) * 64), int(left * 64) : round((left + across) * 64)] = 1
    return Subject((centre_x, centre_y), (box,), weight, face=False)
