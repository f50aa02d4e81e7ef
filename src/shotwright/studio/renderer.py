"""Lends the media pool to the animatic provider: an order becomes one clip, made outside this process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from shotwright.domain.order import Order, Role
from shotwright.engine.context import MediaRunner


class AnimaticRenderer:
    def __init__(self, media: MediaRunner) -> None:
        self._media = media

    async def render(
        self, order: Order, inputs: Mapping[str, Path], into: Path, progress: Callable[[float], None]
    ) -> None:
        """Writes the clip at `into`. Raises MediaError or PictureError as the pool reports them."""
        await self._media.run(
            "animatic", {"spec": animatic_spec(order, inputs), "output": str(into)}, progress=progress
        )


def animatic_spec(order: Order, inputs: Mapping[str, Path]) -> dict[str, object]:
    """The values that `shotwright.media.animatic.AnimaticSpec.from_json` reads."""

    def path(role: Role) -> str | None:
        item = order.first(role)
        return str(inputs[item.digest]) if item else None

    return {
        "prompt": order.prompt,
        "size": str(order.size),
        "fps": str(order.fps.value),
        "frames": max(1, order.fps.frames(order.seconds)),
        "seed": order.seed,
        "first": path(Role.FIRST),
        "last": path(Role.LAST),
        "references": [str(inputs[item.digest]) for item in order.of_role(Role.REFERENCE)],
        "fit": order.options.get("fit", "auto"),
        "sound": order.audio,
        "audio": path(Role.AUDIO),
        "caption": order.options.get("caption") or None,
        "slug": None,
        "draft": order.options.get("draft", False),
        "joined_before": order.options.get("joined_before", False),
        "joined_after": order.options.get("joined_after", False),
    }
