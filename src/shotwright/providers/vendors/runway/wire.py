"""From order to request, and from reply to state: pure functions of Runway's developer API.

Unverified, for want of a word in Runway's documents: what becomes of `references` beside a first frame outside Kling's
models, the texts of most refusals, and whether an output refused by moderation is charged; the task's own `cost` is
believed wherever there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from shotwright.domain.asset import Digest
from shotwright.domain.model import mode_of
from shotwright.domain.order import Input, Order, Role
from shotwright.domain.take import Done, Failed, FailureReason, Output, Progress, Queued, Running
from shotwright.domain.units import Money, Size
from shotwright.errors import Refused
from shotwright.providers.http import Call
from shotwright.providers.replies import Refusal, Reply, message_of
from shotwright.providers.sizes import aspect_word, resolution_word
from shotwright.providers.vendors.runway.shapes import ASPECTS, ENDPOINTS, RESOLUTIONS, Shape, shape_of

POSITIONS = {Role.FIRST: "first", Role.LAST: "last"}
_CREDIT = Fraction(1, 100)
_QUEUED = frozenset({"PENDING", "THROTTLED"})
_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
_SETTINGS = {"shot_type": "shotType", "multi_prompt": "multiPrompt", "keep_original_sound": "keepOriginalSound"}
_OPTIONS = {
    "cfg_scale": "cfgScale",
    "draft": "draft",
    "draft_task": "draftTaskId",
    "prompt_expansion": "promptExpansionMode",
    "video_mode": "mode",
}
_PLACES = "keyframes_at"

Uris = Mapping[Digest, str]
"""How each input is sent: a data URI, a `runway://` link or an https one."""


@dataclass(frozen=True)
class Quote:
    """The answer to a create call. `price` is the most that the task may be charged, where Runway says so."""

    id: str
    price: Money | None


def create(order: Order, uris: Uris) -> Call:
    """The one paid request. Raises Refused (`invalid`) for what the model's endpoint has no field for."""
    endpoint = _endpoint(order)
    body = _Body(order, shape_of(order.model), endpoint, uris).build()
    return Call("POST", f"/v1/{endpoint}_to_video", json=body)


def check_order(order: Order) -> None:
    """Raises Refused (`invalid`) for what can't be sent, before anything is uploaded."""
    create(order, {item.digest: "" for item in order.inputs})


def _endpoint(order: Order) -> str:
    endpoint = ENDPOINTS.get(mode_of(order))
    if endpoint is None:
        raise _refused(f"{order.model} has no mode {mode_of(order).value!r}")
    if not shape_of(order.model).fields(endpoint):
        raise _refused(f"{order.model} is not offered by {endpoint}_to_video")
    return endpoint


