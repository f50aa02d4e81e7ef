"""Shots and storyboards, as a person writes them. Pure values: sources of pictures and sounds are not opened here."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from shotwright.domain.units import FrameRate, Money, Seconds, Size, seconds
from shotwright.errors import InvalidInput, StoryboardError

Source = str | bytes | os.PathLike[str]
"""A picture or sound as people give it: a path, an http(s) link, a data URI, base64 text, or the bytes themselves."""

Fit = Literal["auto", "crop", "pad", "fit"]
"""How a picture meets another aspect ratio. `auto` crops to the subject where it fits and pads with a blurred ground
where it doesn't; `crop` always fills; `pad` always shows all on the blurred ground; `fit` shows all on black."""

FITS: tuple[Fit, ...] = ("auto", "crop", "pad", "fit")

TransitionKind = Literal["cut", "crossfade"]
TRANSITIONS: tuple[TransitionKind, ...] = ("cut", "crossfade")


@dataclass(frozen=True, slots=True)
class Transition:
    """How a shot begins: a hard cut, or a crossfade of `seconds` with the shot before."""

    kind: TransitionKind = "cut"
    seconds: Seconds = Fraction(0)

    @classmethod
    def parse(cls, value: object, *, field: str = "transition") -> Transition:
        """ "cut", "crossfade", "crossfade 0.5" or "crossfade:0.5" (seconds; 0.6 where none are given)."""
        if isinstance(value, Transition):
            return value
        words = str(value).replace(":", " ").split()
        if words[:1] == ["cut"] and len(words) == 1:
            return cls()
        if words[:1] == ["crossfade"] and len(words) <= 2:
            length = seconds(words[1], field=field) if len(words) == 2 else Fraction(3, 5)
            return cls("crossfade", length) if length else cls()
        raise InvalidInput(
            f"{field}: {value!r} is not a transition",
            field=field,
            value=value,
            hint='write "cut" or "crossfade 0.5" (seconds)',
        )

    def __str__(self) -> str:
        return "cut" if self.kind == "cut" else f"{self.kind} {float(self.seconds):g}"


@dataclass(frozen=True)
class Music:
    """A bed under the whole film: `gain` in dB, `fade` in seconds at both ends."""

    file: Source
    gain: float = -18.0
    fade: Seconds = Fraction(2)


