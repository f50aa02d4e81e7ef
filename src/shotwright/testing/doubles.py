"""Small stand-ins for what the engine hands to providers: inputs from a mapping, a sink in memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from shotwright.domain.asset import Digest
from shotwright.errors import MediaError, NotFound


class MappedInputs:
    """Inputs by digest from given files."""

    def __init__(self, files: Mapping[Digest, Path] | None = None) -> None:
        self.files = dict(files or {})

    async def path(self, digest: Digest) -> Path:
        if digest not in self.files:
            raise NotFound(f"there is no asset {digest}")
        return self.files[digest]


class MemorySink:
    """Keeps what was fetched in `data`; MediaError past `limit` bytes. `restarts` counts fresh starts."""

    def __init__(self, limit: int = 64 << 20) -> None:
        self.data = b""
        self.limit = limit
        self.restarts = 0

    async def write(self, data: bytes) -> None:
        if len(self.data) + len(data) > self.limit:
            raise MediaError(f"the clip is larger than {self.limit} bytes")
        self.data += data

    async def restart(self) -> None:
        self.data = b""
        self.restarts += 1


def mp4_boxes(data: bytes) -> tuple[str, ...]:
    """The names of the outer boxes of an MP4, in order. Raises MediaError where they don't end where the data ends."""
    names: list[str] = []
    position = 0
    while position < len(data):
        length = int.from_bytes(data[position : position + 4])
        if length < 8 or position + length > len(data):
            raise MediaError(f"the box at byte {position} does not end inside the file")
        names.append(data[position + 4 : position + 8].decode("latin-1"))
        position += length
    return tuple(names)
