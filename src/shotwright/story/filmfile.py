"""The format of film.yaml as models: which keys stand where, and what they say to the editor's completion."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from shotwright.story.filefields import (
    Amount,
    Aspect,
    Change,
    Fade,
    Filled,
    Fitting,
    Gain,
    Length,
    Options,
    Pixels,
    Rate,
    Resolution,
    Seed,
    TakeNumber,
    Text,
    Texts,
    Truth,
    shown,
    wrong,
)
from shotwright.story.yamltree import Plain


class _Group(BaseModel):
    """Keys and values; a key without a value is as good as absent."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            raise wrong(f"{shown(values)} stands where a group of keys belongs", "write one `key: value` a line")
        return {key: value for key, value in values.items() if value is not None}

    def given(self, *without: str) -> dict[str, Any]:
        """The fields that the file sets, by the names of the domain."""
        return {name: getattr(self, name) for name in self.model_fields_set if name not in without}


class CastFile(_Group):
    """A character, place or prop, written @name in prompts."""

    look: Text | None = Field(default=None, description="How it looks, in words. Put into the prompts that name it.")
    pictures: Texts | None = Field(default=None, description="Pictures that show it: paths or links.")


class MusicFile(_Group):
    """A bed under the whole film."""

    file: Filled = Field(description="The music: a path or a link.")
    gain: Gain | None = Field(default=None, description="How loud, in dB: -18 dB where nothing is said.")
    fade: Fade | None = Field(default=None, description="Fade at both ends, in seconds: 2 where nothing is said.")


class ShotFile(_Group):
    """One shot. A shot that is only words may be just that text."""

    prompt: Text | None = Field(
        default=None, description="What is seen and how the camera moves: slow push in, pan left."
    )
    image: Filled | None = Field(default=None, description="The first frame: a path, link or data URI.")
    last: Filled | None = Field(default=None, description="The last frame: a path, link or data URI.")
    references: Texts | None = Field(default=None, description="Pictures that show what things look like.")
    audio: Filled | None = Field(default=None, description="Sound of the shot: a path or a link.")
    speech: Filled | None = Field(default=None, description="Speech for a talking picture; the shot is as long as it.")
    seconds: Length | None = Field(default=None, description="Length in seconds.")
    model: Texts | None = Field(default=None, description="provider/model, or a list of them in order of preference.")
    continues: Truth | None = Field(
        default=None, alias="continue", description="Start on the last frame of the shot before."
    )
    negative: Text | None = Field(default=None, description="What must not be seen.")
    seed: Seed | None = Field(default=None, description="Same seed, same clip, where the model can.")
    fit: Fitting | None = Field(default=None, description="How a picture of another shape meets the frame.")
    caption: Text | None = Field(default=None, description="Words set on the picture.")
    transition: Change | None = Field(default=None, description='How the shot begins: "cut" or "crossfade 0.5".')
    take: TakeNumber | None = Field(
        default=None, description="Which take is used, from 1. A new number buys a new take."
    )
    options: Options | None = Field(default=None, description="Parameters of the chosen model alone.")


def _shot_from_words(value: Any) -> Any:
    if value is None:
        raise wrong("an empty shot", "write its prompt, or remove the dash")
    if isinstance(value, Plain):
        return {"prompt": value}
    return {"prompt": value} if isinstance(value, str) else value


def _member_from_words(value: Any) -> Any:
    return {"look": value} if isinstance(value, str) else value


def _music_from_words(value: Any) -> Any:
    return {"file": value} if isinstance(value, str) else value


def _as_given(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        raise wrong(
            f"{shown(value)} stands where a list of shots belongs", "write each shot after a dash: - prompt: ..."
        )
    return value


AnyShot = Annotated[ShotFile, BeforeValidator(_shot_from_words, json_schema_input_type=ShotFile | str)]
AnyMember = Annotated[CastFile, BeforeValidator(_member_from_words, json_schema_input_type=CastFile | str)]
AnyMusic = Annotated[MusicFile, BeforeValidator(_music_from_words, json_schema_input_type=MusicFile | str)]
Shots = Annotated[list[AnyShot], BeforeValidator(_as_given), Field(min_length=1)]


class FilmFile(_Group):
    """A film for Shotwright: its shots in order, and what they share."""

    schema_hint: Annotated[str, WithJsonSchema({"type": "string"})] | None = Field(default=None, alias="$schema")
    title: Text | None = Field(default=None, description="The film's title.")
    size: Pixels | None = Field(default=None, description="Width x height in pixels: 1920x1080 where nothing is said.")
    resolution: Resolution | None = Field(
        default=None, description="The shorter side, with `aspect` in place of `size`."
    )
    aspect: Aspect | None = Field(default=None, description="The shape, with `resolution` in place of `size`.")
    fps: Rate | None = Field(default=None, description="Frames per second: 30 where nothing is said.")
    model: Texts | None = Field(default=None, description="provider/model for all shots that don't say otherwise.")
    seconds: Length | None = Field(default=None, description="Length of all shots that don't say otherwise: 5.")
    style: Text | None = Field(default=None, description="The look of the whole film, put into every prompt.")
    negative: Text | None = Field(default=None, description="What must not be seen in any shot.")
    seed: Seed | None = Field(default=None, description="Seed of all shots that don't say otherwise.")
    fit: Fitting | None = Field(default=None, description="How pictures of another shape meet the frame.")
    cast: dict[str, AnyMember] | None = Field(default=None, description="Characters, places and props, by name.")
    references: Texts | None = Field(default=None, description="Pictures that show the look of the whole film.")
    transition: Change | None = Field(default=None, description="How shots begin that don't say otherwise: cut.")
    music: AnyMusic | None = Field(
        default=None, description="Music under the whole film: a file, or file, gain and fade."
    )
    sound: Truth | None = Field(default=None, description="false makes a silent film.")
    budget: Amount | None = Field(default=None, description="The most that one render may cost, in USD.")
    shots: Shots = Field(description="The shots in order.")
