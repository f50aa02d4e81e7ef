"""What commands print for people: plans, films, jobs, assets, checks and probes, as lines that fit the terminal."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shotwright.cli.failures import cause_text
from shotwright.cli.text import (
    Column,
    cells,
    cut_to,
    duration,
    labelled,
    megabytes,
    one_line,
    padded,
    short_path,
    styled,
    table,
    width_of,
    wrapped,
)
from shotwright.domain.job import UNFINISHED, JobState
from shotwright.domain.units import FrameRate, Money, Seconds, Size

if TYPE_CHECKING:
    from shotwright.domain.asset import Asset, Probe
    from shotwright.domain.job import JobView, Plan, PlannedShot
    from shotwright.studio import Check, Film

FREE_PROVIDER = "animatic"
WIDE_SHOT_CELLS = 26
SHOWN_DIGEST = 12
TAKE_KEY = re.compile("[0-9a-f]{40}")
SHOT_STATES = {
    "waiting": "waiting",
    "stored": "made",
    "failed": "failed",
    "refused": "refused",
    "over": "over budget",
    "cancelled": "cancelled",
    "unclear": "unclear",
}
"""What a take's state is called on screen; the others go by their stage."""


def length(value: Seconds) -> str:
    """Seconds as shown: 5.0 s, 16.5 s, 2 min 5.0 s."""
    total = float(value)
    return f"{total:.1f} s" if total < 60 else f"{int(total // 60)} min {total % 60:.1f} s"


def size_words(size: Size) -> str:
    return f"{size.width}x{size.height}"


def headline(shots: int, size: Size, fps: FrameRate, models: Iterable[str]) -> str:
    """A film in 4 shots · 1920x1080 · 30 fps · animatic (free, nothing leaves this machine)"""
    count = "1 shot" if shots == 1 else f"{shots} shots"
    return " · ".join([f"A film in {count}", size_words(size), f"{fps} fps", _by(models)])


def headline_lines(head: str) -> list[str]:
    """The headline as it is for a pipe, broken between words for a terminal that is narrower."""
    return wrapped(head, width_of(sys.stdout)) if sys.stdout.isatty() else [head]


def _by(models: Iterable[str]) -> str:
    names = list(dict.fromkeys(models))
    if all(name.partition("/")[0] == FREE_PROVIDER for name in names):
        return "animatic (free, nothing leaves this machine)"
    return ", ".join(names)


def shot_line(number: int, prompt: str, seconds: Seconds, state: str, width: int) -> str:
    """One shot of a finished film: number, prompt, length, made or reused."""
    tail = f"{length(seconds):>8}   {state}"
    room = max(16, min(36, width - cells(tail) - 7))
    text = cut_to(prompt, room) or f"shot {number}"
    return f"{number:>3}  {padded(text, room)}  {tail}"


def film_shots(plan: Plan, reused: Collection[int]) -> list[str]:
    width = width_of(sys.stdout)
    return [
        shot_line(shot.shot, shot.prompt, shot.seconds, "reused" if shot.shot in reused else "made", width)
        for shot in plan.shots
    ]


def film_line(made: Film) -> str:
    """film   demo/harbour.mp4    16.5 s   6.2 MB   made in 8 s"""
    path = Path(made.path) if made.path else None
    facts = [length(made.duration)]
    if path is not None and path.exists():
        facts.append(megabytes(path.stat().st_size))
    if made.cost:
        facts.append(str(made.cost))
    facts.append("unchanged" if made.unchanged else f"made in {duration(max(1, made.seconds_taken))}")
    return f"film   {short_path(path) if path else made.digest[:SHOWN_DIGEST]}    " + "   ".join(facts)


def plan_lines(plan: Plan, width: int | None = None) -> list[str]:
    """The table of a plan. Reasons stand in a column of their own where the terminal is wide enough, else below."""
    room = width or width_of(sys.stdout)
    lines = _wide_plan(plan, room) or _narrow_plan(plan, room)
    lines += labelled(" cut", f"{plan.cut} · free", room, indent=5)
    lines += [f" {line}" for line in wrapped(_total(plan), room - 1)]
    for warning in _warnings(plan):
        lines += labelled("note", warning, room)
    return lines


