"""What a prompt says about a picture: time of day, place, weather, and whether people or boats belong in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from shotwright.media.animatic.scene import vocabulary

Time = Literal["dawn", "day", "golden", "sunset", "dusk", "night", "overcast", "storm"]
Place = Literal[
    "space", "underwater", "city", "interior", "sea", "lake", "desert", "forest", "mountain", "meadow", "abstract"
]
Weather = Literal["rain", "snow", "fog"]

STRONG, WEAK = 4, 1
_UNSAID_PLACES: dict[str | None, tuple[Place, ...]] = {
    "rain": ("city", "meadow", "lake"),
    "snow": ("mountain", "forest"),
    "fog": ("forest", "mountain", "lake"),
}
"""Weather needs a place to fall on."""

_UNSAID_TIMES: tuple[Time, ...] = ("day", "golden", "dusk")


@dataclass(frozen=True, slots=True)
class Reading:
    """`people` is 0, 1 or 2 figures; `abstract` is the place of words that name neither place nor weather."""

    time: Time
    place: Place
    weather: Weather | None = None
    people: int = 0
    boats: bool = False
    shore: bool = False

    @property
    def wet(self) -> bool:
        """Rain, snow, fog and storms cover the sky: no stars, and no sun by day."""
        return self.weather is not None or self.time == "storm"


def read(prompt: str, seed: int) -> Reading:
    """The best count of words wins, the first named among equals; the seed chooses where no word does."""
    found = _tokens(prompt)
    time = cast("Time | None", _best(found, _TIMES))
    weather = cast("Weather | None", _best(found, _WEATHERS))
    places = _UNSAID_PLACES.get(weather, ("abstract",))
    return Reading(
        time=time or _UNSAID_TIMES[seed % len(_UNSAID_TIMES)],
        place=cast("Place | None", _best(found, _PLACES)) or places[seed % len(places)],
        weather=weather,
        people=2 if _MORE & set(found) else 1 if _ONE & set(found) else 0,
        boats=bool(_BOATS & set(found)),
        shore=bool(_SHORES & set(found)),
    )


def _tokens(prompt: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", prompt.casefold().replace("ß", "ss"))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return re.findall(r"[a-z]+(?:-[a-z]+)?", plain)


def _weights(words: str) -> dict[str, int]:
    return {word.removeprefix("~"): WEAK if word.startswith("~") else STRONG for word in words.split()}


def _best(tokens: list[str], kinds: Mapping[str, Mapping[str, int]]) -> str | None:
    best, score, first = None, 0, len(tokens)
    for kind, weights in kinds.items():
        hits = [at for at, token in enumerate(tokens) if token in weights]
        total = sum(weights[tokens[at]] for at in hits)
        if hits and (total > score or (total == score and hits[0] < first)):
            best, score, first = kind, total, hits[0]
    return best


_TIMES = {kind: _weights(words) for kind, words in vocabulary.TIMES.items()}
_PLACES = {kind: _weights(words) for kind, words in vocabulary.PLACES.items()}
_WEATHERS = {kind: _weights(words) for kind, words in vocabulary.WEATHERS.items()}
_ONE = frozenset(vocabulary.ONE_PERSON.split())
_MORE = frozenset(vocabulary.MORE_PEOPLE.split())
_BOATS = frozenset(vocabulary.BOATS.split())
_SHORES = frozenset(vocabulary.SHORES.split())
