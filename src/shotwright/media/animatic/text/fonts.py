"""Fonts: the bundled ones by role and script, the system's own for all else, chosen by what they can draw."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PIL import ImageFont

from shotwright.media.animatic.text.coverage import coverage

Role = Literal["sans", "serif"]

_HERE = Path(__file__).parent / "fonts"
_LEAD: dict[Role, str] = {"sans": "Inter-SemiBold.ttf", "serif": "SourceSerif4-Regular.ttf"}
_SCRIPTS = ("NotoSansArabic-Medium.ttf", "NotoSansHebrew-Medium.ttf", "NotoSansDevanagari-Medium.ttf")
_LIKELY = (  # file names that begin like these are tried first: whole families for East Asian and other scripts
    "notosanscjk", "notosansjp", "notosanssc", "notosanskr", "sourcehansans", "hiragino", "pingfang", "yugoth",
    "meiryo", "msgothic", "msyh", "malgun", "applesdgothic", "ipag", "wqy", "droidsansfallback", "notosans", "arialuni",
)  # fmt: skip
_SUFFIXES = {".ttf", ".otf", ".ttc"}
_MOST_FILES = 4000


@dataclass(frozen=True)
class Face:
    """A font file, and which of its faces."""

    path: Path
    index: int = 0

    def draws(self, char: str) -> bool:
        return char in coverage(self.path, self.index)

    def at(self, pixels: float) -> ImageFont.FreeTypeFont:
        """At a size in pixels per em."""
        return _sized(self, max(4, round(pixels)))


@lru_cache(maxsize=256)
def _sized(face: Face, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face.path), pixels, index=face.index, layout_engine=ImageFont.Layout.RAQM)


def bundled(role: Role) -> tuple[Face, ...]:
    """The fonts that come with the package, the one for this role first."""
    return tuple(Face(_HERE / name) for name in (_LEAD[role], *_SCRIPTS))


def system_folders() -> tuple[Path, ...]:
    """Where fonts usually lie on this kind of system."""
    home = Path.home()
    if sys.platform == "darwin":
        return Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"
    if sys.platform == "win32":
        local = Path(os.environ.get("LOCALAPPDATA", home / "AppData/Local"))
        return Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts", local / "Microsoft/Windows/Fonts"
    return (
        home / ".local/share/fonts",
        home / ".fonts",
        Path("/usr/local/share/fonts"),
        Path("/usr/share/fonts"),
    )


@lru_cache(maxsize=8)
def _files(folders: tuple[Path, ...]) -> tuple[Path, ...]:
    """Font files of some folders, the likely ones first; the order never depends on the file system's."""
    found: list[Path] = []
    for folder in folders:
        for place, _, names in os.walk(folder):
            found += [Path(place) / name for name in names if Path(name).suffix.lower() in _SUFFIXES]
    return tuple(sorted(found, key=_rank)[:_MOST_FILES])


def _rank(path: Path) -> tuple[int, int, str, str]:
    name = path.stem.lower().replace("-", "").replace(" ", "")
    family = next((at for at, start in enumerate(_LIKELY) if name.startswith(start)), len(_LIKELY))
    plain = 0 if any(word in name for word in ("regular", "medium", "w3", "w4")) else 1
    return family, plain, name, str(path)


@lru_cache(maxsize=64)
def _from_system(chars: frozenset[str], folders: tuple[Path, ...]) -> tuple[Face, ...]:
    """Fewest fonts, in order of likelihood, that together draw as many of the characters as any can."""
    missing, chosen = set(chars), []
    for path in _files(folders):
        drawn = {char for char in missing if Face(path).draws(char)}
        if drawn:
            chosen.append(Face(path))
            missing -= drawn
        if not missing:
            break
    return tuple(chosen)


@dataclass(frozen=True)
class Run:
    """Neighbouring characters that one font draws."""

    text: str
    face: Face


@dataclass(frozen=True)
class Typeface:
    """Fonts in order of preference, and the characters that none of them can draw."""

    faces: tuple[Face, ...]
    missing: str = ""

    def runs(self, text: str) -> tuple[Run, ...]:
        """The text by font, in reading order; spaces and marks stay with what they follow."""
        runs: list[Run] = []
        for char in text:
            if runs and _follows(char) and (char.isspace() or runs[-1].face.draws(char)):
                runs[-1] = Run(runs[-1].text + char, runs[-1].face)
                continue
            face = self._face(char)
            if runs and runs[-1].face == face:
                runs[-1] = Run(runs[-1].text + char, face)
            else:
                runs.append(Run(char, face))
        return tuple(runs)

    def _face(self, char: str) -> Face:
        return next((face for face in self.faces if face.draws(char)), self.faces[0])

    def width(self, text: str, pixels: float) -> float:
        """Advance of a line at a size, in pixels."""
        return float(sum(run.face.at(pixels).getlength(run.text) for run in self.runs(text)))


def _follows(char: str) -> bool:
    return char.isspace() or unicodedata.category(char)[0] in "MPN" or unicodedata.category(char) == "Cf"


def typeface(text: str, role: Role, folders: Sequence[Path] | None = None) -> tuple[str, Typeface]:
    """The text without what no font here can draw, and the fonts for the rest.

    `folders` are searched for characters that the bundled fonts lack (default: the system's). What is left out is
    named in the typeface's `missing`, never drawn as a box.
    """
    lead = bundled(role)
    lacking = {char for char in text if _visible(char) and not any(face.draws(char) for face in lead)}
    extra: tuple[Face, ...] = ()
    if lacking:
        where = system_folders() if folders is None else tuple(folders)
        extra = _from_system(frozenset(lacking), where)
        lacking = {char for char in lacking if not any(face.draws(char) for face in extra)}
    kept = " ".join("".join(_kept(text, lacking)).split())
    ordered = "".join(dict.fromkeys(char for char in text if char in lacking))
    return kept, Typeface((*lead, *extra), ordered)


def _visible(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char) not in ("Cf", "Cc") and not "\ufe00" <= char <= "\ufe0f"


def _kept(text: str, lacking: set[str]) -> Iterator[str]:
    for char in text:
        if char in lacking or unicodedata.category(char) == "Cc" or "\ufe00" <= char <= "\ufe0f":
            yield " " if char.isspace() else ""
        else:
            yield char
