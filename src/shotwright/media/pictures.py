"""Stills, read safely: the content decides the kind, the header decides whether it is decoded at all.

Nothing here trusts a file's name. Only the formats of `media.picturekinds` are opened, each by its one decoder, and a
picture above the pixel limit is refused before a pixel is decoded.
"""

from __future__ import annotations

import os
import struct
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import ExifTags, Image, ImageFile

from shotwright.errors import EnvironmentProblem, PictureError
from shotwright.media.picturekinds import MEDIA_TYPES, check_container, kind_of
from shotwright.media.picturetones import flattened, has_alpha, to_eight_bits, to_srgb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_PIXELS = 120_000_000
MAX_BYTES = 256 * 1024 * 1024
_MIN_SIDE = 2
_UPRIGHT = 1
_SIDEWAYS = frozenset({5, 6, 7, 8})
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)
_warning_filters = threading.RLock()


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What a picture's header says. `width` and `height` in pixels as seen upright.

    `frames` is 1 for a still; for an animation the number that the header states, or 2 where it states none.
    `orientation` is EXIF's, 1 (upright) to 8, as far as the reader leaves it to be done. `mode` is Pillow's, `bits`
    those of one channel.
    """

    width: int
    height: int
    media_type: str
    frames: int
    orientation: int
    mode: str
    bits: int
    alpha: bool
    profile: bool

    @property
    def plain(self) -> bool:
        """Whether it serves as it is: an upright, opaque, 8-bit RGB or grey still in JPEG, PNG or WebP."""
        return (
            self.media_type in {"image/jpeg", "image/png", "image/webp"}
            and self.mode in {"L", "RGB"}
            and self.bits == 8
            and self.frames == 1
            and self.orientation == _UPRIGHT
            and not self.alpha
        )


def inspect_picture(path: str | os.PathLike[str], *, max_pixels: int = MAX_PIXELS) -> PictureFacts:
    """Reads the header alone. Raises PictureError for what is missing, unknown, damaged or above `max_pixels`."""
    with _opened(Path(path), max_pixels) as (image, facts):
        del image
        return facts


def normalise_picture(
    source: str | os.PathLike[str], output: str | os.PathLike[str], *, max_pixels: int = MAX_PIXELS
) -> dict[str, Any]:
    """Decodes `source` to the end, and writes an upright 8-bit RGB or grey PNG in sRGB where it isn't plain already.

    Gives {"unchanged", "width", "height", "media_type"}; with "unchanged" true nothing is written and the original
    bytes serve. Equal input gives equal bytes. Raises PictureError, and EnvironmentProblem when `output` can't be
    written.
    """
    source, output = Path(source), Path(output)
    with _opened(source, max_pixels) as (image, facts):
        if facts.plain:
            _decode_whole(image)
            return _result(facts.width, facts.height, facts.media_type, unchanged=True)
        upright = _upright(image, facts)
    _write_png(upright, output)
    return _result(upright.width, upright.height, "image/png", unchanged=False)


def load_rgb(path: str | os.PathLike[str], *, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """The upright picture as sRGB, uint8 [height, width, 3], alpha flattened. Raises PictureError."""
    import numpy as np

    with _opened(Path(path), max_pixels) as (image, facts):
        return np.array(_upright(image, facts).convert("RGB"), dtype=np.uint8)


def _result(width: int, height: int, media_type: str, *, unchanged: bool) -> dict[str, Any]:
    return {"unchanged": unchanged, "width": width, "height": height, "media_type": media_type}


@contextmanager
def _opened(path: Path, max_pixels: int) -> Iterator[tuple[ImageFile.ImageFile, PictureFacts]]:
    try:
        with path.open("rb") as file, _strict_warnings():
            size = os.fstat(file.fileno()).st_size
            if size > MAX_BYTES:
                raise _refusal(path, f"is a file of {size:,} bytes", f"at most {MAX_BYTES:,} bytes are read")
            kind = kind_of(path, file)
            container = check_container(path, kind, file)
            if container.pixels > max_pixels:
                raise _too_large(path, container.width, container.height, max_pixels)
            file.seek(0)
            with Image.open(file, formats=[kind]) as image:
                if image.width * image.height > max_pixels:
                    raise _too_large(path, image.width, image.height, max_pixels)
                if min(image.size) < _MIN_SIDE:
                    raise _refusal(path, f"is {image.width} x {image.height} pixels", "give a larger picture")
                facts = _facts(image, kind, container.bits)
                yield image, facts
    except PictureError:
        raise
    except FileNotFoundError:
        raise _refusal(path, "is not there", "check the path, or list its folder") from None
    except IsADirectoryError:
        raise _refusal(path, "is a folder", "name a picture inside it") from None
    except PermissionError:
        raise _refusal(path, "can't be read", "its permissions forbid it: chmod u+r, or copy it") from None
    except Image.DecompressionBombError as problem:
        raise _refusal(path, "is too large to decode", f"at most {max_pixels:,} pixels: make it smaller") from problem
    except MemoryError as problem:
        raise _refusal(path, "takes too much memory to decode", "make it smaller") from problem
    except (*_DAMAGE, Warning) as problem:
        raise _refusal(
            path, f"is damaged or cut short ({problem})", "copy or download it again, or save it anew as PNG"
        ) from problem


@contextmanager
def _strict_warnings() -> Iterator[None]:
    """What a decoder only warns about is damage; but size is for our own limit to judge, and a spare MPO index is not
    needed for the main picture."""
    with _warning_filters, warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.filterwarnings("ignore", message=".*malformed MPO.*")
        yield


def _facts(image: ImageFile.ImageFile, kind: str, bits: int) -> PictureFacts:
    orientation = _orientation(image, kind)
    width, height = image.size
    if orientation in _SIDEWAYS:
        width, height = height, width
    return PictureFacts(
        width=width,
        height=height,
        media_type=MEDIA_TYPES[kind],
        frames=_frames(image, kind),
        orientation=orientation,
        mode=image.mode,
        bits=bits,
        alpha=has_alpha(image),
        profile=bool(image.info.get("icc_profile")),
    )


def _orientation(image: ImageFile.ImageFile, kind: str) -> int:
    """What is left to turn: the readers of TIFF and HEIC turn the picture themselves."""
    found = image.getexif().get(ExifTags.Base.Orientation) if kind not in {"TIFF", "HEIF"} else None
    return found if isinstance(found, int) and found in _TURNS else _UPRIGHT


def _frames(image: ImageFile.ImageFile, kind: str) -> int:
    if kind in {"JPEG", "BMP", "TIFF", "HEIF"}:
        return 1
    if kind == "GIF":
        return 2 if getattr(image, "is_animated", False) else 1
    return int(getattr(image, "n_frames", 1))


def _decode_whole(image: ImageFile.ImageFile) -> None:
    """Proves that the picture is whole; a JPEG at an eighth of its size, which still reads it to the end."""
    image.draft(image.mode, (max(1, image.width // 8), max(1, image.height // 8)))
    image.load()


def _upright(image: ImageFile.ImageFile, facts: PictureFacts) -> Image.Image:
    profile = image.info.get("icc_profile")
    image.load()
    turned = image.transpose(_TURNS[facts.orientation]) if facts.orientation in _TURNS else image
    return flattened(to_srgb(to_eight_bits(turned), profile))


def _write_png(image: Image.Image, output: Path) -> None:
    aside: Path | None = None
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=output.parent, prefix=f".{output.name}.", delete=False) as file:
            aside = Path(file.name)
            image.save(file, "PNG", compress_level=3)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(output)
    except OSError as problem:
        raise EnvironmentProblem(
            f"{output} can't be written: {problem.strerror or problem}", hint="free space, or choose another folder"
        ) from problem
    finally:
        if aside is not None:
            aside.unlink(missing_ok=True)


def _too_large(path: Path, width: int, height: int, limit: int) -> PictureError:
    return _refusal(
        path,
        f"is {width} x {height} pixels, above the limit of {limit:,}",
        "make it smaller: 8192 pixels wide is plenty",
    )


def _refusal(path: Path, what: str, hint: str) -> PictureError:
    return PictureError(f"{path.name} {what}", field="picture", value=str(path), hint=hint)
