"""What stands in a file, packet by packet: the exact times of its pictures and the extent of its sound."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shotwright.domain.units import Seconds, Size
from shotwright.errors import MediaError
from shotwright.media import h264
from shotwright.media.source import open_source, picture_stream, sound_stream
from shotwright.media.trouble import reading

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_RATES = tuple(Fraction(n) for n in (24, 25, 30, 50, 60, 12, 15, 16, 8, 10, 48, 100, 120)) + tuple(
    Fraction(n * 1000, 1001) for n in (24, 30, 60, 120)
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One coded picture, in the order of the file. Times in ticks of the stream's time base."""

    pts: int
    dts: int | None
    duration: int
    key: bool
    fresh: bool = False
    """Nothing after it refers to anything before it (an H.264 IDR)."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What clips must have in common to stand in one stream. Colour: primaries, transfer, matrix, range as tagged."""

    codec: str
    pixel_format: str
    coded: Size
    pixel_aspect: Fraction
    rotation: int
    rate: Fraction
    colour: tuple[int, int, int, int]
    progressive: bool


@dataclass(frozen=True)
class Pictures:
    """A stream of pictures. `coded` is the size that is stored, `size` as shown: pixels square, turned upright.

    `rotation` in degrees counter-clockwise, as the file asks. `rate` is frames per second, an average where `variable`.
    `configuration` is the codec's record beside the stream; `trimmed` tells that an edit list hides coded pictures.
    """

    codec: str
    pixel_format: str
    coded: Size
    size: Size
    rotation: int
    time_base: Fraction
    rate: Fraction
    variable: bool
    entries: tuple[Entry, ...]
    shape: Shape
    configuration: bytes = b""
    trimmed: bool = False

    @cached_property
    def times(self) -> tuple[int, ...]:
        """Ticks of all pictures in display order."""
        return tuple(sorted(entry.pts for entry in self.entries))

    @property
    def frames(self) -> int:
        return len(self.entries)

    @cached_property
    def seconds(self) -> Seconds:
        """Frames times frame duration; for uneven times from the first picture to the end of the last."""
        if not self.variable:
            return self.frames / self.rate
        last = max(self.entries, key=lambda entry: entry.pts)
        return (last.pts - self.times[0]) * self.time_base + (last.duration * self.time_base or 1 / self.rate)

    def index_of(self, pts: int) -> int | None:
        """The place in display order of the picture at `pts`, None where there is none."""
        place = bisect_left(self.times, pts)
        return place if place < len(self.times) and self.times[place] == pts else None

    def index_at(self, moment: Seconds) -> int:
        """The picture that is shown `moment` seconds after the first one appears; the last one beyond the end."""
        if not self.variable:
            return min(max(int(moment * self.rate), 0), self.frames - 1)
        return max(bisect_right(self.times, self.times[0] + int(moment / self.time_base)) - 1, 0)

    def moment(self, index: int) -> Seconds:
        """When picture `index` appears, in seconds after the first."""
        if not self.variable:
            return index / self.rate
        return (self.times[index] - self.times[0]) * self.time_base

    @cached_property
    def key_times(self) -> tuple[int, ...]:
        return tuple(sorted(entry.pts for entry in self.entries if entry.key))


@dataclass(frozen=True)
class Sound:
    """A stream of sound. `start` is where its first heard sample lies, in seconds of the file's own clock."""

    codec: str
    rate: int
    channels: int
    start: Seconds
    seconds: Seconds


@dataclass(frozen=True)
class Listing:
    """Everything that reading the packets of a file tells."""

    path: Path
    container: str
    pictures: Pictures | None
    sound: Sound | None

    @property
    def origin(self) -> Seconds:
        """When the first picture appears on the file's own clock; the first sample where there are no pictures."""
        if self.pictures:
            return self.pictures.times[0] * self.pictures.time_base
        return self.sound.start if self.sound else Fraction(0)

    @property
    def film(self) -> Pictures:
        """The pictures. Raises MediaError where there are none."""
        if self.pictures is None:
            raise MediaError(f"{self.path}: has no pictures", hint="give a video file")
        return self.pictures


def list_file(path: Path | str) -> Listing:
    """Reads all packets of a file. Raises MediaError for anything that is not a clip or a sound that can be decoded."""
    path = Path(path)
    with open_source(path) as container:
        video, sound = picture_stream(container), sound_stream(container)
        if video is None and sound is None:
            raise MediaError(f"{path}: holds nothing that can be decoded here", hint="convert it to MP4 (H.264, AAC)")
        chosen = [stream for stream in (video, sound) if stream is not None]
        entries: list[Entry] = []
        width, hidden = _prefix_width(video), 0
        extent, look = _Extent(), _Look(video)
        with reading(path):
            for packet in container.demux(*chosen):
                if packet.stream is video:
                    look.at(packet)
                if packet.size and packet.stream is video:
                    hidden += packet.is_discard
                    _add_picture(entries, packet, width)
                elif packet.size:
                    extent.add(packet)
        name = _container_name(container.format.name)
        heard = _sound_of(sound, extent) if sound is not None and extent.packets else None
        seen = (
            _pictures_of(path, video, entries, look.turn(path), hidden > 0) if video is not None and entries else None
        )
    if seen is None and heard is None:
        raise MediaError(f"{path}: holds no pictures and no sound", hint="it was perhaps never written to the end")
    return Listing(path, name, seen, heard)


