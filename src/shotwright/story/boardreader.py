"""The values of a film file checked and made into a Storyboard, with each fault at its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from shotwright.domain.source import source_kind
from shotwright.domain.storyboard import CastMember, Music, Shot, Storyboard
from shotwright.domain.units import Size
from shotwright.errors import InvalidInput, StoryboardError
from shotwright.story.filmfile import CastFile, FilmFile, MusicFile, ShotFile
from shotwright.story.yamltree import Path as Place
from shotwright.story.yamltree import Tree, unwrapped

_SHOWN_PROBLEMS = 20
_MENTION = re.compile(r"(?<![\w.@])@(\w[\w-]*)")
_OTHER_NAMES = {
    "duration": "seconds",
    "length": "seconds",
    "time": "seconds",
    "text": "prompt",
    "description": "prompt",
    "picture": "image",
    "photo": "image",
    "first": "image",
    "first_frame": "image",
    "start": "image",
    "end": "last",
    "last_frame": "last",
    "images": "references",
    "pictures": "references",
    "negative_prompt": "negative",
    "continues": "continue",
    "voice": "speech",
    "subtitle": "caption",
    "framerate": "fps",
    "frame_rate": "fps",
    "ratio": "aspect",
    "aspect_ratio": "aspect",
    "characters": "cast",
    "name": "title",
    "scenes": "shots",
    "clips": "shots",
    "volume": "gain",
}


@dataclass(frozen=True, slots=True)
class _Problem:
    place: Place
    message: str
    hint: str
    value: Any = None


def board_of(tree: Tree, *, file: str | None, base: Path | None) -> Storyboard:
    """Raises StoryboardError: the first fault in the order of the lines, the others in its hint."""
    try:
        film = FilmFile.model_validate(tree.values)
    except ValidationError as refusal:
        raise _report(list(_problems(refusal, tree)), tree, file) from None
    problems = [*_contradictions(film), *_mentions(film)]
    shots: list[Shot] = []
    for at, shot in enumerate(film.shots):
        try:
            shots.append(_shot(shot, base))
        except InvalidInput as refusal:
            problems.append(_from_domain(refusal, ("shots", at)))
    if problems:
        raise _report(problems, tree, file)
    try:
        return _board(film, shots, base)
    except InvalidInput as refusal:
        raise _report([_from_domain(refusal, ())], tree, file) from refusal


def _board(film: FilmFile, shots: list[Shot], base: Path | None) -> Storyboard:
    fields = film.given("schema_hint", "size", "resolution", "aspect", "cast", "references", "music", "shots")
    size = film.size
    if film.resolution or film.aspect:
        size = Size.parse(str(Size.of(film.resolution or "1080p", film.aspect or "16:9")), field="aspect")
    if size:
        fields["size"] = size
    if film.music:
        fields["music"] = Music(_source(film.music.file, base), **film.music.given("file"))
    return Storyboard(
        shots=tuple(shots),
        cast={name: _member(member, base) for name, member in (film.cast or {}).items()},
        references=_sources(film.references, base),
        **fields,
    )


def _shot(shot: ShotFile, base: Path | None) -> Shot:
    pictures: dict[str, Any] = {
        name: _source(value, base)
        for name in ("image", "last", "audio", "speech")
        if (value := getattr(shot, name)) is not None
    }
    fields = shot.given("references", *pictures)
    return Shot(references=_sources(shot.references, base), **pictures, **fields)


def _member(member: CastFile, base: Path | None) -> CastMember:
    return CastMember(member.look or "", _sources(member.pictures, base))


def _sources(values: Iterable[str] | None, base: Path | None) -> tuple[str, ...]:
    return tuple(_source(value, base) for value in values or ())


def _source(value: str, base: Path | None) -> str:
    if source_kind(value) != "path":
        return value
    path = Path(value).expanduser() if value.startswith("~") else Path(value)
    return str(base / path) if base is not None else str(path)


def _contradictions(film: FilmFile) -> Iterator[_Problem]:
    for other in ("resolution", "aspect"):
        if film.size and getattr(film, other):
            yield _Problem((other,), "size already says this", f"keep size, or {other} in place of it")
    if film.shots[0].continues:
        yield _Problem(
            ("shots", 0, "continue"), "the first shot can't continue: there is none before it", "remove it", True
        )
    for name, member in (film.cast or {}).items():
        if not re.fullmatch(r"\w[\w-]*", name):
            yield _Problem(("cast", name), f"{name!r} can't be written @name", "use letters, digits, - and _", name)
        if not member.look and not member.pictures:
            yield _Problem(("cast", name), "says nothing of how it looks", "give it look or pictures")
    for at, shot in enumerate(film.shots):
        says = (shot.prompt or "").strip() or shot.image or shot.last or shot.references or shot.continues
        if not says and not shot.speech:
            yield _Problem(("shots", at), "this shot says nothing", "give it a prompt, an image, or continue: true")


def _mentions(film: FilmFile) -> Iterator[_Problem]:
    """A name that is nearly one of the cast is a slip that would cost money."""
    names = film.cast or {}
    for at, shot in enumerate(film.shots):
        for name in _MENTION.findall(shot.prompt or ""):
            near = get_close_matches(name, names, 1, 0.75)
            if name not in names and near:
                yield _Problem(
                    ("shots", at, "prompt"), f"@{name} is not in the cast", f"did you mean @{near[0]}?", name
                )


def _problems(refusal: ValidationError, tree: Tree) -> Iterator[_Problem]:
    for error in refusal.errors(include_url=False):
        place = tuple(error["loc"])
        if error["type"] == "extra_forbidden":
            yield _unknown_key(place)
        elif error["type"] == "missing":
            key = place[-1]
            hint = "add `shots:` and a list of shots" if key == "shots" else f"add `{key}:`"
            yield _Problem(place, "is missing", hint)
        elif error["type"] == "too_short":
            yield _Problem(place, "there is no shot in it", "add a shot: - prompt: ...")
        else:
            what = error["msg"]
            hint = error.get("ctx", {}).get("hint") or "see the reference of film.yaml"
            yield _Problem(_known(place, tree), what, hint, _value(error["input"]))


def _known(place: Place, tree: Tree) -> Place:
    """A single value in place of a list has no number of its own."""
    while place and isinstance(place[-1], int) and tree.lines and place not in tree.lines:
        place = place[:-1]
    return place


def _unknown_key(place: Place) -> _Problem:
    key = str(place[-1])
    group = _group_at(place[:-1])
    here = _keys(group)
    meant = _OTHER_NAMES.get(key.lower().replace("-", "_"))
    near = get_close_matches(key.lower(), [*here, *(other for other, real in _OTHER_NAMES.items() if real in here)], 1)
    if group is not None and meant in here:
        hint = f"did you mean {meant!r}?"
    elif group is ShotFile and key in _keys(FilmFile):
        hint = f"{key} is for the whole film: put it at the top of the file"
    elif group is FilmFile and key in _keys(ShotFile):
        hint = f"{key} is for one shot: put it under shots"
    elif near:
        hint = f"did you mean {_OTHER_NAMES.get(near[0], near[0])!r}?"
    elif group is ShotFile and " " in key:
        hint = "if this is the shot's prompt, put it in quotes: it has a colon in it"
    elif key == "<<":
        hint = "keys at the top of the file hold for all shots: no merging is needed"
    else:
        hint = f"known here: {', '.join(here)}"
    return _Problem(place, f"the key {key!r} is not known here", hint, key)


def _group_at(place: Place) -> type[BaseModel] | None:
    match place:
        case ():
            return FilmFile
        case ("shots", _):
            return ShotFile
        case ("music",):
            return MusicFile
        case ("cast", _):
            return CastFile
    return None


def _keys(group: type[BaseModel] | None) -> list[str]:
    fields = group.model_fields if group else {}
    return [name for name in (field.alias or key for key, field in fields.items()) if not name.startswith("$")]


def _from_domain(refusal: InvalidInput, within: Place) -> _Problem:
    named = re.findall(r"\w+", refusal.field or "")
    place = (*within, *(int(part) if part.isdigit() else part for part in named))
    return _Problem(place, refusal.message.removeprefix(f"{refusal.field}: "), refusal.hint or "", refusal.value)


def _report(problems: list[_Problem], tree: Tree, file: str | None) -> StoryboardError:
    ordered = sorted(problems, key=lambda problem: tree.line_of(problem.place))
    first, *others = ordered
    hint = first.hint
    if others:
        told = [f"{_line(other, tree)}{_said(other)} ({other.hint})" for other in others[:_SHOWN_PROBLEMS]]
        unsaid = len(others) - len(told)
        told += [f"and {unsaid} more"] if unsaid else []
        hint = "\n".join([hint, "There is more to mend:", *(f"  {line}" for line in told)])
    return StoryboardError(
        _said(first),
        file=file,
        line=tree.line_of(first.place) if tree.lines else None,
        field=_field(first.place) or None,
        value=first.value,
        hint=hint,
    )


def _line(problem: _Problem, tree: Tree) -> str:
    return f"line {tree.line_of(problem.place)}: " if tree.lines else ""


def _said(problem: _Problem) -> str:
    field = _field(problem.place)
    return f"{field}: {problem.message}" if field else problem.message


def _field(place: Place) -> str:
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _value(value: Any) -> Any:
    plain = unwrapped(value)
    return plain if not isinstance(plain, str) else plain[:200]
