"""From a spec to something that draws its frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shotwright.errors import InvalidInput
from shotwright.media.animatic import camera, depth, morph, scene, text, words
from shotwright.media.animatic.camera import Path, Stage
from shotwright.media.animatic.finish import GRAIN_DRAFT, GRAIN_FINAL, Grain, vignette
from shotwright.media.animatic.framing import SAME_ASPECT, Framed, fitted, framed
from shotwright.media.animatic.spec import AnimaticSpec, base_seed, empty_planes, seed_for
from shotwright.media.animatic.still import frame_of, mip_for
from shotwright.media.animatic.warp import StillSource
from shotwright.media.animatic.words import Move, MoveKind
from shotwright.media.pictures import load_rgb

if TYPE_CHECKING:
    from shotwright.media.animatic.spec import FrameSource, Overlay, Planes


@dataclass(frozen=True)
class Layered:
    """Frames with everything that lies over them, in order. `move` says how the camera goes, `seed` what it drew."""

    source: FrameSource
    overlays: Sequence[Overlay]
    move: Move
    seed: int

    def planes(self, index: int, out: Planes) -> None:
        """Fills `out` with frame `index`, finished."""
        self.source.planes(index, out)
        for overlay in self.overlays:
            overlay.apply(index, out)


def build(spec: AnimaticSpec) -> Layered:
    """Everything that is drawn at random is drawn here. Raises PictureError, and InvalidInput for an empty spec."""
    if spec.frames < 1:
        raise InvalidInput(
            "a clip needs at least one frame", field="frames", value=spec.frames, hint="ask for 1 or more"
        )
    seed = base_seed(spec)
    source, move, overlays = _pictures(spec, seed) if spec.pictures else _scene(spec, seed)
    return Layered(source, (*overlays, *_words(spec, source)), move, seed)


def _scene(spec: AnimaticSpec, seed: int) -> tuple[FrameSource, Move, list[Overlay]]:
    drawn = seed_for(seed, "camera")
    move = words.read(spec.prompt) or Move(MoveKind.PAN, 1 if drawn % 2 else -1)
    source = scene.build(
        spec.prompt, seed=seed_for(seed, "scene"), size=spec.size, fps=spec.fps, frames=spec.frames, move=move
    )
    return source, move, [Grain(spec.size, spec.frames, *_grain(spec, seed))]


def _grain(spec: AnimaticSpec, seed: int) -> tuple[int, float]:
    """Seed and amount."""
    return seed_for(seed, "grain"), GRAIN_DRAFT if spec.draft else GRAIN_FINAL


def _words(spec: AnimaticSpec, source: FrameSource) -> list[Overlay]:
    """The caption, and where there is no picture a card, raised above it."""
    if spec.pictures and not spec.caption:
        return []
    size, frames, fps = spec.size, spec.frames, spec.fps
    sample = empty_planes(size)
    source.planes(frames // 2, sample)
    laid: list[Overlay] = []
    lift = 0
    if spec.caption:
        caption = text.caption(spec.caption, size=size, frames=frames, fps=fps, sample=sample)
        lift = caption.height
        laid.append(caption)
    if not spec.pictures and (spec.prompt.strip() or spec.slug):
        card = text.card(spec.prompt, slug=spec.slug, size=size, frames=frames, fps=fps, sample=sample, lift=lift)
        laid.insert(0, card)  # its scrim lies under the caption
    return laid


def _pictures(spec: AnimaticSpec, seed: int) -> tuple[FrameSource, Move, list[Overlay]]:
    if spec.first and spec.last:
        first, last = (fitted(load_rgb(path), spec.size, spec.fit) for path in (spec.first, spec.last))
        move = words.read(spec.prompt) or Move(MoveKind.PUSH, meeting=words.meeting(spec.prompt))
        return morph.between(first, last, spec, move), move, []
    if spec.last and not spec.first:
        return _towards(spec, spec.last, seed)
    return _still(spec, spec.pictures[0], seed)


def _still(spec: AnimaticSpec, picture: str, seed: int) -> tuple[FrameSource, Move, list[Overlay]]:
    rgb = load_rgb(picture)
    ready = framed(rgb, spec.size, spec.fit)
    whole = spec.joined_before and spec.first is not None and _same_shape(ready.stage)
    move = _move(spec, ready, seed)
    at = camera.eased(spec.frames, joined_before=spec.joined_before, joined_after=spec.joined_after)
    path = _plan(spec, ready.stage, move, at, seed, whole=whole)
    if whole:  # a frame of the shot before, which has its grain and vignette
        return (
            morph.Exact(_moving(spec, ready, path), spec.frames, frame_of(fitted(rgb, spec.size, "crop")), None),
            move,
            [],
        )
    return _moving(spec, ready, path, _grain(spec, seed)), move, []


def _towards(spec: AnimaticSpec, picture: str, seed: int) -> tuple[FrameSource, Move, list[Overlay]]:
    """A shot of which only the last frame is given: it ends on exactly that picture."""
    exact = fitted(load_rgb(picture), spec.size, spec.fit)
    ready = framed(exact, spec.size, "crop")
    move = _move(spec, ready, seed)
    back = replace(move, kind=MoveKind.PUSH if move.kind is MoveKind.PULL else move.kind, direction=-move.direction)
    at = camera.eased(spec.frames, joined_before=spec.joined_after, joined_after=spec.joined_before)
    path = _plan(spec, ready.stage, back, at, seed, whole=True).reversed()
    return morph.Exact(_moving(spec, ready, path), spec.frames, None, frame_of(exact)), move, []


def _move(spec: AnimaticSpec, ready: Framed, seed: int) -> Move:
    drawn = seed_for(seed, "camera")
    named = words.read(spec.prompt)
    if named is not None:
        return named
    return Move(MoveKind.PUSH, speed="slow") if ready.padded else camera.choose(ready.stage, drawn)


def _plan(spec: AnimaticSpec, stage: Stage, move: Move, at: camera.Floats, seed: int, *, whole: bool) -> Path:
    return camera.plan(stage, move, float(spec.seconds), at, seed=seed_for(seed, "camera"), whole=whole)


def _moving(spec: AnimaticSpec, ready: Framed, path: Path, grain: tuple[int, float] | None = None) -> StillSource:
    near = depth.guess(ready.rgb, ready.stage.subject) if path.turn is not None and not ready.padded else None
    shade = vignette(spec.size) if grain is not None else None
    return StillSource(mip_for(ready.rgb, path, spec.size, grain), path, spec.size, near, shade)


def _same_shape(stage: Stage) -> bool:
    return abs(stage.width / stage.height / stage.aspect - 1) < SAME_ASPECT
