"""Writes a film out of runs: coded pictures taken over untouched, the frames between them encoded to match."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shotwright.domain.units import FrameRate
from shotwright.media import h264
from shotwright.media.blend import Reel
from shotwright.media.encode import (
    CONTAINER_OPTIONS,
    QualityName,
    add_sound,
    encode_sound,
    samples_of,
    seam_encoder,
)
from shotwright.media.parts import Timeline
from shotwright.media.runs import CopyRun, EncodeRun, Runs
from shotwright.media.sound import Samples
from shotwright.media.source import open_source, picture_stream
from shotwright.media.trouble import reading, writing

if TYPE_CHECKING:
    from av.packet import Packet


@dataclass(frozen=True, slots=True)
class Coded:
    """A coded picture, length-prefixed, and its frame in the film."""

    place: int
    data: bytes
    key: bool


@dataclass(frozen=True)
class Strip:
    """Coded pictures in a row: their frames in decoding order, where they come from, and what decodes them."""

    places: list[int]
    pictures: Callable[[], Iterator[Coded]]
    sets: bytes


def splice(
    timeline: Timeline,
    runs: Runs,
    output: Path,
    *,
    quality: QualityName,
    sound: Iterator[Samples] | None,
    report: Callable[[float], None],
) -> None:
    """Writes the film to `output`, a temporary name. `report` hears fractions of the whole."""
    import av

    reel = Reel(timeline.size, _matrix(runs))
    strips: list[Strip] = []
    for run in runs.row:
        if isinstance(run, CopyRun):
            strips.append(_copied(run))
        else:
            strips.append(_encoded(timeline, run, reel, runs, quality))
            report(0.9 * run.end / timeline.frames)
    sets = {strip.sets for strip in strips}
    times = decoding_times([place for strip in strips for place in strip.places])
    model = runs.copied[0].part.listing.path
    with (
        open_source(model) as source,
        writing(output),
        av.open(str(output), "w", format="mp4", container_options=CONTAINER_OPTIONS) as out,
    ):
        template = picture_stream(source)
        assert template is not None, "a copied clip has pictures"
        video = out.add_stream_from_template(template)
        video.codec_context.extradata = _record(strips, bytes(video.codec_context.extradata or b""))
        track = _Track(out, timeline.rate, sound)
        for number, picture in enumerate(_all_pictures(strips, inband=len(sets) > 1)):
            packet = av.Packet(picture.data)
            packet.stream, packet.time_base, packet.is_keyframe = video, 1 / timeline.rate.value, picture.key
            packet.pts, packet.dts, packet.duration = picture.place, times[number], 1
            out.mux(packet)
            track.follow(number + 1)
            if number % 50 == 0:
                report(0.9 + 0.1 * number / timeline.frames)
        track.finish()


def decoding_times(places: list[int]) -> list[int]:
    """A decoding time for each picture out of display times in decoding order: rising by one, never after display."""
    delay = max(number - place for number, place in enumerate(places))
    return [number - delay for number in range(len(places))]


class _Track:
    """Sound that keeps up with the picture while a file is written."""

    def __init__(self, out: Any, rate: FrameRate, sound: Iterator[Samples] | None) -> None:
        self._out = out
        self._rate = rate
        self._sound = sound
        self._stream = add_sound(out) if sound is not None else None
        self._samples = 0

    def follow(self, frame: int) -> None:
        """Writes sound up to the time of `frame`."""
        while self._sound is not None and self._samples < samples_of(frame / self._rate.value):
            block = next(self._sound, None)
            if block is None:
                return
            self._out.mux(list(encode_sound(self._stream, block, self._samples)))
            self._samples += block.shape[1]

    def finish(self) -> None:
        if self._stream is not None:
            for block in self._sound or ():
                self._out.mux(list(encode_sound(self._stream, block, self._samples)))
                self._samples += block.shape[1]
            self._out.mux(self._stream.encode(None))


def _copied(run: CopyRun) -> Strip:
    record = h264.Configuration.parse(run.part.pictures.configuration)
    places = run.places()

    def pictures() -> Iterator[Coded]:
        path = run.part.listing.path
        with open_source(path) as container, reading(path):
            packets = (packet for packet in container.demux(picture_stream(container)) if packet.size)
            for number, packet in enumerate(packets):
                if number >= run.last:
                    return
                if number >= run.first:
                    yield Coded(places[number - run.first], bytes(packet), packet.is_keyframe)

    return Strip(places, pictures, record.parameter_sets if record else b"")


def _encoded(timeline: Timeline, run: EncodeRun, reel: Reel, runs: Runs, quality: QualityName) -> Strip:
    encoder: Any = seam_encoder(timeline.size, timeline.rate, quality, runs.shape.colour)
    packets: list[Packet[Any]] = []
    for frame in range(run.begin, run.end):
        picture = reel.picture(timeline, frame)
        picture.pts, picture.time_base, picture.pict_type = frame - run.begin, 1 / timeline.rate.value, 0
        packets += encoder.encode(picture)
    packets += encoder.encode(None)
    done = [_coded(packet, run.begin) for packet in packets]
    units = h264.split_annexb(bytes(encoder.extradata or b""))
    sets = [unit for wanted in (h264.SPS, h264.PPS) for unit in units if h264.kind(unit) == wanted]
    return Strip([one.place for one in done], lambda: iter(done), h264.join_prefixed(sets))


def _coded(packet: Packet[Any], begin: int) -> Coded:
    bare = {h264.SPS, h264.PPS, h264.AUD, h264.SEI}
    units = [unit for unit in h264.split_annexb(bytes(packet)) if h264.kind(unit) not in bare]
    return Coded(begin + (packet.pts or 0), h264.join_prefixed(units), packet.is_keyframe)


def _all_pictures(strips: list[Strip], *, inband: bool) -> Iterator[Coded]:
    for strip in strips:
        for picture in strip.pictures():
            if inband and picture.key and h264.starts_afresh(picture.data):
                yield Coded(picture.place, _with_sets(picture.data, strip.sets), picture.key)
            else:
                yield picture


def _with_sets(data: bytes, sets: bytes) -> bytes:
    """The picture with parameter sets before it, after the delimiter that must stand first."""
    units = h264.split_prefixed(data)
    lead = units[:1] if h264.kind(units[0]) == h264.AUD else []
    return h264.join_prefixed(lead) + sets + h264.join_prefixed(units[len(lead) :])


def _record(strips: list[Strip], record: bytes) -> bytes:
    """The film's configuration record: that of the first copied clip, with the highest level that occurs."""
    levels = [h264.split_prefixed(strip.sets)[0][3] for strip in strips if strip.sets]
    return record[:3] + bytes([max([record[3], *levels])]) + record[4:]


def _matrix(runs: Runs) -> int:
    """The copied clips' colour matrix in swscale's numbers."""
    from av.video.frame import VideoFrame

    from shotwright.media.frames import matrix_of

    sample = VideoFrame(runs.shape.coded.width, runs.shape.coded.height, "yuv420p")
    sample.colorspace = runs.shape.colour[2]
    return matrix_of(sample)