def _total(plan: Plan) -> str:
    parts = [f"total {plan.total}" + (f" of {plan.budget}" if plan.budget is not None else "")]
    if plan.prices_read and plan.total:
        parts.append(f"prices read {plan.prices_read}")
    parts.append(f"film of {length(plan.seconds)}")
    return " · ".join(parts)


def _warnings(plan: Plan) -> list[str]:
    per_shot = [f"shot {shot.shot}: {warning}" for shot in plan.shots for warning in shot.warnings]
    return [*plan.warnings, *per_shot]


def _cost(shot: PlannedShot) -> str:
    if shot.action == "reuse":
        return "-"
    return str(shot.cost) if shot.cost else "free"


def _take(shot: PlannedShot) -> str:
    return shot.action if shot.take == 1 else f"{shot.action} {shot.take}"


def _wide_plan(plan: Plan, width: int) -> list[str] | None:
    columns = [
        Column("#", right=True),
        Column("shot", flex=True, least=WIDE_SHOT_CELLS),
        Column("model"),
        Column("take"),
        Column("cost"),
        Column("why", flex=True, least=24),
    ]
    rows = [(str(shot.shot), shot.prompt, shot.model, _take(shot), _cost(shot), shot.why) for shot in plan.shots]
    lines = table(columns, rows, width - 1)
    return [f" {line}" for line in lines] if max(map(cells, lines)) < width else None


def _narrow_plan(plan: Plan, width: int) -> list[str]:
    models = max(cells("model"), *(cells(shot.model) for shot in plan.shots))
    takes = max(cells("take"), *(cells(_take(shot)) for shot in plan.shots))
    costs = max(cells("cost"), *(cells(_cost(shot)) for shot in plan.shots))
    right = models + takes + costs + 4
    left = max(14, width - right - 6)
    lines = [f" #  {padded('shot', left)}  {padded('model', models)}  {padded('take', takes)}  cost"]
    for shot in plan.shots:
        words = wrapped(shot.prompt, left)
        facts = [f"{padded(shot.model, models)}  {padded(_take(shot), takes)}  {_cost(shot)}"]
        facts += [styled(line, "dim", sys.stdout) for line in wrapped(shot.why, right) if line]
        for at in range(max(len(words), len(facts))):
            number = f"{shot.shot:>2}" if at == 0 else "  "
            word = words[at] if at < len(words) else ""
            fact = facts[at] if at < len(facts) else ""
            lines.append(f"{number}  {padded(word, left)}  {fact}".rstrip())
    return lines


def job_lines(views: Sequence[JobView], now: float | None = None) -> list[str]:
    columns = [
        Column("job"),
        Column("state"),
        Column("when"),
        Column("cost", right=True),
        Column("film", flex=True, least=20),
    ]
    rows = [(view.id, _state(view), ago(view.updated, now), _money(view.cost), _job_title(view)) for view in views]
    return table(columns, rows, width_of(sys.stdout))


def _state(view: JobView) -> str:
    return f"{view.state.value} {view.fraction:.0%}" if view.state.value == "running" else view.state.value


def _money(money: Money) -> str:
    return str(money) if money else "free"


def _job_title(view: JobView) -> str:
    return f"{view.title} · {short_path(view.output)}" if view.output else view.title


def ago(moment: float, now: float | None = None) -> str:
    """A moment in Unix seconds as its distance from now, or as its day when it is long past."""
    passed = (time.time() if now is None else now) - moment
    if passed < 60:
        return "just now"
    if passed < 3600:
        return f"{int(passed // 60)} min ago"
    if passed < 86400:
        return f"{int(passed // 3600)} h ago"
    return time.strftime("%Y-%m-%d", time.localtime(moment))


