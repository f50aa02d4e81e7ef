"""`shotwright jobs resolve`: a person's word on takes of which nobody knows whether they were accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from shotwright.cli import accounts, shapes
from shotwright.cli.options import Json, Verbose
from shotwright.cli.running import with_studio
from shotwright.cli.text import say
from shotwright.errors import InvalidInput

if TYPE_CHECKING:
    from shotwright.domain.take import Take
    from shotwright.engine.ledger import Resolution
    from shotwright.studio import Studio

MOST_JOBS = 1000
Jobs = dict[str, list[str]]
"""Take keys, and the jobs that want each."""


def resolve(
    key: Annotated[str, Parameter(metavar="KEY", show_default=False, help="An unclear take, or how it begins.")] = "",
    /,
    *,
    adopt: Annotated[
        str | None, Parameter(metavar="ID", help="It was accepted: the provider's name for the job.")
    ] = None,
    resubmit: Annotated[
        bool, Parameter(negative="", show_default=False, help="Order it again, knowing that it may cost twice.")
    ] = False,
    give_up: Annotated[
        bool, Parameter(negative="", show_default=False, help="Leave it; its shot stays without a clip.")
    ] = False,
    charged: Annotated[str | None, Parameter(metavar="USD", help="What the first call cost, if it is known.")] = None,
    json: Json = False,
    verbose: Verbose = False,
) -> int:
    """Decide about takes that may or may not have been accepted. Without KEY they are listed with the three choices."""
    chosen = choice(key, adopt=adopt, resubmit=resubmit, give_up=give_up, charged=charged)

    async def work(studio: Studio) -> tuple[list[Take], Jobs]:
        waiting = [take for take in await studio.unclear() if take.key.startswith(key)]
        if chosen is None and (waiting or not key):
            return waiting, await wanted_by(studio)
        take = await studio.resolve(key, chosen or "give up", ticket=adopt, charged=charged)
        return [take], await wanted_by(studio)

    takes, jobs = with_studio(work, verbose=verbose)
    if json:
        shapes.print_json([document(take, jobs) for take in takes])
    elif chosen is None:
        say(*(accounts.unclear_lines(takes, jobs) if takes else ["nothing is unclear"]))
    else:
        say(*resolved_lines(takes[0], chosen, jobs.get(takes[0].key, [])))
    return 0


def choice(key: str, *, adopt: str | None, resubmit: bool, give_up: bool, charged: str | None) -> Resolution | None:
    """What was chosen, or None to list. Raises InvalidInput where the flags don't go together."""
    chosen: list[Resolution] = ["adopt"] if adopt is not None else []
    chosen += ["resubmit"] if resubmit else []
    chosen += ["give up"] if give_up else []
    if len(chosen) > 1:
        raise InvalidInput("--adopt, --resubmit and --give-up contradict each other", field="adopt", hint="choose one")
    if chosen and not key:
        raise InvalidInput("which take is meant?", field="key", hint="see: shotwright jobs resolve")
    if charged is not None and chosen in ([], ["adopt"]):
        raise InvalidInput(
            "--charged goes with --resubmit or --give-up: what is adopted is booked when it is fetched",
            field="charged",
            value=charged,
            hint="leave it out",
        )
    return chosen[0] if chosen else None


async def wanted_by(studio: Studio) -> Jobs:
    found: Jobs = {}
    for view in await studio.jobs(limit=MOST_JOBS):
        for take in {shot.get("key") for shot in view.shots} - {None}:
            found.setdefault(str(take), []).append(view.id)
    return found


def resolved_lines(take: Take, how: Resolution, jobs: list[str]) -> list[str]:
    said = {
        "adopt": "adopted: its clip will be fetched",
        "resubmit": "will be ordered again",
        "give up": "given up: its shot needs another take",
    }
    lines = [f"take   {take.key[: accounts.SHOWN_KEY]} {said[how]}"]
    if how == "give up":
        return lines + [f"Another take:  shotwright jobs retry {job} SHOT" for job in jobs]
    return lines + [f"Go on with:  shotwright jobs resume {job}" for job in jobs]


def document(take: Take, jobs: Jobs) -> dict[str, Any]:
    return {
        "key": take.key,
        "model": take.order.full_model,
        "prompt": take.order.prompt,
        "seconds": float(take.order.seconds),
        "state": take.state.value,
        "held_usd": str(take.held.amount),
        "cost_usd": str(take.cost.amount),
        "reason": take.reason,
        "jobs": jobs.get(take.key, []),
    }
