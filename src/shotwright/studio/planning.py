"""The plan: what rendering a request would make, reuse and pay, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from shotwright.domain.job import Action, Plan, PlannedShot
from shotwright.domain.model import ModelSpec
from shotwright.domain.order import Order, Role
from shotwright.domain.take import OPEN_STATES, Take, TakeState
from shotwright.domain.units import Money
from shotwright.engine.frames import frame_to_go_on_from
from shotwright.engine.ledger import Ledger
from shotwright.engine.request import FilmRequest
from shotwright.errors import InvalidInput

Lock = Mapping[str, Any]


class Planner:
    """`house` gives what `frame_to_go_on_from` needs: library, media, temp, db."""

    def __init__(self, ledger: Ledger, house: Any) -> None:
        self._ledger = ledger
        self._house = house

    async def complete_orders(self, request: FilmRequest) -> list[Order | None]:
        """The order of each shot, None where it waits for a clip that isn't made yet."""
        orders: list[Order | None] = []
        clips: list[str | None] = []
        for index, shot in enumerate(request.shots):
            frame = None
            if shot.continues:
                before = clips[index - 1]
                if before is None:
                    orders.append(None)
                    clips.append(None)
                    continue
                frame = before
            order, take = await self._chosen(request, index, frame)
            orders.append(order)
            clips.append(take.clip.digest if take and take.state is TakeState.STORED and take.clip else None)
        return orders

    async def _chosen(self, request: FilmRequest, index: int, before: str | None) -> tuple[Order, Take | None]:
        """The first candidate, or a later one whose take is stored already. `before`: the clip that is continued."""
        first: tuple[Order, Take | None] | None = None
        for candidate in range(len(request.shots[index].candidates)):
            order = request.shots[index].candidates[candidate].order
            if before is not None:
                frame = await frame_to_go_on_from(self._house, before, order.provider, order.size)
                order = request.shots[index].order_after(candidate, frame)
            _, take = await self.standing(request, index, order)
            if take is not None and take.state is TakeState.STORED:
                return order, take
            first = first or (order, take)
        if first is None:
            raise InvalidInput(f"shot {index + 1} has no model", field=f"shots[{index}].model", hint="name a model")
        return first

    async def standing(self, request: FilmRequest, index: int, order: Order) -> tuple[int, Take | None]:
        """Which take number counts, and that take where there is one: failed ones are passed over."""
        number = request.number(index, order)
        while True:
            take = await self._house.db(self._ledger.take, request.key(index, order, number))
            if take is None or take.state is not TakeState.FAILED:
                return number, take
            number += 1

    async def plan(
        self,
        request: FilmRequest,
        *,
        warnings: Sequence[tuple[str, ...]],
        specs: Sequence[ModelSpec],
        lock: Lock | None,
        seconds_each: float = 60.0,
    ) -> Plan:
        orders = await self.complete_orders(request)
        lines = [
            await self._line(request, index, order, warnings[index], _before(lock, index))
            for index, order in enumerate(orders)
        ]
        total = Money(sum(line.cost.micros for line in lines))
        read = max((spec.price.read for spec in specs if spec.price and spec.price.read != date.min), default=None)
        length = sum((line.seconds for line in lines), Fraction(0))
        length -= sum((shot.transition.seconds for shot in request.shots[1:]), Fraction(0))
        return Plan(
            title=request.title,
            shots=tuple(lines),
            total=total,
            seconds=length,
            cut=_cut_words(request),
            budget=request.budget,
            prices_read=read.isoformat() if read else None,
            warnings=_film_warnings(total, request.budget),
        )

    async def _line(
        self, request: FilmRequest, index: int, order: Order | None, warnings: tuple[str, ...], before: str | None
    ) -> PlannedShot:
        shot = request.shots[index]
        candidate = shot.candidates[0]
        wish = order or candidate.order

        def planned(action: Action, cost: Money, why: str, key: str | None, take: int) -> PlannedShot:
            return PlannedShot(
                shot=index + 1,
                prompt=wish.prompt,
                model=wish.full_model,
                action=action,
                seconds=wish.seconds,
                cost=cost,
                why=why,
                key=key,
                take=take,
                warnings=warnings,
            )

        price = next((one.price for one in shot.candidates if one.order.full_model == wish.full_model), candidate.price)
        if order is None:
            return planned("after", price, f"after shot {index}", None, shot.take)
        number, take = await self.standing(request, index, order)
        key = request.key(index, order, number)
        if take is not None and take.state is TakeState.STORED:
            day = _day(before, key)
            return planned("reuse", Money(), f"unchanged since {day}" if day else "unchanged", key, number)
        return planned("new", price, await self._why(order, take, number, before), key, number)

    async def _why(self, order: Order, take: Take | None, number: int, before: str | None) -> str:
        if take is not None and take.state in OPEN_STATES:
            return "already ordered, not here yet"
        if take is not None and take.state is TakeState.UNCLEAR:
            return "payment unclear: see shotwright jobs"
        if number > 1:
            return f"take {number} asked for"
        line = json.loads(before) if before else None
        earlier = await self._house.db(self._ledger.take, line["key"]) if line else None
        if earlier is None:
            return "not made yet"
        return ", ".join(_differences(earlier.order, order)) or "changed"


