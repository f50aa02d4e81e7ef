"""Which characters a font file can draw, read from its character map alone."""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_PREFERRED = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3))  # platform and encoding: full Unicode first


@dataclass(frozen=True)
class Coverage:
    """Ranges of code points, ascending: `starts[i]` to `ends[i]`, both included."""

    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()

    def __contains__(self, char: str) -> bool:
        at = bisect_right(self.starts, ord(char)) - 1
        return at >= 0 and ord(char) <= self.ends[at]


@lru_cache(maxsize=512)
def coverage(path: Path, index: int = 0) -> Coverage:
    """What the font draws; nothing for a file that is no readable TrueType or OpenType font."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
            start = 0
            if head[:4] == b"ttcf":
                file.seek(12 + 4 * index)
                start = struct.unpack(">I", file.read(4))[0]
                file.seek(start)
                head = file.read(12)
            file.seek(start + 12)
            tables = file.read(16 * struct.unpack(">H", head[4:6])[0])
            for at in range(0, len(tables), 16):
                tag, _, offset, length = struct.unpack(">4sIII", tables[at : at + 16])
                if tag == b"cmap":
                    file.seek(offset)
                    return _ranges(file.read(length))
    except (OSError, struct.error, IndexError):
        return Coverage()
    return Coverage()


def _ranges(cmap: bytes) -> Coverage:
    count = struct.unpack(">H", cmap[2:4])[0]
    found = {}
    for at in range(4, 4 + 8 * count, 8):
        platform, encoding, offset = struct.unpack(">HHI", cmap[at : at + 8])
        found[platform, encoding] = offset
    for key in _PREFERRED:
        if key in found:
            table = cmap[found[key] :]
            kind = struct.unpack(">H", table[:2])[0]
            if kind == 12:
                return _groups(table)
            if kind == 4:
                return _segments(table)
    return Coverage()


def _groups(table: bytes) -> Coverage:
    count = struct.unpack(">I", table[12:16])[0]
    groups = [struct.unpack(">III", table[at : at + 12]) for at in range(16, 16 + 12 * count, 12)]
    groups.sort()
    return Coverage(tuple(first for first, _, _ in groups), tuple(last for _, last, _ in groups))


def _segments(table: bytes) -> Coverage:
    """Format 4: segments, some of which map through a glyph table that may hold "no glyph"."""
    twice = struct.unpack(">H", table[6:8])[0]
    words = struct.unpack(f">{len(table) // 2}H", table[: len(table) // 2 * 2])
    count, first = twice // 2, 7
    ends = words[first : first + count]
    starts = words[first + count + 1 : first + 2 * count + 1]
    deltas = words[first + 2 * count + 1 : first + 3 * count + 1]
    offset_at = first + 3 * count + 1
    codes: list[int] = []
    for segment in range(count):
        offset = words[offset_at + segment]
        for code in range(starts[segment], ends[segment] + 1):
            if code == 0xFFFF:
                continue
            if offset:
                glyph = words[offset_at + segment + offset // 2 + code - starts[segment]]
                present = glyph != 0
            else:
                present = (code + deltas[segment]) & 0xFFFF != 0
            if present:
                codes.append(code)
    return _joined(codes)


def _joined(codes: list[int]) -> Coverage:
    starts: list[int] = []
    ends: list[int] = []
    for code in sorted(codes):
        if ends and code == ends[-1] + 1:
            ends[-1] = code
        else:
            starts.append(code)
            ends.append(code)
    return Coverage(tuple(starts), tuple(ends))
