"""Camera words: what a prompt says about the camera, as a move."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Speed = Literal["slow", "medium", "fast"]
Meeting = Literal["dissolve", "whip", "zoom"]


class MoveKind(StrEnum):
    """How the camera travels."""

    PUSH = "push"
    PULL = "pull"
    PAN = "pan"
    TILT = "tilt"
    ARC = "arc"
    STATIC = "static"


@dataclass(frozen=True, slots=True)
class Move:
    """A camera move. `direction` is +1 for right or down, -1 for left or up, 0 where the kind has none or any will do.

    `handheld` lays a gentle sway over it. `named` tells whether the words asked for it (else it came from the seed).
    `meeting` is how two unrelated pictures meet: a defocus dissolve, a whip, or a zoom through.
    """

    kind: MoveKind
    direction: int = 0
    speed: Speed = "medium"
    handheld: bool = False
    named: bool = False
    meeting: Meeting = "dissolve"


_ADVERB = r"(?:slowly|gently|quickly|smoothly|swiftly|then)"
_CAMERA = rf"\bcamera\s+(?:{_ADVERB}\s+)?"
_IN = r"(?:in|into|inwards?|closer|towards?|forwards?)\b"
_OUT = r"(?:out|outwards?|back|backwards?|away)\b"
_TO = rf"(?:\s+(?:{_ADVERB}|to|the|towards?|from|over))*[\s-]+"
_PAN = r"\bpan(?:s|ning|ned)?"
_ARC = r"\b(?:arc|orbit|circle|circling|rotate|rotating)(?:s|ing)?"
_TRUCK = r"\b(?:truck|track|slide|dolly|crab)(?:s|ing)?"
_GLIDE = r"(?:move|drift|glide|swing|fl(?:y|ie)|travel|ease|sweep)(?:s|ing)?"
_CRANE = r"\b(?:crane|jib|boom|pedestal|tilt|pan)(?:s|ing|ning)?"
_NOT_A_THING = r"(?!\s+(?:the|a|an|his|her|its|their)\b)"
_FRAME = r"(?:camera|shot|view|frame|lens)\b"

_PHRASES: tuple[tuple[str, MoveKind, int], ...] = (
    (rf"\bwhip{_TO}pan{_TO}left\b", MoveKind.PAN, -1),
    (r"\bwhip[\s-]pan", MoveKind.PAN, 1),
    (rf"{_PAN}{_TO}left(?:wards?)?\b|\bleft[\s-]pan\b", MoveKind.PAN, -1),
    (rf"{_PAN}{_TO}right(?:wards?)?\b|\bright[\s-]pan\b", MoveKind.PAN, 1),
    (rf"{_TRUCK}{_TO}left(?:wards?)?\b", MoveKind.PAN, -1),
    (rf"{_TRUCK}{_TO}right(?:wards?)?\b", MoveKind.PAN, 1),
    (rf"{_CAMERA}{_GLIDE}{_TO}left(?:wards?)?\b", MoveKind.PAN, -1),
    (rf"{_CAMERA}{_GLIDE}{_TO}right(?:wards?)?\b", MoveKind.PAN, 1),
    (rf"{_CAMERA}(?:pans|panning|tracks|sweeps)\b", MoveKind.PAN, 0),
    (rf"\b(?:tracking|trucking|panning|pan)\s+shot\b|{_PAN}\s+(?:across|over|along|around)\b", MoveKind.PAN, 0),
    (rf"{_CRANE}{_TO}up(?:wards?)?\b|\brising\s+{_FRAME}", MoveKind.TILT, -1),
    (rf"{_CRANE}{_TO}down(?:wards?)?\b", MoveKind.TILT, 1),
    (rf"{_CAMERA}(?:{_GLIDE}{_TO}up(?:wards?)?|rises|lifts|cranes)\b", MoveKind.TILT, -1),
    (rf"{_CAMERA}(?:{_GLIDE}{_TO}down(?:wards?)?|descends|sinks|lowers)\b", MoveKind.TILT, 1),
    (r"\b(?:crane|jib)\s+shot\b", MoveKind.TILT, -1),
    (rf"{_ARC}{_TO}left\b", MoveKind.ARC, -1),
    (rf"{_ARC}{_TO}right\b", MoveKind.ARC, 1),
    (r"\b(?:arc|orbit)(?:s|ing)?\s+(?:shot|around|about|move)\b|\borbiting\b", MoveKind.ARC, 0),
    (rf"{_CAMERA}(?:arcs|orbits|circles)\b", MoveKind.ARC, 0),
    (rf"\b(?:zoom(?:s|ing)?|doll(?:y|ying|ies)|creep(?:s|ing)?)[\s-]*{_IN}", MoveKind.PUSH, 0),
    (rf"\bpush(?:es|ing)?[\s-]+{_IN}{_NOT_A_THING}", MoveKind.PUSH, 0),
    (rf"{_CAMERA}(?:{_GLIDE}|tracks|pushes|closes){_TO}{_IN}|{_CAMERA}(?:zooms|pushes|approaches)\b", MoveKind.PUSH, 0),
    (r"\b(?:dolly|vertigo|crash)[\s-]zoom\b|\bzoom\s+(?:on|to|through)\b", MoveKind.PUSH, 0),
    (r"\b(?:dolly|push|zoom)\s+shot\b", MoveKind.PUSH, 0),
    (rf"\b(?:zoom(?:s|ing)?|doll(?:y|ying|ies))[\s-]*{_OUT}", MoveKind.PULL, 0),
    (rf"\bpull(?:s|ing)?[\s-]*{_OUT}{_NOT_A_THING}", MoveKind.PULL, 0),
    (rf"{_CAMERA}(?:{_GLIDE}|tracks|pulls){_TO}{_OUT}|{_CAMERA}(?:retreats|withdraws)\b", MoveKind.PULL, 0),
    (r"\breveal(?:ing)?\s+shot\b", MoveKind.PULL, 0),
    (rf"\b(?:static|locked(?:[\s-](?:off|down))?|fixed|still|stationary|tripod)\s+{_FRAME}", MoveKind.STATIC, 0),
    (r"\blocked[\s-]off\b|\bon\s+a\s+tripod\b|\bno\s+camera\s+(?:movement|motion|move)\b", MoveKind.STATIC, 0),
)  # fmt: skip
_ALONE: dict[str, tuple[MoveKind, int]] = {
    "pan": (MoveKind.PAN, 0),
    "tilt": (MoveKind.TILT, 0),
    "arc": (MoveKind.ARC, 0),
    "orbit": (MoveKind.ARC, 0),
    "dolly": (MoveKind.PUSH, 0),
    "zoom": (MoveKind.PUSH, 0),
    "push": (MoveKind.PUSH, 0),
    "pull": (MoveKind.PULL, 0),
    "track": (MoveKind.PAN, 0),
    "tracking": (MoveKind.PAN, 0),
    "crane": (MoveKind.TILT, -1),
    "static": (MoveKind.STATIC, 0),
    "tripod": (MoveKind.STATIC, 0),
    "drift": (MoveKind.PAN, 0),
    "drift left": (MoveKind.PAN, -1),
    "drift right": (MoveKind.PAN, 1),
    "move left": (MoveKind.PAN, -1),
    "move right": (MoveKind.PAN, 1),
    "move up": (MoveKind.TILT, -1),
    "move down": (MoveKind.TILT, 1),
    "rise": (MoveKind.TILT, -1),
    "move in": (MoveKind.PUSH, 0),
    "move closer": (MoveKind.PUSH, 0),
    "track in": (MoveKind.PUSH, 0),
    "truck in": (MoveKind.PUSH, 0),
    "closer": (MoveKind.PUSH, 0),
    "move out": (MoveKind.PULL, 0),
    "move back": (MoveKind.PULL, 0),
    "track out": (MoveKind.PULL, 0),
    "track back": (MoveKind.PULL, 0),
}
_HANDHELD = re.compile(r"\bhand[\s-]?held\b|\bshaky[\s-]?cam\b|\bshaky\s+camera\b|\bdocumentary\s+camera\b")
_SLOW = (
    r"slow(?:ly)?|gentl[ey]|gradual(?:ly)?|subtl[ey]|soft(?:ly)?|creep(?:s|ing)?|languid(?:ly)?|leisurely|calm(?:ly)?"
)
_FAST = (
    r"fast(?:er)?|quick(?:ly)?|rapid(?:ly)?|swift(?:ly)?|brisk(?:ly)?|sudden(?:ly)?|crash|whip|speedy|hurried(?:ly)?"
)
_SPEED = re.compile(rf"\b(?:(?P<slow>{_SLOW})|(?P<fast>{_FAST}))\b")
_ACTION = re.compile(
    r"\b(?:action|chase[sd]?|chasing|race[sd]?|racing|fight(?:s|ing)?|explo(?:des?|sion|ding)|sprint(?:s|ing)?|battle"
    r"|crash(?:es|ing)?|attack(?:s|ing)?|escape[sd]?|rush(?:es|ing)?|fast|whip|swish)\b"
)
_THROUGH = re.compile(r"\b(?:zoom|fly|flies|dive|dives|push|crash\s+zoom)(?:s|ing)?\s+through\b|\bzoom\s+transition\b")
_NEAR = 28  # characters around a phrase in which its speed is looked for


def read(prompt: str) -> Move | None:
    """The move that the prompt names, or None. The first phrase wins; "handheld" may be added to any."""
    text = " ".join(prompt.casefold().split())
    handheld = bool(_HANDHELD.search(text))
    found = _phrase(text) or _lone_word(prompt.casefold())
    if found is None and not handheld:
        return None
    if found is None:
        return Move(MoveKind.STATIC, handheld=True, named=True, meeting=meeting(prompt))
    start, end, kind, direction = found
    return Move(kind, direction, _speed(text, start, end), handheld, named=True, meeting=meeting(prompt))


def meeting(prompt: str) -> Meeting:
    """How two unrelated pictures of this shot should meet."""
    text = prompt.casefold()
    if _THROUGH.search(text):
        return "zoom"
    return "whip" if _ACTION.search(text) else "dissolve"


def _phrase(text: str) -> tuple[int, int, MoveKind, int] | None:
    """The first phrase; where two overlap, the one that tells a direction."""
    found = [(*match.span(), kind, way) for pattern, kind, way in _COMPILED if (match := pattern.search(text))]
    if not found:
        return None
    start, end, kind, way = min(found, key=lambda item: item[0])
    closer = [item for item in found if item[0] < end and item[2] is kind and item[3]]
    return closer[0] if closer and not way else (start, end, kind, way)


def _lone_word(text: str) -> tuple[int, int, MoveKind, int] | None:
    """A camera word that makes up a whole clause: "a harbour, slow pan" but not "a frying pan"."""
    for clause in re.split(r"[,.;:()\n|/]+", text):
        bare = " ".join(_SPEED.sub(" ", clause.replace("camera", " ").replace("shot", " ")).split())
        if bare in _ALONE:
            at = " ".join(text.split()).find(" ".join(clause.split()))
            kind, direction = _ALONE[bare]
            return at, at + len(clause), kind, direction
    return None


def _speed(text: str, start: int, end: int) -> Speed:
    """The speed word nearest to the phrase, within a few words of it."""
    best: tuple[int, Speed] | None = None
    for match in _SPEED.finditer(text, max(0, start - _NEAR), min(len(text), end + _NEAR)):
        between = text[match.end() : start] if match.end() <= start else text[end : match.start()]
        if re.search(r"[,.;:]", between):
            continue
        distance = max(start - match.end(), match.start() - end, 0)
        speed: Speed = "slow" if match["slow"] else "fast"
        if best is None or distance < best[0]:
            best = distance, speed
    return best[1] if best else "medium"


_COMPILED = tuple((re.compile(pattern), kind, direction) for pattern, kind, direction in _PHRASES)
