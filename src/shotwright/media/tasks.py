"""Media work by name, with plain data in and out: what a worker process can be asked to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from shotwright.errors import InvalidInput

Report = Callable[[float], None]
Task = Callable[[dict[str, Any], Report], dict[str, Any]]


def perform(task: str, args: dict[str, Any], report: Report) -> dict[str, Any]:
    """Does one task. Raises InvalidInput for an unknown name or missing arguments, else what the task raises."""
    work = TASKS.get(task)
    if work is None:
        raise InvalidInput(f"no media task is called {task!r}", field="task", value=task, hint=", ".join(sorted(TASKS)))
    missing = _NEEDS[task] - args.keys()
    if missing:
        raise InvalidInput(f"{task}: {', '.join(sorted(missing))} missing", field=min(missing))
    return work(args, report)


def _probe(args: dict[str, Any], report: Report) -> dict[str, Any]:
    from shotwright.media.probing import probe

    return probe(args["file"]).as_json()


def _verify(args: dict[str, Any], report: Report) -> dict[str, Any]:
    from shotwright.media.wholeness import verify

    return verify(Path(args["file"]))


def _last_frame(args: dict[str, Any], report: Report) -> dict[str, Any]:
    from shotwright.media.frames import save_last_frame

    return {"output": str(save_last_frame(args["clip"], args["output"]))}


def _frames(args: dict[str, Any], report: Report) -> dict[str, Any]:
    from fractions import Fraction

    from shotwright.media.stills import save_frames

    every = args.get("every")
    files = save_frames(
        Path(args["clip"]),
        Path(args["output"]),
        at=[Fraction(moment) for moment in args.get("at", ())],
        every=Fraction(every) if every is not None else None,
        last=bool(args.get("last")),
    )
    return {"files": [str(file) for file in files]}


def _poster(args: dict[str, Any], report: Report) -> dict[str, Any]:
    from shotwright.media.sheets import poster

    return {"output": str(poster(args["file"], args["output"], args.get("width")))}


def _contact_sheet(args: dict[str, Any], report: Report) -> dict[str, Any]:
    from shotwright.media.sheets import contact_sheet

    chosen = {name: args[name] for name in ("columns", "rows", "width") if args.get(name) is not None}
    return {"output": str(contact_sheet(args["file"], args["output"], **chosen))}


def _cut(args: dict[str, Any], report: Report) -> dict[str, Any]:
    from shotwright.domain.timeline import Cut
    from shotwright.media.cut import render_cut

    chosen = {name: args[name] for name in ("quality", "smart") if args.get(name) is not None}
    return render_cut(Cut.from_json(args["cut"]), args["output"], report=report, **chosen).as_json()


def _grid(args: dict[str, Any], report: Report) -> dict[str, Any]:
    from shotwright.media.grid import Tile, render_grid

    chosen = {name: args[name] for name in ("width", "quality") if args.get(name) is not None}
    return render_grid([Tile.from_json(tile) for tile in args["tiles"]], args["output"], report=report, **chosen)


def _animatic(args: dict[str, Any], report: Report) -> dict[str, Any]:
    from shotwright.media.animatic.render import render
    from shotwright.media.animatic.spec import AnimaticSpec

    return render(AnimaticSpec.from_json(args["spec"]), Path(args["output"]), report)


def _fit_picture(args: dict[str, Any], report: Report) -> dict[str, Any]:
    from shotwright.domain.units import Size
    from shotwright.media.fitting import fit_picture

    return fit_picture(Path(args["source"]), Path(args["output"]), Size.parse(args["size"]), args.get("fit", "auto"))


def _picture(args: dict[str, Any], report: Report) -> dict[str, Any]:
    from shotwright.media.pictures import normalise_picture

    return normalise_picture(Path(args["source"]), Path(args["output"]))


TASKS: dict[str, Task] = {
    "probe": _probe,
    "verify": _verify,
    "last_frame": _last_frame,
    "frames": _frames,
    "poster": _poster,
    "contact_sheet": _contact_sheet,
    "cut": _cut,
    "grid": _grid,
    "animatic": _animatic,
    "picture": _picture,
    "fit_picture": _fit_picture,
}

_NEEDS: dict[str, set[str]] = {
    "probe": {"file"},
    "verify": {"file"},
    "last_frame": {"clip", "output"},
    "frames": {"clip", "output"},
    "poster": {"file", "output"},
    "contact_sheet": {"file", "output"},
    "cut": {"cut", "output"},
    "grid": {"tiles", "output"},
    "animatic": {"spec", "output"},
    "picture": {"source", "output"},
    "fit_picture": {"source", "output", "size"},
}
