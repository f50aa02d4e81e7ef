"""Which kind of picture a file is, by its first bytes, and what its container says before any decoder sees it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from shotwright.errors import PictureError

MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "HEIF": "image/heic",
    "GIF": "image/gif",
    "TIFF": "image/tiff",
    "BMP": "image/bmp",
}
"""Pillow's name of each format that is read, and its media type. Nothing else is opened."""

SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jfif", ".png", ".webp", ".avif", ".heic", ".heif", ".gif", ".tif", ".tiff", ".bmp"}
)
"""Names that pictures usually have, for listing folders; what a file is decides its content."""

_STARTS = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"BM", "BMP"),
)
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
_OTHERS = (
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "an XML file"),
    (b"%PDF", "a PDF"),
    (b"8BPS", "a Photoshop file"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"PK\x03\x04", "a ZIP archive"),
)
_MAX_CHUNKS = 200_000
_MAX_SIDE_CHUNK = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Container:
    """Size in pixels and bits of a channel; 0 x 0 where only the decoder's header reader knows."""

    width: int = 0
    height: int = 0
    bits: int = 8

    @property
    def pixels(self) -> int:
        return self.width * self.height


def kind_of(path: Path, file: BinaryIO) -> str:
    """Pillow's name of the format. Raises PictureError for all that is not on the list."""
    file.seek(0)
    head = file.read(64)
    kind = _kind(head)
    if kind is None:
        raise PictureError(
            f"{path.name} is {_other(head)}, not a picture that can be read",
            field="picture",
            value=str(path),
            hint="use JPEG, PNG, WebP, AVIF, HEIC, GIF, TIFF or BMP",
        )
    if kind == "HEIF" and not _heif_ready():
        raise PictureError(
            f"{path.name} is a HEIC picture, and the plug-in for these is not installed",
            field="picture",
            value=str(path),
            hint="pip install 'shotwright[heic]', or save it as JPEG",
        )
    return kind


def check_container(path: Path, kind: str, file: BinaryIO) -> Container:
    """Walks what can be walked without decoding. Raises PictureError for a PNG or WebP that is cut short or stuffed."""
    if kind == "PNG":
        return _png(path, file)
    if kind == "WEBP":
        return _webp(path, file)
    return Container()


def _kind(head: bytes) -> str | None:
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        end = min(int.from_bytes(head[:4], "big"), len(head))
        brands = {head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))}
        if brands & _AVIF_BRANDS:
            return "AVIF"
        if brands & _HEIF_BRANDS:
            return "HEIF"
    return None


def _other(head: bytes) -> str:
    if not head:
        return "empty"
    if head[4:8] == b"ftyp":
        return "a video"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return next((name for start, name in _OTHERS if text.startswith(start)), "something else")


def _heif_ready() -> bool:
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener()
    return True


def _png(path: Path, file: BinaryIO) -> Container:
    size = file.seek(0, 2)
    at, header = 8, b""
    for _ in range(_MAX_CHUNKS):
        file.seek(at)
        start = file.read(8)
        if len(start) < 8:
            break
        length, name = struct.unpack(">I4s", start)
        if not header:
            header = file.read(13)
            if name != b"IHDR" or len(header) < 13:
                break
        if name not in {b"IDAT", b"fdAT"} and length > _MAX_SIDE_CHUNK:
            raise _refusal(path, f"carries {length:,} bytes of text or other data beside the picture")
        at += length + 12
        if at > size:
            break
        if name == b"IEND":
            width, height, bits = struct.unpack(">IIB", header[:9])
            return Container(width, height, bits)
    if len(header) == 13:
        width, height, bits = struct.unpack(">IIB", header[:9])
        raise _refusal(path, f"is damaged or cut short ({width} x {height} pixels were promised)")
    raise _refusal(path, "is damaged or cut short (no PNG header)")


def _webp(path: Path, file: BinaryIO) -> Container:
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(30).ljust(30, b"\0")
    if int.from_bytes(head[4:8], "little") + 8 > size:
        raise _refusal(path, "is damaged or cut short")
    chunk = head[12:16]
    if chunk == b"VP8X":
        return Container(int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1)
    if chunk == b"VP8L":
        packed = int.from_bytes(head[21:25], "little")
        return Container((packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1)
    if chunk == b"VP8 ":
        width, height = struct.unpack("<HH", head[26:30])
        return Container(width & 0x3FFF, height & 0x3FFF)
    raise _refusal(path, "is damaged (no picture in it)")


def _refusal(path: Path, what: str) -> PictureError:
    return PictureError(
        f"{path.name} {what}",
        field="picture",
        value=str(path),
        hint="copy or download it again, or save it anew as PNG",
    )