def _before(lock: Lock | None, index: int) -> str | None:
    """The line of the same shot in the lock, as text (so that it stays a plain value)."""
    for line in (lock or {}).get("shots", []):
        if line.get("shot") == index + 1:
            return json.dumps(line)
    return None


def _day(before: str | None, key: str) -> str | None:
    line = json.loads(before) if before else None
    return line["made"] if line and line.get("key") == key else None


def _differences(earlier: Order, now: Order) -> list[str]:
    """What changed, in the words of the storyboard."""
    found = [
        word
        for word, before, after in (
            ("model", earlier.full_model, now.full_model),
            ("prompt", earlier.prompt, now.prompt),
            ("negative prompt", earlier.negative, now.negative),
            ("length", earlier.seconds, now.seconds),
            ("size", earlier.size, now.size),
            ("frame rate", earlier.fps, now.fps),
            ("seed", earlier.seed, now.seed),
            ("sound", earlier.audio, now.audio),
            ("options", dict(earlier.options), dict(now.options)),
        )
        if before != after
    ]
    for role, word in _ROLE_WORDS.items():
        if [item.digest for item in earlier.of_role(role)] != [item.digest for item in now.of_role(role)]:
            found.append(word)
    return [f"{word} changed" for word in found]


_ROLE_WORDS = {
    Role.FIRST: "picture",
    Role.LAST: "last picture",
    Role.REFERENCE: "references",
    Role.VIDEO: "clip",
    Role.AUDIO: "shot's sound",
    Role.SPEECH: "speech",
}


def _cut_words(request: FilmRequest) -> str:
    fades = sum(1 for shot in request.shots[1:] if shot.transition.seconds)
    joins = len(request.shots) - 1
    if not joins:
        return "one shot"
    return f"{joins} join{'s' if joins > 1 else ''}, {fades} crossfaded" if fades else f"{joins} hard cuts"


def _film_warnings(total: Money, budget: Money | None) -> tuple[str, ...]:
    if budget is not None and total > budget:
        return (f"{total} is over the budget of {budget}: the take that would pass it will not be ordered",)
    return ()


def read_lock(path: Path) -> Lock | None:
    """The lock beside a storyboard, or None where there is none. Raises InvalidInput for one that can't be read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise InvalidInput(
            f"{path} can't be read: {error}", field="lock", hint="remove it; takes that are stored are still reused"
        ) from error
    if not isinstance(data, dict) or not isinstance(data.get("shots", []), list):
        raise InvalidInput(f"{path} is not a film.lock", field="lock", hint="remove it")
    return data


def locked_takes(lock: Lock | None) -> dict[str, int]:
    """Take numbers that were chosen before, by order digest."""
    return {line["order"]: line["take"] for line in (lock or {}).get("shots", []) if line.get("take", 1) > 1}