class _Body:
    """Puts one body together."""

    def __init__(self, order: Order, shape: Shape, endpoint: str, uris: Uris) -> None:
        self.order = order
        self.shape = shape
        self.endpoint = endpoint
        self.fields = shape.fields(endpoint)
        self.uris = uris

    def build(self) -> dict[str, Any]:
        parts = (self._words, self._size, self._length, self._extras, self._frames, self._media, self._options)
        body: dict[str, Any] = {"model": self.order.model}
        for part in parts:
            body.update(part())
        return body

    def _words(self) -> Iterator[tuple[str, Any]]:
        text = self.order.prompt
        units = len(text.encode("utf-16-le")) // 2
        if self.shape.units is not None and units > self.shape.units:
            raise _refused(f"the prompt has {units} UTF-16 units, {self.order.model} takes {self.shape.units}")
        if text:
            yield "promptText", text

    def _size(self) -> Iterator[tuple[str, Any]]:
        size = self.order.size
        if "ratio" in self.fields:
            yield "ratio", f"{size.width}:{size.height}"
        if "auto" in self.fields:
            yield "ratio", f"auto_{_tier(size)}"
        if "aspect" in self.fields:
            yield "ratio", self._word(aspect_word(size, ASPECTS))
        if "target" in self.fields:
            yield "targetAspectRatio", self._word(aspect_word(size, ASPECTS))
        if "tier" in self.fields:
            yield "resolution", _tier(size)
        if "resolution" in self.fields:
            yield "resolution", self._word(resolution_word(size, RESOLUTIONS))

    def _word(self, word: str | None) -> str:
        if word is None:
            raise _refused(f"{self.order.model} has no word for the size {self.order.size}")
        return word

    def _length(self) -> Iterator[tuple[str, Any]]:
        if "duration" not in self.fields:
            return
        if self.order.seconds.denominator != 1:
            raise _refused(f"Runway takes whole seconds, not {float(self.order.seconds):g}")
        yield "duration", int(self.order.seconds)

    def _extras(self) -> Iterator[tuple[str, Any]]:
        order = self.order
        if "audio" in self.fields:
            yield "audio", order.audio
        if order.seed is not None:
            yield self._known("seed", "seed"), order.seed
        if order.negative:
            yield self._known("negativePrompt", "negative prompt"), order.negative

    def _frames(self) -> Iterator[tuple[str, Any]]:
        """First and last frame; for a clip that is changed, pictures at moments of it."""
        if self.endpoint == "image":
            frames = [item for role in POSITIONS for item in self.order.of_role(role)]
            yield "promptImage", [{"uri": self._uri(item), "position": POSITIONS[item.role]} for item in frames]
        elif any(self.order.of_role(role) for role in POSITIONS) and "keyframes" not in self.fields:
            raise _refused(f"{self.order.model} takes no frames beside a clip")
        if "keyframes" in self.fields:
            pictures = keyframes(self.order)
            if pictures:
                yield "keyframes", [{"uri": self._uri(item), "at": at} for item, at in pictures]

    def _media(self) -> Iterator[tuple[str, Any]]:
        clip = self.order.first(Role.VIDEO)
        if clip is not None:
            yield self.shape.clip, self._uri(clip)
        references = self.order.of_role(Role.REFERENCE)
        if references and "keyframes" not in self.fields:
            name = self._known("references", "reference pictures")
            yield name, [{"uri": self._uri(item)} for item in references]
        sounds = self.order.of_role(Role.AUDIO)
        if sounds:
            name = self._known("referenceAudio", "sound to go by")
            yield name, [{"type": "audio", "uri": self._uri(item)} for item in sounds]

    def _options(self) -> Iterator[tuple[str, Any]]:
        given = dict(self.order.options)
        given.pop(_PLACES, None)
        if "public_figures" in given:
            name = self._known("contentModeration", "threshold for public figures")
            yield name, {"publicFigureThreshold": given.pop("public_figures")}
        settings = {_SETTINGS[name]: given.pop(name) for name in _SETTINGS if name in given}
        if settings:
            yield self._known("providerSettings", "settings of shots"), settings
        for name, value in given.items():
            wire = _OPTIONS.get(name)
            if wire is not None and (wire in self.fields or self.shape.open):
                yield wire, value
            elif self.shape.open:
                yield name, value
            else:
                raise _refused(f"{self.order.model} has no option {name!r} with {self.endpoint}_to_video")

    def _known(self, wire: str, words: str) -> str:
        if wire not in self.fields:
            raise _refused(f"{self.order.model} takes no {words} with {self.endpoint}_to_video")
        return wire

    def _uri(self, item: Input) -> str:
        if item.role not in (Role.VIDEO, Role.AUDIO) and item.media_type not in _PICTURES:
            raise _refused(f"pictures must be JPEG, PNG or WebP, not {item.media_type}")
        return self.uris[item.digest]


def _tier(size: Size) -> str:
    """The resolution that sizes of this area belong to."""
    return "480p" if size.pixels < 600_000 else "720p" if size.pixels < 1_400_000 else "1080p"


def keyframes(order: Order) -> list[tuple[Input, float]]:
    """Pictures and where in the clip they hold, from 0 to 1.

    The option `keyframes_at` says where the references go; without it they stand at even distances, the first at the
    beginning unless a first frame stands there.
    """
    references = order.of_role(Role.REFERENCE)
    given = order.options.get(_PLACES)
    if given is not None and len(given) != len(references):
        raise _refused(f"keyframes_at names {len(given)} moments for {len(references)} reference pictures")
    places = given if given is not None else _spread(len(references), bool(order.of_role(Role.FIRST)))
    first = [(item, 0.0) for item in order.of_role(Role.FIRST)]
    last = [(item, 1.0) for item in order.of_role(Role.LAST)]
    return [*first, *zip(references, places, strict=True), *last]