def job_page(view: JobView) -> list[str]:
    width = width_of(sys.stdout)
    lines = labelled("job", f"{view.id} · {view.title}", width)
    lines += labelled("state", " · ".join([_state(view), view.kind, _money(view.cost)]), width)
    lines += labelled("begun", time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(view.created)), width)
    for shot in view.shots:
        lines += labelled(f"  {shot.get('shot', ''):>3}", _shot_facts(shot, ended=view.state not in UNFINISHED), width)
    if view.output:
        lines += labelled("film" if view.state is JobState.DONE else "to", short_path(view.output), width)
    return lines + _trouble(view, width)


def _trouble(view: JobView, width: int) -> list[str]:
    """What went wrong with a job, and how to go on with one that ended without its film."""
    error = view.error or {}
    lines = labelled("error", str(error.get("message", "")), width) if error else []
    for cause in error.get("causes", ()):
        lines += labelled("", cause_text(cause), width)
    ended = view.state not in UNFINISHED and view.state is not JobState.DONE
    hint = error.get("hint") or (f"go on with: shotwright jobs resume {view.id}" if ended else "")
    return lines + (labelled("do", str(hint), width) if hint else [])


def _shot_facts(shot: dict[str, Any], *, ended: bool) -> str:
    state = str(shot.get("state", ""))
    word = SHOT_STATES.get(state) or ("not finished" if ended else shot.get("stage") or "waiting")
    facts = [word, shot.get("model"), shot.get("prompt")]
    if shot.get("error"):
        facts.append(f"{shot['error'].get('message', 'failed')}")
    return " · ".join(one_line(str(fact)) for fact in facts if fact)


def asset_lines(items: Sequence[Asset]) -> list[str]:
    columns = [
        Column("asset"),
        Column("kind"),
        Column("type"),
        Column("size", right=True),
        Column("from", flex=True, least=16),
    ]
    rows = [
        (item.digest[:SHOWN_DIGEST], item.kind.value, item.media_type, megabytes(item.bytes), _origin(item.origin))
        for item in items
    ]
    return table(columns, rows, width_of(sys.stdout))


def _origin(origin: str) -> str:
    """Where an asset came from; a take's long key by its first digits."""
    return f"take {origin[:SHOWN_DIGEST]}" if TAKE_KEY.fullmatch(origin) else origin


def check_lines(checks: Sequence[Check]) -> list[str]:
    width = width_of(sys.stdout)
    names = max((cells(item.name) for item in checks), default=0)
    lines: list[str] = []
    for item in checks:
        mark = styled("ok", "green", sys.stdout) if item.ok else styled("--", "yellow", sys.stdout)
        detail = wrapped(item.detail, max(20, width - names - 6)) or [""]
        lines.append(f"{mark}  {padded(item.name, names)}  {detail[0]}".rstrip())
        blank = " " * (names + 6)
        lines += [blank + line for line in detail[1:]]
        if item.hint and not item.ok:
            lines += [
                blank + styled(line, "dim", sys.stdout) for line in wrapped(item.hint, max(20, width - names - 6))
            ]
    return lines


def probe_lines(name: str, found: Probe) -> list[str]:
    width = width_of(sys.stdout)
    lines = labelled("file", f"{name} · {found.container} · {length(found.seconds)}", width)
    if found.size is not None:
        rate = f"{found.fps} fps{' (uneven)' if found.variable else ''}" if found.fps else ""
        facts = [found.codec, size_words(found.size), rate, f"{found.frames} frames", found.pixel_format]
        turned = [f"turned {found.rotation}°"] if found.rotation else []
        lines += labelled("video", " · ".join([part for part in facts if part] + turned), width)
    if found.sound_codec:
        channels = {1: "mono", 2: "stereo"}.get(found.channels, f"{found.channels} channels")
        sound = [found.sound_codec, f"{found.sample_rate} Hz", channels, length(found.sound_seconds)]
        lines += labelled("sound", " · ".join(sound), width)
    else:
        lines += labelled("sound", "none", width)
    return lines
