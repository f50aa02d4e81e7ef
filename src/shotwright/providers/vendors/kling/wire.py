"""Kling's new standard: from order to request, and from reply to state.

Unknown fields are ignored by Kling with HTTP 200, so whatever has no field is refused here. Unverified: the path of
`kling-4.0`, and whether failed tasks are charged; a task's own `billing` is believed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from shotwright.domain.asset import Digest
from shotwright.domain.model import Mode, mode_of
from shotwright.domain.order import Order, Role
from shotwright.domain.take import Done, Failed, Output, Progress, Queued, Running
from shotwright.domain.units import Money
from shotwright.errors import Refused
from shotwright.providers.http import Call
from shotwright.providers.replies import Reply
from shotwright.providers.sizes import aspect_word, resolution_word
from shotwright.providers.vendors.kling.models import NEW, Model

NAME = "kling"
UNIT = Fraction(14, 100)
"""USD of one unit by Kling's list; units of a resource pack are cheaper."""
ASPECTS = ("16:9", "9:16", "1:1", "21:9")
RESOLUTIONS = ("720p", "1080p", "4k")
_POLICY = ("risk control", "sensitive", "policy", "security")
_QUEUED = frozenset({"submitted", "pending", "queued"})
_DONE = frozenset({"succeeded", "succeed"})

Sources = Mapping[Digest, str]
"""How each input is sent: bare base64 or a link."""


@dataclass(frozen=True)
class Task:
    """A task as either standard tells it."""

    id: str
    status: str
    message: str
    links: tuple[str, ...]
    cost: Money | None


def external_id(ref: str) -> str:
    """Our key for a submit, unique in the account: letters, digits and hyphens alone."""
    return f"sw-{ref.replace('.', '-')}"


def create(order: Order, sources: Sources, ref: str) -> Call:
    """The one paid request. Raises Refused (`invalid`) for what the model has no field for."""
    body = _Body(order, NEW.get(order.model, Model()), sources)
    settings = body.settings()
    options = {"external_task_id": external_id(ref), "watermark_info": {"enabled": False}}
    kind = body.kind()
    tail: dict[str, Any] = {"settings": settings, "options": options}
    head = {"prompt": order.prompt} if kind == "text-to-video" else {"contents": list(body.contents())}
    return Call("POST", f"/{kind}/{quote(order.model, safe='')}", json=head | tail)


class _Body:
    """Puts one body together."""

    def __init__(self, order: Order, model: Model, sources: Sources) -> None:
        self.order = order
        self.model = model
        self.sources = sources
        self.mode = mode_of(order)
        self.given = dict(order.options)
        self.use = self.given.pop("video_use", "edit")

    def kind(self) -> str:
        if self.order.seed is not None:
            raise refused(f"{self.order.model} takes no seed")
        if self.order.negative:
            raise refused(f"{self.order.model} takes no negative prompt: say in the prompt what is to be seen")
        if self.order.of_role(Role.AUDIO) or self.mode is Mode.SPEECH:
            raise refused(f"{self.order.model} takes no sound to go by")
        if self.model.omni:
            return "omni-video"
        if self.mode in (Mode.REFERENCE, Mode.VIDEO) or self.order.of_role(Role.REFERENCE):
            raise refused(f"{self.order.model} takes no clips and no reference pictures; kling-3.0-omni does")
        return "text-to-video" if self.mode is Mode.TEXT else "image-to-video"

    def contents(self) -> Iterator[dict[str, Any]]:
        order = self.order
        yield {"type": "prompt", "text": order.prompt}
        for role, kind in ((Role.FIRST, "first_frame"), (Role.LAST, "last_frame"), (Role.REFERENCE, "refer_image")):
            for number, item in enumerate(order.of_role(role), 1):
                named = {"id": f"image_{number}"} if role is Role.REFERENCE else {}
                yield {"type": kind, "url": self.sources[item.digest], **named}
        for item in order.of_role(Role.VIDEO):
            kind = "feature_video" if self.use == "reference" else "base_video"
            yield {"type": kind, "url": self.sources[item.digest], "id": "video_1"}
        for name, number in self._named("elements", self.model.elements):
            yield {"type": "element", "element_id": number, "id": name}
        for name, number in self._named("voices", self.model.voices):
            yield {"type": "voice", "voice_id": number, "id": name}

    def settings(self) -> dict[str, Any]:
        order = self.order
        found: dict[str, Any] = {
            "resolution": word(order, resolution_word(order.size, RESOLUTIONS)),
            "duration": whole_seconds(order),
        }
        if self.mode is Mode.TEXT or (self.model.omni and self.mode is Mode.REFERENCE):
            found["aspect_ratio"] = word(order, aspect_word(order.size, ASPECTS))
        if self.model.audio is not None:
            found["audio"] = self._audio(self.model.audio)
        multi = self.given.pop("multi_shot", None)
        if self.model.shots:
            found["multi_shot"] = self._shots(bool(multi))
        elif multi is not None:
            raise refused(f"{order.model} has no option 'multi_shot'")
        for name in self.given:
            if name not in ("elements", "voices"):
                raise refused(f"{order.model} has no option {name!r}")
        return found

    def _audio(self, words: tuple[str, str]) -> str:
        """A clip that is changed can keep its own sound; one that is only looked at leaves none."""
        on, off = words
        if self.mode is Mode.VIDEO:
            return "original" if self.order.audio and self.use != "reference" else off
        if self.order.audio and on == "original":
            raise refused(f"{self.order.model} makes no sound of its own")
        return on if self.order.audio else off

    def _shots(self, wanted: bool) -> bool:
        """Kling asks for true beside a clip that is only looked at, and for false beside one that is changed."""
        return bool(self.use == "reference") if self.mode is Mode.VIDEO else wanted

    def _named(self, option: str, known: bool) -> Iterator[tuple[str, Any]]:
        """The option's table, from the name that the prompt uses (@name) to Kling's id."""
        table = self.given.get(option)
        if table is None:
            return
        if not known:
            raise refused(f"{self.order.model} has no option {option!r}")
        yield from table.items()


