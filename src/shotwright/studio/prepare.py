"""From a storyboard to a request that the engine can carry out: inputs stored, models chosen, everything checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from shotwright.domain.model import ModelSpec
from shotwright.domain.order import Input, Role
from shotwright.domain.storyboard import Storyboard
from shotwright.domain.units import Money
from shotwright.engine.request import Candidate, FilmRequest, RequestMusic, RequestShot
from shotwright.errors import MediaError, Refused
from shotwright.providers.catalogue import Catalogue
from shotwright.studio.orders import ANIMATIC, Offer, ShotInputs, cast_pictures, offer
from shotwright.studio.sources import Sources


@dataclass(frozen=True)
class Limits:
    """Caps in force besides the storyboard's own budget."""

    project: str
    per_day: Money | None = None
    per_month: Money | None = None
    per_project: Money | None = None

    def caps(self, today: date) -> dict[str, Money | None]:
        """Every budget that an order of today counts against, with its cap (None: only counted)."""
        return {
            f"day {today.isoformat()}": self.per_day,
            f"month {today:%Y-%m}": self.per_month,
            f"project {self.project}": self.per_project,
        }


@dataclass(frozen=True)
class Prepared:
    """A request with what the person should be told about it. `caps` are the budgets to be set before it runs."""

    request: FilmRequest
    warnings: tuple[tuple[str, ...], ...]
    specs: tuple[ModelSpec, ...]
    caps: Mapping[str, Money | None]


async def prepare(
    board: Storyboard,
    *,
    sources: Sources,
    catalogue: Catalogue,
    credential: Callable[[str], str],
    limits: Limits,
    default_model: str | None = None,
    draft: bool = False,
    output: Path | None = None,
    force: bool = False,
    lock: Path | None = None,
    takes: Mapping[str, int] | None = None,
    budget: Money | None = None,
) -> Prepared:
    """Raises every InvalidInput that can be known before any work starts."""
    today = datetime.now(UTC).date()
    shots: list[RequestShot] = []
    warnings: list[tuple[str, ...]] = []
    specs: list[ModelSpec] = []
    for index, shot in enumerate(board.shots):
        inputs = await _inputs(board, index, sources)
        names = (ANIMATIC,) if draft else shot.model or board.model or (default_model or ANIMATIC,)
        offers, said = _offers(board, index, [catalogue.find(name) for name in names], inputs, today, draft)
        specs += [spec for spec, _ in offers[:1]]
        shots.append(
            RequestShot(
                candidates=tuple(
                    [
                        Candidate(
                            await sources.framed(one.order, shot.fit or board.fit), one.price, credential(spec.provider)
                        )
                        for spec, one in offers
                    ]
                ),
                continues=shot.continues,
                transition=board.transition_into(index),
                take=shot.take,
                caption=shot.caption,
            )
        )
        warnings.append(said)
    _check_transitions(board, shots)
    request = FilmRequest(
        project=limits.project,
        title=board.title,
        size=board.size,
        fps=board.fps,
        shots=tuple(shots),
        sound=board.sound,
        music=await _music(board, sources),
        budget=budget if budget is not None else board.budget,
        output=str(output) if output else None,
        force=force,
        lock=str(lock) if lock else None,
        takes=dict(takes or {}),
    )
    caps = limits.caps(today) | {_film_budget(request): request.budget}
    return Prepared(replace(request, budgets=tuple(sorted(caps))), tuple(warnings), tuple(specs), caps)


def _film_budget(request: FilmRequest) -> str:
    return f"film {request.digest()[:16]}"


async def _inputs(board: Storyboard, index: int, sources: Sources) -> ShotInputs:
    shot = board.shots[index]
    references = (*shot.references, *cast_pictures(board, index), *board.references)
    return ShotInputs(
        first=await sources.picture(shot.image, Role.FIRST) if shot.image is not None else None,
        last=await sources.picture(shot.last, Role.LAST) if shot.last is not None else None,
        references=tuple([await sources.picture(one, Role.REFERENCE) for one in references]),
        audio=await sources.sound(shot.audio, Role.AUDIO) if shot.audio is not None else None,
        speech=await sources.sound(shot.speech, Role.SPEECH) if shot.speech is not None else None,
    )


async def _music(board: Storyboard, sources: Sources) -> RequestMusic | None:
    if board.music is None:
        return None
    stored: Input = await sources.sound(board.music.file, Role.AUDIO)
    return RequestMusic(stored.digest, board.music.gain, board.music.fade)


def _offers(
    board: Storyboard, index: int, specs: list[ModelSpec], inputs: ShotInputs, today: date, draft: bool
) -> tuple[list[tuple[ModelSpec, Offer]], tuple[str, ...]]:
    """The models that can make the shot, in the person's order; a retired one is passed over where another is named."""
    found: list[tuple[ModelSpec, Offer]] = []
    said: list[str] = []
    refusal: Refused | None = None
    for spec in specs:
        try:
            one = offer(board, index, spec, inputs, today=today, draft=draft)
        except Refused as error:
            refusal = error
            said.append(error.message)
            continue
        found.append((spec, one))
        if len(found) == 1:
            said += one.warnings
    if not found and refusal is not None:
        raise refusal
    return found, tuple(said)


def _check_transitions(board: Storyboard, shots: list[RequestShot]) -> None:
    """A transition may not be longer than either of its shots."""
    for index in range(1, len(shots)):
        length = shots[index].transition.seconds
        shorter = min(shots[index - 1].candidates[0].order.seconds, shots[index].candidates[0].order.seconds)
        if length > shorter:
            raise MediaError(
                f"shot {index + 1}: a {shots[index].transition} is longer than a shot beside it ({float(shorter):g} s)",
                hint="shorten the transition, or lengthen the shot",
            )
