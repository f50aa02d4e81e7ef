"""From a job's rows to events: each change of a shot's stage, fraction or cost is one event."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, cast

from shotwright.domain.job import UNFINISHED, Event, JobState, JobView, Stage
from shotwright.domain.units import Money
from shotwright.engine.jobs import Jobs
from shotwright.engine.progress import ProgressLog

_ENDED: dict[JobState, Stage] = {
    JobState.DONE: "done",
    JobState.CANCELLED: "cancelled",
    JobState.STOPPED: "cancelled",
    JobState.PARTIAL: "failed",
    JobState.FAILED: "failed",
}
_STATE_STAGES: dict[str, Stage] = {
    "wanted": "queued",
    "intent": "submitting",
    "stored": "made",
    "failed": "failed",
    "refused": "failed",
    "over": "failed",
    "cancelled": "cancelled",
    "unclear": "unclear",
}
_TICK = 0.5
_LEAST_GAP = 0.1  # a bell that rings for hundreds of shots must not read the job hundreds of times


class Follower:
    """Reads one job again whenever the bell rings, or each half second for what other processes do."""

    def __init__(self, jobs: Jobs, progress: ProgressLog, house: Any) -> None:
        self._jobs = jobs
        self._progress = progress
        self._house = house

    async def events(self, job: str) -> AsyncIterator[Event]:
        """Until the job ends; the last event has the stage of its ending."""
        seen: dict[int | None, tuple[Any, ...]] = {}
        since: dict[int, float] = {}
        while True:
            row = await self._house.db(self._jobs.row, job)
            view = await self._house.db(self._jobs.view, row)
            cutting = await self._house.db(self._progress.read, [f"{job}.{row.run}"])
            for event in [*_shot_events(view, since), _film_event(view, cutting.get(f"{job}.{row.run}", {}))]:
                facts = (event.stage, event.fraction, event.cost, event.message)
                if seen.get(event.shot) != facts:
                    seen[event.shot] = facts
                    yield event
            if view.state not in UNFINISHED:
                return
            await asyncio.sleep(_LEAST_GAP)
            await self._progress.bell.wait(_TICK)


def _shot_events(view: JobView, since: dict[int, float]) -> list[Event]:
    events = []
    for line in view.shots:
        stage = _STATE_STAGES.get(line["state"], cast("Stage", line["stage"]))
        fraction = 1.0 if stage == "made" else line["fraction"]
        shot = line["shot"]
        if stage == "making":
            since.setdefault(shot, time.monotonic())
        events.append(
            Event(
                job=view.id,
                stage=stage,
                shot=shot,
                fraction=fraction,
                left=_left(fraction, since.get(shot)) if stage == "making" else None,
                cost=Money.usd(line["cost_usd"]),
                message=(line["error"] or {}).get("message", "") or _busy(line),
                reused=line["reused"],
            )
        )
    return events


def _busy(line: dict[str, Any]) -> str:
    """The countdown of a provider that asked to come back later."""
    again = line.get("again_at")
    left = round(again - time.time()) if again else 0
    return f"the provider is busy; again in {left} s" if left > 0 else ""


def _left(fraction: float | None, since: float | None) -> float | None:
    """Seconds, from the pace so far."""
    if not fraction or since is None or fraction < 0.05:
        return None
    return (time.monotonic() - since) * (1 - fraction) / fraction


def _film_event(view: JobView, document: dict[str, Any]) -> Event:
    if view.state not in UNFINISHED:
        message = (view.error or {}).get("message", "")
        return Event(view.id, _ENDED[view.state], None, 1.0, None, view.cost, message)
    if document.get("stage") == "cutting":
        return Event(view.id, "cutting", None, document.get("fraction"), None, view.cost)
    stage: Stage = "queued" if view.state is JobState.QUEUED else "making"
    return Event(view.id, stage, None, round(view.fraction, 3), None, view.cost)