def whole_seconds(order: Order) -> int:
    if order.seconds.denominator != 1:
        raise refused(f"Kling takes whole seconds, not {float(order.seconds):g}")
    return int(order.seconds)


def word(order: Order, found: str | None) -> str:
    if found is None:
        raise refused(f"{order.model} has no word for the size {order.size}")
    return found


def refused(why: str) -> Refused:
    return Refused(f"{NAME}: {why}", reason="invalid", provider=NAME)


def check_call(name: str) -> Call:
    return Call("GET", "/tasks", params={"task_ids": name})


def find_call(ref: str) -> Call:
    return Call("GET", "/tasks", params={"external_task_ids": external_id(ref)})


def read_id(reply: Reply) -> str | None:
    """The task in the answer to a create call of either standard, or None."""
    data = reply.table().get("data")
    found = (data.get("id") or data.get("task_id")) if isinstance(data, Mapping) else None
    return str(found) if isinstance(found, str | int) and found and not isinstance(found, bool) else None


def read_tasks(reply: Reply) -> tuple[Task, ...] | None:
    """The tasks of a status answer; None where the body can't be read."""
    data = reply.table().get("data")
    if not isinstance(data, list):
        return None
    return tuple(_task(item) for item in data if isinstance(item, Mapping) and item.get("id"))


def _task(item: Mapping[str, Any]) -> Task:
    outputs = item.get("outputs") if isinstance(item.get("outputs"), list) else []
    videos = [out for out in outputs or [] if isinstance(out, Mapping) and out.get("type") == "video"]
    return Task(
        str(item["id"]),
        str(item.get("status") or ""),
        str(item.get("message") or ""),
        links(videos),
        _billed(item.get("billing")),
    )


def links(videos: object) -> tuple[str, ...]:
    """The addresses in a list of videos."""
    items = videos if isinstance(videos, list) else []
    found = (item.get("url") for item in items if isinstance(item, Mapping))
    return tuple(url for url in found if isinstance(url, str) and url)


def units(amount: object) -> Money | None:
    """Units as USD by Kling's list price."""
    try:
        return Money.usd(Fraction(str(amount)) * UNIT) if amount is not None else None
    except (ValueError, ZeroDivisionError):
        return None


def _billed(billing: object) -> Money | None:
    """What a task was charged; None where it doesn't say, or says it in another currency."""
    if not isinstance(billing, list) or not billing:
        return None
    parts = [_bill_line(line) for line in billing if isinstance(line, Mapping)]
    known = [part for part in parts if part is not None]
    return sum(known, Money()) if len(known) == len(billing) else None


def _bill_line(line: Mapping[str, Any]) -> Money | None:
    if line.get("charge_type") == "unit":
        return units(line.get("amount"))
    if str(line.get("currency") or "").upper() != "USD":
        return None
    try:
        return Money.usd(Fraction(str(line.get("amount"))))
    except (ValueError, ZeroDivisionError):
        return None


def progress_of(task: Task) -> Progress | None:
    """The state of a task; None where it is done but names no link yet."""
    state = task.status.lower()
    if state in _DONE:
        return Done(tuple(Output(link) for link in task.links), task.cost) if task.links else None
    if state == "failed":
        policy = any(mark in task.message.lower() for mark in _POLICY)
        charged = task.cost is not None and task.cost > Money()
        return Failed("policy" if policy else "vendor", task.message or "the task failed", charged, task.cost)
    return Queued() if state in _QUEUED else Running()
