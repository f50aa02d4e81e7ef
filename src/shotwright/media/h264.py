"""H.264 as bytes: NAL units in both wrappings, and the configuration record that an MP4 carries beside a stream."""

from __future__ import annotations

from dataclasses import dataclass

IDR = 5
SEI = 6
SPS = 7
PPS = 8
AUD = 9


def kind(unit: bytes) -> int:
    """The NAL unit type of a unit without its prefix."""
    return unit[0] & 31


def split_annexb(data: bytes) -> list[bytes]:
    """NAL units of a buffer with start codes."""
    units: list[bytes] = []
    start = data.find(b"\0\0\1")
    while start >= 0:
        begin = start + 3
        start = data.find(b"\0\0\1", begin)
        unit = data[begin:] if start < 0 else data[begin:start].rstrip(b"\0")
        if unit:
            units.append(unit)
    return units


def join_annexb(units: list[bytes]) -> bytes:
    return b"".join(b"\0\0\0\1" + unit for unit in units)


def split_prefixed(data: bytes, width: int = 4) -> list[bytes]:
    """NAL units of a buffer in which each is preceded by its length in `width` bytes."""
    units: list[bytes] = []
    at = 0
    while at + width <= len(data):
        length = int.from_bytes(data[at : at + width], "big")
        if length:
            units.append(data[at + width : at + width + length])
        at += width + length
    return units


def join_prefixed(units: list[bytes], width: int = 4) -> bytes:
    return b"".join(len(unit).to_bytes(width, "big") + unit for unit in units)


def starts_afresh(data: bytes, width: int = 4) -> bool:
    """Whether a length-prefixed picture is an IDR: nothing after it refers to anything before it."""
    return any(kind(unit) == IDR for unit in split_prefixed(data, width))


@dataclass(frozen=True, slots=True)
class Configuration:
    """The avcC record: profile bytes, width of the length prefixes, parameter sets, and what follows them."""

    profile: int
    compatibility: int
    level: int
    width: int
    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]
    rest: bytes

    @classmethod
    def parse(cls, record: bytes) -> Configuration | None:
        """None for anything that is not an avcC record, as for a stream with start codes."""
        if len(record) < 7 or record[0] != 1:
            return None
        sps, at = _sets(record, 5, 31)
        pps, at = _sets(record, at, 255)
        return cls(record[1], record[2], record[3], (record[4] & 3) + 1, sps, pps, record[at:]) if sps and pps else None

    @property
    def parameter_sets(self) -> bytes:
        """SPS and PPS, length-prefixed, as they may stand before an IDR."""
        return join_prefixed([*self.sps, *self.pps], self.width)


def _sets(record: bytes, at: int, mask: int) -> tuple[tuple[bytes, ...], int]:
    count = record[at] & mask if at < len(record) else 0
    at += 1
    found: list[bytes] = []
    for _ in range(count):
        length = int.from_bytes(record[at : at + 2], "big")
        found.append(record[at + 2 : at + 2 + length])
        at += 2 + length
    return tuple(found), at