def _spread(count: int, after_first: bool) -> Sequence[float]:
    if after_first:
        return [round((number + 1) / (count + 1), 4) for number in range(count)]
    return [round(number / count, 4) for number in range(count)]


def _refused(why: str) -> Refused:
    return Refused(f"runway: {why}", reason="invalid", provider="runway")


def task_path(name: str) -> str:
    return f"/v1/tasks/{quote(name, safe='')}"


def read_quote(reply: Reply) -> Quote | None:
    """The answer to a create call, or None where it names no task."""
    body = reply.table()
    found = body.get("id")
    return Quote(found, _money(body.get("estimatedCost"))) if isinstance(found, str) and found else None


def read_progress(reply: Reply) -> Progress | None:
    """The state that a task tells; None where the body is no task, or one that is done but gives no link yet."""
    body = reply.table()
    word = body.get("status")
    if not isinstance(word, str):
        return None
    match word.upper():
        case "SUCCEEDED":
            outputs = _outputs(body.get("output"))
            return Done(outputs, _money(body.get("cost"))) if outputs else None
        case "FAILED":
            return _failure(body)
        case "CANCELLED":
            cost = _money(body.get("cost"))
            return Failed("cancelled", "the task was cancelled", charged=cost is None or cost > Money(), cost=cost)
        case waiting if waiting in _QUEUED:
            return Queued(reply.retry_after)
        case _:
            return Running(_fraction(body.get("progress")), reply.retry_after)


def _outputs(value: object) -> tuple[Output, ...]:
    links = value if isinstance(value, list) else []
    return tuple(Output(link) for link in links if isinstance(link, str) and link)


def _failure(body: Mapping[str, Any]) -> Failed:
    code = str(body.get("failureCode") or "")
    words = str(body.get("failure") or "the task failed")
    cost = _money(body.get("cost"))
    charged = cost > Money() if cost is not None else code.upper().startswith("SAFETY.")
    return Failed(failure_reason(code), f"{words} ({code})" if code else words, charged=charged, cost=cost)


def failure_reason(code: str) -> FailureReason:
    """The class of a `failureCode`. The parts after the second are only hints, says Runway."""
    parts = code.upper().split(".")
    if "SAFETY" in parts[:2]:
        return "policy"
    return "invalid" if parts[:2] == ["ASSET", "INVALID"] else "vendor"


def _money(cost: object) -> Money | None:
    """Credits as USD: a credit is a cent."""
    count = cost.get("credits") if isinstance(cost, Mapping) else None
    if isinstance(count, bool) or not isinstance(count, int | float) or not 0 <= count < 1e9:
        return None
    return Money.usd(Fraction(str(count)) * _CREDIT)


def _fraction(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        return None
    return float(value)


def read_refusal(reply: Reply) -> Refusal | None:
    """Runway has no error codes: its status, then its words."""
    body = reply.table()
    words = body.get("error")
    text = words.lower() if isinstance(words, str) else ""
    if "enough credits" in text:
        return Refusal("quota", str(words), "buy credits at dev.runwayml.com")
    if reply.status == 429 and "limit has been reached" in text:
        return Refusal("quota", str(words), "the limit of the last 24 hours; a higher tier has a higher one")
    if "on-behalf-of" in text:
        return Refusal("credentials", str(words), "set SHOTWRIGHT_RUNWAY_ON_BEHALF_OF to an id of the end user")
    if reply.status == 401:
        return Refusal("credentials", message_of(reply), "check RUNWAYML_API_SECRET")
    issues = [_issue(item) for item in body.get("issues") or () if isinstance(item, Mapping)]
    if not issues:
        return None
    hint = "`shotwright models` lists what is offered" if any(name == "model" for name, _ in issues) else None
    return Refusal("invalid", f"{words}: " + "; ".join(f"{name}: {what}" for name, what in issues[:5]), hint)


def _issue(item: Mapping[str, Any]) -> tuple[str, str]:
    path = item.get("path")
    name = ".".join(str(part) for part in path) if isinstance(path, list) else ""
    return name or "body", str(item.get("message") or item.get("code") or "is wrong")[:300]
