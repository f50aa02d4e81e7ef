"""Pictures that stand for a film: the poster, and the contact sheet with its times."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from shotwright.domain.units import Seconds
from shotwright.errors import MediaError
from shotwright.media.frames import pick_frames, upright
from shotwright.media.listing import Pictures, list_file
from shotwright.media.trouble import aside

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from PIL.Image import Image

PAPER = (21, 22, 26)
INK = (238, 236, 230)
FAINT = (150, 150, 156)
_POSTER_MOMENTS = (Fraction(1, 8), Fraction(3, 8), Fraction(5, 8), Fraction(7, 8))


def poster(video: Path | str, jpg: Path | str, width: int | None = None) -> Path:
    """Writes the richest of a few pictures of `video` as JPEG, `width` pixels wide at most. Returns its path."""
    pictures = list_file(video).film
    wanted = sorted({int(pictures.frames * share) for share in _POSTER_MOMENTS})
    candidates = [_image(frame, pictures, width) for _, frame in pick_frames(video, pictures, wanted)]
    chosen = max(candidates, key=_richness)
    jpg = Path(jpg)
    with aside(jpg) as draft:
        chosen.save(draft, "JPEG", quality=88, optimize=True)
    return jpg


def contact_sheet(
    video: Path | str,
    png: Path | str,
    *,
    columns: int = 4,
    rows: int | None = None,
    width: int = 1600,
    moments: Sequence[Seconds] | None = None,
) -> Path:
    """Writes a sheet of pictures with their times as PNG, `width` pixels wide. Returns its path.

    `moments` in seconds choose the pictures; otherwise `columns` x `rows` are spread evenly over the film.
    """
    pictures = list_file(video).film
    times = (
        list(moments) if moments is not None else _spread(pictures, columns * (rows or _rows_for(pictures, columns)))
    )
    if not times or columns < 1 or not 64 * columns <= width <= 16384:
        raise MediaError(f"no contact sheet of {len(times)} pictures in {columns} columns fits {width} pixels")
    indices = [pictures.index_at(moment) for moment in times]
    margin, gap = width // 40, width // 100
    cell = (width - 2 * margin - (columns - 1) * gap) // columns
    found = {
        index: _image(frame, pictures, cell) for index, frame in pick_frames(video, pictures, sorted(set(indices)))
    }
    sheet = _lay_out([found[index] for index in indices], times, columns, (width, margin, gap), _title(video, pictures))
    png = Path(png)
    with aside(png) as draft:
        sheet.save(draft, "PNG", compress_level=6)
    return png


def _spread(pictures: Pictures, count: int) -> list[Seconds]:
    """Middles of `count` equal stretches: neither the first nor the last picture, which are often black."""
    count = max(1, min(count, pictures.frames))
    return [pictures.seconds * (2 * number + 1) / (2 * count) for number in range(count)]


def _rows_for(pictures: Pictures, columns: int) -> int:
    """About one picture a second, in two to six rows."""
    return min(6, max(2, round(pictures.seconds / columns)))


def _image(frame: VideoFrame, pictures: Pictures, width: int | None) -> Image:
    """Upright, with square pixels, at most `width` wide."""
    from PIL import Image

    size = pictures.size
    if width is not None and width < size.width:
        shown = (width, max(1, round(width * size.height / size.width)))
    else:
        shown = (size.width, size.height)
    stored = shown[::-1] if pictures.rotation % 180 else shown
    return Image.fromarray(upright(frame, *stored).to_ndarray())


def _richness(image: Image) -> float:
    from PIL import ImageStat

    return float(ImageStat.Stat(image.convert("L").resize((64, 64))).stddev[0])


def _title(video: Path | str, pictures: Pictures) -> tuple[str, str]:
    rate = f"{float(pictures.rate):.3f}".rstrip("0").rstrip(".")
    length = f"{float(pictures.seconds):.2f} s"
    return Path(video).name, f"{pictures.size}   {rate} fps   {pictures.frames} frames   {length}"


def _lay_out(
    images: list[Image], times: Sequence[Seconds], columns: int, measures: tuple[int, int, int], title: tuple[str, str]
) -> Image:
    from PIL import Image, ImageDraw, ImageFont

    width, margin, gap = measures
    height = images[0].height
    cell = (width - 2 * margin - (columns - 1) * gap) // columns
    big, little = max(14, width // 64), max(11, width // 110)
    large, small = ImageFont.load_default(big), ImageFont.load_default(little)
    head, foot = round(big * 1.9), round(little * 2.1)
    rows = -(-len(images) // columns)
    sheet = Image.new("RGB", (width, margin * 2 + head + rows * (height + foot) + (rows - 1) * gap), PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((margin, margin + big), title[0], INK, large, anchor="ls")
    draw.text((width - margin, margin + big), title[1], FAINT, small, anchor="rs")
    for number, (image, moment) in enumerate(zip(images, times, strict=True)):
        left = margin + number % columns * (cell + gap) + (cell - image.width) // 2
        top = margin + head + number // columns * (height + foot + gap)
        sheet.paste(image, (left, top))
        draw.text((left, top + height + foot // 2), _clock(moment), FAINT, small, anchor="lm")
    return sheet


def _clock(moment: Seconds) -> str:
    minutes, rest = divmod(float(moment), 60)
    return f"{int(minutes)}:{rest:05.2f}"
