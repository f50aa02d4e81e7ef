"""What a studio does with files alone, without jobs: stitch, probe, frames, contact sheets, assets."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from shotwright.domain.asset import Asset, AssetKind, Probe
from shotwright.domain.job import Event
from shotwright.domain.storyboard import Transition
from shotwright.domain.timeline import Cut, Piece
from shotwright.domain.units import FrameRate, Money, Size, seconds
from shotwright.engine.publish import check_output
from shotwright.errors import InvalidInput, NotFound
from shotwright.studio.film import Film
from shotwright.studio.house import House

Watcher = Callable[[Event], None]


def absolute(path: Path | str) -> Path:
    """From the working folder; nothing is looked up on the disk."""
    return Path(path).absolute()


class Bench(House):
    """The part of a studio that works on files."""

    async def stitch(
        self,
        clips: Sequence[Path | str],
        output: Path | str,
        *,
        transition: Transition | str = "cut",
        force: bool = False,
        progress: Watcher | None = None,
    ) -> Film:
        """Clips in a row as one film; nothing is generated. Raises MediaError for clips that can't be decoded."""
        shop, target = self._shop, absolute(output)
        if not clips:
            raise InvalidInput("no clips to stitch", field="clips", hint="give two or more video files")
        await shop.db(check_output, shop.library, target, force=force)
        began = time.time()
        join = Transition.parse(transition)
        pieces = tuple(
            Piece(str(absolute(clip)), transition=join if index else Transition()) for index, clip in enumerate(clips)
        )
        aside = target.with_name(f".{target.name}.stitch.part")
        heard = (lambda fraction: progress(Event("stitch", "cutting", None, fraction))) if progress else None
        try:
            report = await shop.media.run("cut", {"cut": Cut(pieces).as_json(), "output": str(aside)}, progress=heard)
            probe = Probe.from_json(await shop.media.run("probe", {"file": str(aside)}))
            facts = {"probe": probe.as_json(), "cut": report}
            asset = await shop.db(shop.library.put, aside, AssetKind.FILM, "video/mp4", origin="stitch", facts=facts)
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)
        if progress:
            progress(Event("stitch", "done", None, 1.0))
        return Film(
            path=target,
            digest=asset.digest,
            duration=probe.seconds,
            size=probe.size or Size(0, 0),
            fps=probe.fps or FrameRate(Fraction(30)),
            cost=Money(),
            takes=(),
            job="",
            made=0,
            reused=0,
            unchanged=False,
            seconds_taken=time.time() - began,
            cut=report["mode"],
        )

    async def assets(self, *, kind: str | None = None, limit: int = 100) -> list[Asset]:
        """Newest first."""
        if kind is not None and kind not in {one.value for one in AssetKind}:
            raise InvalidInput(
                f"kind: {kind!r} is not known",
                field="kind",
                value=kind,
                hint=", ".join(one.value for one in AssetKind),
            )
        return list(await self._shop.db(self._shop.library.listing, kind=kind, limit=limit))

    async def asset_path(self, digest: str) -> Path:
        """The file of an asset by its digest, or a beginning that only it has. Raises NotFound."""
        found = await self._shop.db(self._shop.library.match, digest)
        if len(found) != 1 or not digest:
            raise NotFound(
                f"{'several assets begin' if found else 'no asset begins'} with {digest!r}", hint="shotwright assets"
            )
        return await self._shop.db(self._shop.library.path, found[0].digest)

    async def probe(self, file: Path | str) -> Probe:
        """What a media file is. Raises MediaError."""
        return Probe.from_json(await self._shop.media.run("probe", {"file": str(absolute(file))}))

    async def last_frame(self, video: Path | str, png: Path | str) -> Path:
        """The exact last frame as a PNG."""
        target = absolute(png)
        await self._shop.media.run("last_frame", {"clip": str(absolute(video)), "output": str(target)})
        return target

    async def frames(
        self,
        video: Path | str,
        output: Path | str,
        *,
        at: Sequence[object] = (),
        every: object = None,
        last: bool = False,
    ) -> list[Path]:
        """Frames as PNG: the `last` one, those `at` given seconds, or one `every` so many seconds.

        Several frames get numbers before the suffix of `output`.
        """
        target = absolute(output)
        if last and not at and every is None:
            return [await self.last_frame(video, target)]
        args = {
            "clip": str(absolute(video)),
            "output": str(target),
            "at": [str(seconds(moment, field="at")) for moment in at],
            "every": str(seconds(every, field="every")) if every is not None else None,
            "last": last,
        }
        made = await self._shop.media.run("frames", args)
        return [Path(one) for one in made["files"]]

    async def contact_sheet(self, file: Path | str, output: Path | str) -> Path:
        """A sheet of stills with their moments, as PNG."""
        target = absolute(output)
        await self._shop.media.run("contact_sheet", {"file": str(absolute(file)), "output": str(target)})
        return target
