"""A picture brought to exactly the size of a film, as models want their first and last frames."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shotwright.domain.storyboard import Fit
from shotwright.domain.units import Size
from shotwright.media.trouble import aside


def fit_picture(source: Path, output: Path, size: Size, fit: Fit = "auto") -> dict[str, Any]:
    """Writes a PNG of `size` pixels, cropped to the subject or padded as `fit` says; the same bytes every time.

    Raises PictureError for a source that can't be decoded.
    """
    from PIL import Image

    from shotwright.media.animatic.framing import fitted
    from shotwright.media.pictures import load_rgb

    pixels = fitted(load_rgb(source), size, fit)
    with aside(output) as part:
        Image.fromarray(pixels).save(part, format="PNG", compress_level=6)
    return {"width": size.width, "height": size.height, "media_type": "image/png"}
