"""Whether a clip came whole: an MP4 says by its boxes where it ends, also when the transfer said nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shotwright.errors import MediaError

_FIRST_BOXES = (b"ftyp", b"styp", b"moov", b"mdat", b"free", b"wide", b"skip")


def verify(path: Path) -> dict[str, Any]:
    """The probe of a clip that is whole, as plain data. Raises MediaError for one that was cut off or can't be read."""
    from shotwright.media.probing import probe

    check_whole(path)
    return probe(path).as_json()


def check_whole(path: Path) -> None:
    """Raises MediaError where a box of an MP4 or MOV reaches past the end of the file. Other containers pass."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = 0
        while start + 8 <= size:
            file.seek(start)
            head = file.read(16)
            if start == 0 and head[4:8] not in _FIRST_BOXES:
                return
            length = int.from_bytes(head[:4], "big")
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            if length == 0:  # the last box, as long as the file
                return
            if length < 8 or start + length > size:
                raise MediaError(
                    f"{path.name} was cut off: {size} bytes, where its index needs {start + max(length, 8)}",
                    hint="fetch it again",
                    retry=True,
                )
            start += length