def _prefix_width(stream: VideoStream | None) -> int:
    """Bytes of the length before each unit of an H.264 stream, 0 for all other streams."""
    if stream is None or stream.codec_context.name != "h264":
        return 0
    record = h264.Configuration.parse(bytes(stream.codec_context.extradata or b""))
    return record.width if record else 0


def _add_picture(entries: list[Entry], packet: Packet[Any], width: int) -> None:
    at = packet.pts if packet.pts is not None else packet.dts
    if at is not None and not packet.is_discard:
        fresh = packet.is_keyframe and width > 0 and h264.starts_afresh(bytes(packet), width)
        entries.append(Entry(at, packet.dts, packet.duration or 0, packet.is_keyframe, fresh))


class _Extent:
    """First and last tick of a sound, less what its codec tells to skip."""

    def __init__(self) -> None:
        self.packets = 0
        self.first = self.last = 0
        self.skip = self.tail = 0

    def add(self, packet: Packet[Any]) -> None:
        begin = packet.pts if packet.pts is not None else self.last
        end = begin + (packet.duration or 0)
        if packet.has_sidedata("skip_samples"):
            data = bytes(packet.get_sidedata("skip_samples"))
            if not self.packets:
                self.skip = int.from_bytes(data[0:4], "little")
            self.tail = int.from_bytes(data[4:8], "little")
        else:
            self.tail = 0
        if not self.packets or begin < self.first:
            self.first = begin
        self.last = max(self.last, end) if self.packets else end
        self.packets += 1


def _sound_of(stream: Any, extent: _Extent) -> Sound:
    context = stream.codec_context
    rate = context.sample_rate or 48000
    start = extent.first * stream.time_base + Fraction(extent.skip, rate)
    end = extent.last * stream.time_base - Fraction(extent.tail, rate)
    return Sound(context.name, rate, context.layout.nb_channels, start, max(end - start, Fraction(0)))


def _pictures_of(path: Path, stream: VideoStream, entries: list[Entry], turn: int, trimmed: bool) -> Pictures:
    context = stream.codec_context
    if not context.width or not context.height:
        raise MediaError(f"{path}: its pictures have no size", hint="the file is damaged")
    rate, variable = _rhythm(entries, stream)
    coded = Size(context.width, context.height)
    aspect = stream.sample_aspect_ratio or Fraction(1)
    pixels = context.pix_fmt or ""
    colour = (context.color_primaries, context.color_trc, context.colorspace, context.color_range)
    progressive = context.field_order <= 1
    return Pictures(
        codec=context.name,
        pixel_format=pixels,
        coded=coded,
        size=_shown(coded, aspect, turn),
        rotation=turn,
        time_base=stream.time_base or Fraction(1, 90000),
        rate=rate,
        variable=variable,
        entries=tuple(entries),
        shape=Shape(context.name, pixels, coded, aspect, turn, rate, colour, progressive),
        configuration=bytes(context.extradata or b""),
        trimmed=trimmed,
    )


def _rhythm(entries: list[Entry], stream: VideoStream) -> tuple[Fraction, bool]:
    """Frame rate, and whether the times are uneven: any rate that explains every time to one tick is taken as exact."""
    times = sorted(entry.pts for entry in entries)
    base = stream.time_base or Fraction(1, 90000)
    named = [rate for rate in (stream.average_rate, stream.guessed_rate, stream.base_rate) if rate]
    if len(times) == 1:
        duration = entries[0].duration * base
        return (1 / duration if duration else (named or [Fraction(25)])[0]), False
    for rate in (*(_usual(rate) for rate in named), *_RATES, *named):
        if _explains(rate, times, base):
            return rate, False
    steps = {later - earlier for earlier, later in pairwise(times)}
    if len(steps) == 1 and 0 not in steps:
        return 1 / (steps.pop() * base), False
    span = (times[-1] - times[0]) * base
    return (((len(times) - 1) / span).limit_denominator(1001) if span else Fraction(25)), True


def _usual(rate: Fraction) -> Fraction:
    """29.97 and the like as the fraction that is meant."""
    return next((known for known in _RATES if abs(known / rate - 1) < Fraction(1, 5000)), rate)


def _explains(rate: Fraction, times: list[int], base: Fraction) -> bool:
    step = 1 / (rate * base)
    return all(abs(index * step - (at - times[0])) <= 1 for index, at in enumerate(times))


class _Look:
    """Decodes until the first picture: only a picture tells rotation for certain, and that the file can be decoded."""

    def __init__(self, stream: VideoStream | None) -> None:
        self.frame: VideoFrame | None = None
        if stream is not None:
            stream.codec_context.thread_count = 1

    def at(self, packet: Packet[Any]) -> None:
        import av

        if self.frame is None:
            with suppress(av.FFmpegError):
                self.frame = next(iter(packet.decode()), None)

    def turn(self, path: Path) -> int:
        if self.frame is None:
            raise MediaError(f"{path}: none of its pictures can be decoded", hint="the file is damaged")
        return round(self.frame.rotation / 90) * 90 % 360


def _shown(coded: Size, shape: Fraction, turn: int) -> Size:
    width = round(coded.width * shape) if shape > 0 else coded.width
    return Size(coded.height, width) if turn % 180 else Size(width, coded.height)


def _container_name(names: str) -> str:
    known = names.split(",")
    return "mp4" if "mp4" in known else known[0]
