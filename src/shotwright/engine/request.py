"""A film as the engine is asked for it: everything resolved, inputs stored, prices known. Plain JSON in the job's row.

Orders of shots that continue lack only their first frame; `order_after` completes them from the clip before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from shotwright.domain.asset import Digest
from shotwright.domain.order import Input, Order, Role, canonical, take_key
from shotwright.domain.storyboard import Transition
from shotwright.domain.units import FrameRate, Money, Seconds, Size


@dataclass(frozen=True)
class Candidate:
    """One model that may make a shot: the order, its estimated price, and which credential pays."""

    order: Order
    price: Money
    credential: str = "default"


@dataclass(frozen=True)
class RequestShot:
    """A shot with its candidates in order of preference. `continues`: the first frame comes from the clip before."""

    candidates: tuple[Candidate, ...]
    continues: bool = False
    transition: Transition = Transition()
    take: int = 1
    caption: str | None = None

    def order_after(self, candidate: int, frame: Input | None) -> Order:
        """The order for one candidate, completed with the last frame of the clip before where the shot continues."""
        order = self.candidates[candidate].order
        return replace(order, inputs=(frame, *order.inputs)) if frame else order


@dataclass(frozen=True)
class RequestMusic:
    digest: Digest
    gain: float
    fade: Seconds


@dataclass(frozen=True)
class FilmRequest:
    """`takes` raises the take number of an order: order digest to number. `output` and `lock` are absolute paths.

    `only` names the shots (from 0) to make, without a cut; empty for the whole film.
    """

    project: str
    title: str
    size: Size
    fps: FrameRate
    shots: tuple[RequestShot, ...]
    sound: bool = True
    music: RequestMusic | None = None
    budget: Money | None = None
    output: str | None = None
    force: bool = False
    lock: str | None = None
    takes: Mapping[str, int] = field(default_factory=dict)
    budgets: tuple[str, ...] = ()
    only: tuple[int, ...] = ()

    def number(self, shot: int, order: Order) -> int:
        """The take number that is wanted of a shot (counted from 0) once its order is complete."""
        return max(self.shots[shot].take, self.takes.get(order.digest(), 1))

    def key(self, shot: int, order: Order, number: int | None = None) -> str:
        return take_key(self.project, order, number or self.number(shot, order))

    def as_json(self) -> dict[str, Any]:
        return {
            "project": self.project,
            "title": self.title,
            "size": str(self.size),
            "fps": str(self.fps.value),
            "shots": [
                {
                    "candidates": [
                        {
                            "order": candidate.order.as_json(),
                            "price": candidate.price.micros,
                            "credential": candidate.credential,
                        }
                        for candidate in shot.candidates
                    ],
                    "continues": shot.continues,
                    "transition": str(shot.transition),
                    "take": shot.take,
                    "caption": shot.caption,
                }
                for shot in self.shots
            ],
            "sound": self.sound,
            "music": {"digest": self.music.digest, "gain": self.music.gain, "fade": str(self.music.fade)}
            if self.music
            else None,
            "budget": self.budget.micros if self.budget is not None else None,
            "output": self.output,
            "force": self.force,
            "lock": self.lock,
            "takes": dict(self.takes),
            "budgets": list(self.budgets),
            "only": list(self.only),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FilmRequest:
        music = data["music"]
        return cls(
            project=data["project"],
            title=data["title"],
            size=Size.parse(data["size"]),
            fps=FrameRate(Fraction(data["fps"])),
            shots=tuple(
                RequestShot(
                    candidates=tuple(
                        Candidate(Order.from_json(item["order"]), Money(item["price"]), item["credential"])
                        for item in shot["candidates"]
                    ),
                    continues=shot["continues"],
                    transition=Transition.parse(shot["transition"]),
                    take=shot["take"],
                    caption=shot["caption"],
                )
                for shot in data["shots"]
            ),
            sound=data["sound"],
            music=RequestMusic(music["digest"], music["gain"], Fraction(music["fade"])) if music else None,
            budget=Money(data["budget"]) if data["budget"] is not None else None,
            output=data["output"],
            force=data["force"],
            lock=data["lock"],
            takes=dict(data["takes"]),
            budgets=tuple(data["budgets"]),
            only=tuple(data["only"]),
        )

    def digest(self) -> Digest:
        """Equal for requests that mean the same film at the same place, whatever they may cost."""
        facts = {key: value for key, value in self.as_json().items() if key not in ("budget", "budgets", "force")}
        return hashlib.sha256(canonical(facts)).hexdigest()


def frame_input(digest: Digest, size: Size) -> Input:
    """A clip's last frame as the first frame of the shot after it."""
    return Input(Role.FIRST, digest, "image/png", size.width, size.height)
