"""From a shot and a model to an order: what the model gets, and what is said where it gets less than was asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from shotwright.domain.model import Mode, ModelSpec
from shotwright.domain.order import Input, Order, Role
from shotwright.domain.storyboard import CastMember, Storyboard
from shotwright.domain.units import FrameRate, Money, Seconds, Size
from shotwright.errors import InvalidInput, Refused, StoryboardError
from shotwright.providers import preflight
from shotwright.providers.sizes import fits, nearest_size

ANIMATIC = "animatic"
_SAME_ASPECT = Fraction(3, 100)
_NAME = re.compile(r"@([A-Za-z_][\w-]*)")


@dataclass(frozen=True)
class ShotInputs:
    """The stored inputs of one shot, by role; the first frame of a shot that continues isn't here yet."""

    first: Input | None = None
    last: Input | None = None
    references: tuple[Input, ...] = ()
    audio: Input | None = None
    speech: Input | None = None


@dataclass(frozen=True)
class Offer:
    """An order that its model can carry out, with its price and what the person should know."""

    order: Order
    price: Money
    warnings: tuple[str, ...]


def offer(
    board: Storyboard, index: int, spec: ModelSpec, inputs: ShotInputs, *, today: date, draft: bool = False
) -> Offer:
    """Raises ModelCannot, Refused (retired) or StoryboardError, naming the shot."""
    order, warnings = _order(board, index, spec, inputs, draft=draft)
    tested = order
    if board.shots[index].continues:
        tested = replace(order, inputs=(_placeholder(order.size), *order.inputs))
    try:
        warnings += preflight.check(tested, spec, today=today)
    except InvalidInput as error:
        error.field = f"shots[{index}].{error.field}" if error.field else f"shots[{index}]"
        error.message = f"shot {index + 1}: {error.message}"
        raise
    except Refused as refusal:
        refusal.message = f"shot {index + 1}: {refusal.message}"
        raise
    price = spec.price.estimate(tested) if spec.price else None
    if price is None:
        warnings += (f"the price of {spec.full_name} isn't known; it counts as 0.00 USD",)
    return Offer(order, price or Money(), warnings)


def _placeholder(size: Size) -> Input:
    """Stands for the last frame of the clip before, which isn't there yet."""
    return Input(Role.FIRST, "0" * 64, "image/png", size.width, size.height)


def _order(
    board: Storyboard, index: int, spec: ModelSpec, inputs: ShotInputs, *, draft: bool
) -> tuple[Order, tuple[str, ...]]:
    can, shot = spec.capabilities, board.shots[index]
    said: list[str] = []
    local = spec.provider == ANIMATIC
    size = _size(board.size, spec, said)
    fps = _fps(board.fps, can.fps, said)
    seed = shot.seed if shot.seed is not None else board.seed
    if seed is not None and not can.seed:
        said.append("the model takes no seed")
        seed = None
    negative = shot.negative if shot.negative is not None else board.negative
    if negative and not can.negative:
        if not local:
            said.append("the model takes no negative prompt")
        negative = ""
    order = Order(
        provider=spec.provider,
        model=spec.name,
        prompt=_prompt(board, shot.prompt, local=local),
        negative=negative,
        seconds=_seconds(board, index, inputs),
        size=size,
        fps=fps,
        audio=can.audio == "always" or (can.audio == "optional" and board.sound),
        seed=seed,
        inputs=_inputs(spec, inputs, continues=shot.continues, said=said),
        options=_options(board, index, draft=draft) if local else dict(shot.options),
    )
    return order, tuple(said)


def _size(wanted: Size, spec: ModelSpec, said: list[str]) -> Size:
    can = spec.capabilities
    if fits(wanted, can):
        return wanted
    near = nearest_size(wanted, can)
    if near is None or abs(near.aspect / wanted.aspect - 1) > _SAME_ASPECT:
        return wanted
    said.append(f"made at {near} and scaled to {wanted}")
    return near


def _fps(wanted: FrameRate, offered: Sequence[Fraction], said: list[str]) -> FrameRate:
    if not offered or wanted.value in offered:
        return wanted
    near = FrameRate(min(offered, key=lambda rate: abs(rate - wanted.value)))
    said.append(f"made at {near} fps and brought to {wanted}")
    return near


def _seconds(board: Storyboard, index: int, inputs: ShotInputs) -> Seconds:
    shot = board.shots[index]
    if shot.seconds is not None:
        return shot.seconds
    return inputs.speech.seconds if inputs.speech else board.seconds


def _inputs(spec: ModelSpec, inputs: ShotInputs, *, continues: bool, said: list[str]) -> tuple[Input, ...]:
    can, local = spec.capabilities, spec.provider == ANIMATIC
    row = [item for item in (None if continues else inputs.first, inputs.last) if item]
    takes_references = Mode.REFERENCE in can.modes or can.max_pictures > 0
    if inputs.references and not takes_references:
        said.append("the model takes no reference pictures; they are left out")
    elif inputs.references:
        row += inputs.references[: can.max_pictures or None]
        if can.max_pictures and len(inputs.references) > can.max_pictures:
            said.append(f"only the first {can.max_pictures} reference pictures are used")
    if inputs.speech:
        row.append(replace(inputs.speech, role=Role.AUDIO) if local else inputs.speech)
    if inputs.audio and local:
        row.append(inputs.audio)
    elif inputs.audio:
        said.append("the model takes no sound; the shot's own sound is left out")
    return tuple(row)


def _options(board: Storyboard, index: int, *, draft: bool) -> Mapping[str, Any]:
    """What the animatic is told; only what differs from its defaults, so that keys stay the same."""
    shot = board.shots[index]
    joined_after = index + 1 < len(board.shots) and board.shots[index + 1].continues
    facts = {
        "fit": shot.fit or board.fit,
        "draft": draft,
        "joined_before": shot.continues,
        "joined_after": joined_after,
        "caption": shot.caption or "",
    }
    defaults = {"fit": "auto", "draft": False, "joined_before": False, "joined_after": False, "caption": ""}
    return {name: value for name, value in facts.items() if value != defaults[name]}


def _prompt(board: Storyboard, prompt: str, *, local: bool) -> str:
    """Names of the cast become how they look; the style follows, where a model reads it."""
    text = _NAME.sub(lambda match: _look(match[1], board.cast, local=local), prompt).strip()
    if local or not board.style:
        return text
    return f"{text.rstrip('.')}. {board.style}" if text else board.style


def _look(name: str, cast: Mapping[str, CastMember], *, local: bool) -> str:
    member = cast.get(name)
    if member is None:
        from difflib import get_close_matches

        near = get_close_matches(name, list(cast), 1)
        raise StoryboardError(
            f"@{name} is not in the cast",
            field="cast",
            value=name,
            hint=f"did you mean @{near[0]}?" if near else f"add {name}: under cast:",
        )
    return name if local or not member.look else f"{name} ({member.look})"


def cast_pictures(board: Storyboard, index: int) -> tuple[Any, ...]:
    """Pictures of the cast that a shot names, in the order of their names in the prompt."""
    names = dict.fromkeys(_NAME.findall(board.shots[index].prompt))
    return tuple(picture for name in names if name in board.cast for picture in board.cast[name].pictures)