@dataclass(frozen=True)
class CastMember:
    """A named character, place or prop: how it looks, and pictures that show it. Written @name in prompts."""

    look: str = ""
    pictures: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Shot:
    """What is wanted of one shot.

    `image` is the first frame, `last` the last one, `references` show what things look like. `continues` starts on the
    last frame of the shot before. `model` names one or more models in order of preference, as `provider/model`.
    `seconds` None: the storyboard's, or as long as `speech`. `take` chooses which take is used, from 1.
    `options` are parameters of the chosen model alone.
    """

    prompt: str = ""
    image: Source | None = None
    last: Source | None = None
    references: tuple[Source, ...] = ()
    audio: Source | None = None
    speech: Source | None = None
    seconds: Seconds | None = None
    model: tuple[str, ...] = ()
    continues: bool = False
    negative: str | None = None
    seed: int | None = None
    fit: Fit | None = None
    caption: str | None = None
    transition: Transition | None = None
    take: int = 1
    options: Mapping[str, Any] = field(default_factory=dict)

    if TYPE_CHECKING:  # what may be given; the fields above say what it becomes

        def __init__(
            self,
            prompt: str = "",
            image: Source | None = None,
            last: Source | None = None,
            references: Source | Sequence[Source] = (),
            audio: Source | None = None,
            speech: Source | None = None,
            seconds: Seconds | float | str | None = None,
            model: str | Sequence[str] = (),
            continues: bool = False,
            negative: str | None = None,
            seed: int | None = None,
            fit: Fit | None = None,
            caption: str | None = None,
            transition: Transition | str | None = None,
            take: int = 1,
            options: Mapping[str, Any] = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        settle = object.__setattr__
        if self.seconds is not None:
            settle(self, "seconds", seconds(self.seconds))
            if self.seconds == 0:
                raise InvalidInput("seconds: a shot of 0 seconds", field="seconds", value=0, hint="leave it out, or 5")
        if isinstance(self.model, str):
            settle(self, "model", (self.model,))
        else:
            settle(self, "model", tuple(self.model))
        settle(self, "references", _sources(self.references))
        if self.transition is not None:
            settle(self, "transition", Transition.parse(self.transition))
        if self.fit is not None and self.fit not in FITS:
            raise InvalidInput(f"fit: {self.fit!r} is not known", field="fit", value=self.fit, hint=", ".join(FITS))
        if self.take < 1:
            raise InvalidInput("take: takes are counted from 1", field="take", value=self.take, hint="1 or more")
        if self.continues and self.image is not None:
            raise StoryboardError(
                "continue and image contradict each other: both say what the first frame is",
                field="continue",
                value=True,
                hint="leave one of them out",
            )


def _sources(value: Source | Sequence[Source]) -> tuple[Source, ...]:
    return (value,) if isinstance(value, str | bytes | os.PathLike) else tuple(value)


@dataclass(frozen=True)
class Storyboard:
    """The ordered shots and what they share. Lengths in seconds, `size` in pixels, `budget` in USD for one render."""

    shots: tuple[Shot, ...]
    title: str = "Untitled"
    size: Size = Size(1920, 1080)
    fps: FrameRate = FrameRate(Fraction(30))
    model: tuple[str, ...] = ()
    seconds: Seconds = Fraction(5)
    style: str = ""
    negative: str = ""
    seed: int | None = None
    fit: Fit = "auto"
    cast: Mapping[str, CastMember] = field(default_factory=dict)
    references: tuple[Source, ...] = ()
    transition: Transition = Transition()
    music: Music | None = None
    sound: bool = True
    budget: Money | None = None

    if TYPE_CHECKING:  # what may be given; the fields above say what it becomes

        def __init__(
            self,
            shots: Sequence[Shot],
            title: str = "Untitled",
            size: Size | str | tuple[int, int] = ...,
            fps: FrameRate | Fraction | float | str = ...,
            model: str | Sequence[str] = (),
            seconds: Seconds | float | str = ...,
            style: str = "",
            negative: str = "",
            seed: int | None = None,
            fit: Fit = "auto",
            cast: Mapping[str, CastMember] = ...,
            references: Source | Sequence[Source] = (),
            transition: Transition | str = ...,
            music: Music | None = None,
            sound: bool = True,
            budget: Money | str | float | None = None,
        ) -> None: ...

    def __post_init__(self) -> None:
        settle = object.__setattr__
        settle(self, "shots", tuple(self.shots))
        settle(self, "size", Size.parse(self.size))
        settle(self, "fps", FrameRate.parse(self.fps))
        settle(self, "seconds", seconds(self.seconds))
        settle(self, "model", (self.model,) if isinstance(self.model, str) else tuple(self.model))
        settle(self, "references", _sources(self.references))
        settle(self, "transition", Transition.parse(self.transition))
        if self.budget is not None:
            settle(self, "budget", Money.parse(self.budget))
        if self.fit not in FITS:
            raise InvalidInput(f"fit: {self.fit!r} is not known", field="fit", value=self.fit, hint=", ".join(FITS))
        if not self.shots:
            raise StoryboardError("a storyboard needs at least one shot", field="shots", hint="add a shot under shots:")
        if self.shots[0].continues:
            raise StoryboardError(
                "the first shot can't continue: there is none before it", field="shots[0].continue", hint="remove it"
            )

    def transition_into(self, index: int) -> Transition:
        """How shot `index` (from 0) begins; the first one begins with a cut."""
        if index == 0:
            return Transition()
        return self.shots[index].transition or self.transition

    def seconds_of(self, index: int) -> Seconds:
        return self.shots[index].seconds or self.seconds
