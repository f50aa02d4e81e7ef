"""The same shot on several models: a take of each, a film of all side by side, and what each cost and took."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shotwright.domain.asset import AssetKind, Probe
from shotwright.domain.job import Event
from shotwright.domain.storyboard import Source
from shotwright.domain.units import Money, Size
from shotwright.engine.publish import check_output
from shotwright.errors import InvalidInput, JobStopped, OverBudget, ShotwrightError
from shotwright.studio.bench import absolute
from shotwright.studio.film import Film

if TYPE_CHECKING:
    from shotwright.domain.storyboard import Storyboard
    from shotwright.studio.facade import Studio
    from shotwright.studio.workshop import Workshop

Watcher = Callable[[str, Event], None]
"""Hears the model's name with each event."""


@dataclass(frozen=True)
class Rival:
    """What one model made, or why it made nothing. `clip` is its file, `seconds_taken` from order to film."""

    model: str
    film: Film | None = None
    clip: Path | None = None
    size: Size | None = None
    bytes: int = 0
    error: ShotwrightError | None = None

    @property
    def cost(self) -> Money:
        """What its take cost, also where it was made and paid for earlier."""
        return Money(sum(take.cost.micros for take in self.film.takes)) if self.film else Money()

    def as_json(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "clip": str(self.clip) if self.clip else None,
            "cost_usd": str(self.cost.amount),
            "seconds_taken": round(self.film.seconds_taken, 3) if self.film else None,
            "reused": bool(self.film and not self.film.made),
            "size": str(self.size) if self.size else None,
            "bytes": self.bytes,
            "job": self.film.job if self.film else getattr(self.error, "job", None),
            "error": self.error.as_json() if self.error else None,
        }


@dataclass(frozen=True)
class Comparison:
    """All rivals in the order asked for; `path` is the grid film, None where no output was asked for."""

    rivals: tuple[Rival, ...]
    path: Path | None = None

    @property
    def cost(self) -> Money:
        """What this comparison spent: stored takes cost nothing again."""
        return Money(sum(rival.film.cost.micros for rival in self.rivals if rival.film))

    def as_json(self) -> dict[str, Any]:
        return {
            "path": str(self.path) if self.path else None,
            "cost_usd": str(self.cost.amount),
            "rivals": [rival.as_json() for rival in self.rivals],
        }


async def compare(
    studio: Studio,
    shop: Workshop,
    prompt: str,
    images: Sequence[Source],
    models: Sequence[str],
    output: Path | str | None,
    *,
    budget: Money | str | None,
    progress: Watcher | None,
    force: bool,
    wishes: Mapping[str, Any],
) -> Comparison:
    """See `Studio.compare`."""
    names = tuple(dict.fromkeys(name.strip() for name in models if name.strip()))
    if len(names) < 2 or len(images) > 1:
        raise InvalidInput(
            "a comparison takes one shot: a prompt, a picture at most, and two or more models",
            field="models" if len(names) < 2 else "images",
            value=list(models),
            hint="--models runway/gen4.5,google/gemini-omni-1.2-flash",
        )
    target = absolute(output) if output is not None else None
    if target is not None:
        await shop.db(check_output, shop.library, target, force=force)
    boards = {name: studio.board_for(prompt, images, model=name, **wishes) for name in names}
    if budget is not None:
        await _afford(studio, boards, Money.parse(budget))
    rivals = await asyncio.gather(*(_rival(studio, name, board, progress) for name, board in boards.items()))
    if all(rival.error for rival in rivals):
        raise next(rival.error for rival in rivals if rival.error)
    if target is not None:
        await _grid(shop, rivals, target)
    return Comparison(tuple(rivals), target)


async def _afford(studio: Studio, boards: Mapping[str, Storyboard], budget: Money) -> None:
    """Raises OverBudget where all takes together would pass the budget: nothing is ordered then."""
    total = Money()
    for board in boards.values():
        try:
            total += (await studio.plan(board)).total
        except ShotwrightError:  # it will be shown as failed, and costs nothing
            continue
    if total > budget:
        raise OverBudget(
            f"these models would cost {total} together, more than {budget}", hint="fewer models, or a larger --max-cost"
        )


async def _rival(studio: Studio, name: str, board: Storyboard, progress: Watcher | None) -> Rival:
    try:
        film = await studio.render(board, progress=(lambda event: progress(name, event)) if progress else None)
    except JobStopped:
        raise
    except ShotwrightError as error:
        return Rival(name, error=error)
    [take] = film.takes
    if take.clip is None:
        raise RuntimeError(f"the take {take.key} of a finished film has no clip")
    clip = await studio.asset_path(take.clip.digest)
    return Rival(take.order.full_model, film, clip, take.clip.probe.size, clip.stat().st_size)


def label(rival: Rival) -> str:
    """The second line below a clip: what it cost and how long it took, or why there is none."""
    if rival.film is None:
        return str(rival.error)
    taken = f"{max(1, round(rival.film.seconds_taken))} s" if rival.film.made else "made before"
    return " · ".join([str(rival.cost) if rival.cost else "free", taken, f"{rival.size}"])


async def _grid(shop: Workshop, rivals: Sequence[Rival], target: Path) -> None:
    tiles = [
        {"file": str(rival.clip) if rival.clip else None, "title": rival.model, "detail": label(rival)}
        for rival in rivals
    ]
    aside = target.with_name(f".{target.name}.compare.part")
    try:
        await shop.media.run("grid", {"tiles": tiles, "output": str(aside)})
        probe = Probe.from_json(await shop.media.run("probe", {"file": str(aside)}))
        facts = {"probe": probe.as_json()}
        await shop.db(shop.library.put, aside, AssetKind.FILM, "video/mp4", origin="compare", facts=facts)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
