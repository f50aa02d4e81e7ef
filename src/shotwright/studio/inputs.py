"""Pictures as people name them on a command line, as a flat ordered list.

Single files, comma lists, wildcards, folders, links, data URIs and base64 text. Files are looked for, never opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from fnmatch import translate
from pathlib import Path

from shotwright.domain.source import source_kind
from shotwright.errors import PictureError
from shotwright.media.picturekinds import SUFFIXES
from shotwright.studio.materialise import materialise
from shotwright.studio.prompts import pair_prompts, read_prompts

__all__ = ["expand_pictures", "materialise", "natural_key", "pair_prompts", "read_prompts"]

_WILD = re.compile(r"[*?\[]")
_DIGITS = re.compile(r"(\d+)")


def expand_pictures(args: Sequence[str], *, cwd: Path | None = None) -> list[str]:
    """Every picture that `args` name, in their order; within a wildcard or folder in natural order (2 before 10).

    Paths come out below `cwd`, the current folder if None; links, data URIs and base64 text as they are. Raises
    PictureError where an argument names nothing.
    """
    folder = cwd if cwd is not None else Path.cwd()
    return [picture for arg in args for part in split_list(arg, cwd=folder) for picture in _expand(part, folder)]


def split_list(arg: str, *, cwd: Path) -> list[str]:
    """The parts of a comma list. A comma inside a link, a data URI or the name of an existing file splits nothing."""
    if "," not in arg or _exists(_below(cwd, arg)):
        return [arg]
    if source_kind(arg) in {"link", "data"}:
        parts = re.split(r",(?=\s*(?:https?://|data:))", arg)
        return [part.strip() for part in parts]
    parts = []
    for part in arg.split(","):
        inside_data = parts and parts[-1].startswith("data:") and "," not in parts[-1]
        if inside_data:
            parts[-1] += f",{part.strip()}"
        elif part.strip():
            parts.append(part.strip())
    return parts


def natural_key(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Sorts numbers inside names by value and letters without case; equal names by their spelling."""
    parts = tuple((0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in _DIGITS.split(name))
    return parts, name


def _expand(arg: str, cwd: Path) -> list[str]:
    if not arg.strip():
        raise PictureError("a picture has an empty name", field="image", value=arg, hint="name a file, folder or link")
    if source_kind(arg) != "path":
        return [arg.strip()]
    path = _below(cwd, arg)
    if _exists(path):
        return _pictures_in(path, arg) if path.is_dir() else [str(path)]
    if _WILD.search(arg):
        return _matches(arg, cwd)
    raise PictureError(f"no picture {arg!r}", field="image", value=arg, hint=_nearest(path, cwd))


def _below(cwd: Path, arg: str) -> Path:
    path = Path(arg)
    return path.expanduser() if arg.startswith("~") else cwd / path


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError, RuntimeError):
        return False


def _pictures_in(folder: Path, arg: str) -> list[str]:
    found = [path for path in _listed(folder) if _is_picture(path) and path.is_file()]
    if not found:
        raise PictureError(
            f"no picture in the folder {arg!r}",
            field="image",
            value=arg,
            hint=f"{_contents(folder)}; pictures end in {', '.join(sorted(SUFFIXES))}",
        )
    return [str(path) for path in sorted(found, key=lambda path: natural_key(path.name))]


def _matches(arg: str, cwd: Path) -> list[str]:
    pattern = _below(cwd, arg)
    fixed = Path(pattern.anchor)
    parts = list(pattern.parts[1:] if pattern.anchor else pattern.parts)
    while parts and not _WILD.search(parts[0]):
        fixed /= parts.pop(0)
    found = [path for path in _walk(fixed, parts) if path.is_file()]
    pictures = [path for path in found if _is_picture(path)]
    if found and not pictures and not _WILD.search(Path(arg).suffix or "*"):
        pictures = found
    if not pictures:
        matched = f" ({len(found)} other files match)" if found else ""
        raise PictureError(
            f"no picture matches {arg!r}{matched}", field="image", value=arg, hint=_nearest(pattern, cwd)
        )
    return [str(path) for path in sorted(set(pictures), key=lambda path: natural_key(str(path)))]


def _walk(folder: Path, parts: Sequence[str]) -> Iterator[Path]:
    """Paths that match the pattern's parts, whatever their case; `**` stands for any folders. Links are not entered."""
    if not parts:
        yield folder
        return
    head, rest = parts[0], parts[1:]
    if head == "**":
        yield from _walk(folder, rest or ["*"])
        for entry in _listed(folder):
            if entry.is_dir() and not entry.is_symlink():
                yield from _walk(entry, parts)
        return
    matcher = re.compile(translate(head), re.IGNORECASE)
    for entry in _listed(folder, hidden=head.startswith(".")):
        if matcher.match(entry.name) and (not rest or entry.is_dir()):
            yield from _walk(entry, rest)


def _listed(folder: Path, *, hidden: bool = False) -> list[Path]:
    try:
        return [entry for entry in folder.iterdir() if hidden or not entry.name.startswith(".")]
    except OSError:
        return []


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES


def _nearest(path: Path, cwd: Path) -> str:
    """The remedy: the nearest names in the folder, or the folder that is missing."""
    folder = path.parent
    while folder != folder.parent and (_WILD.search(folder.name) or not _exists(folder)):
        missing = folder if not _WILD.search(folder.name) else None
        folder = folder.parent
        if missing is not None and _exists(folder):
            near = _near(missing.name, [entry.name for entry in _listed(folder) if entry.is_dir()])
            return f"there is no folder {_shown(missing, cwd)!r}" + (f"; did you mean {near}?" if near else "")
    pictures = [entry.name for entry in _listed(folder) if _is_picture(entry)]
    near = _near(_WILD.sub("", path.name).strip("].") or path.name, pictures)
    if near:
        return f"did you mean {near}?"
    return _contents(folder, cwd)


def _near(name: str, names: Sequence[str]) -> str:
    lowered = {known.lower(): known for known in sorted(names, key=natural_key)}
    found = get_close_matches(name.lower(), lowered, 3, 0.5)
    return ", ".join(lowered[known] for known in found)


def _contents(folder: Path, cwd: Path | None = None) -> str:
    names = sorted((entry.name for entry in _listed(folder)), key=natural_key)
    pictures = [name for name in names if Path(name).suffix.lower() in SUFFIXES]
    shown = (pictures or names)[:4]
    more = f" and {len(pictures or names) - 4} more" if len(pictures or names) > 4 else ""
    place = _shown(folder, cwd) if cwd else folder.name
    if not names:
        return f"{place!r} is empty"
    return f"{place!r} holds {', '.join(shown)}{more}"


def _shown(path: Path, cwd: Path) -> str:
    return str(path.relative_to(cwd)) if path.is_relative_to(cwd) else str(path)
