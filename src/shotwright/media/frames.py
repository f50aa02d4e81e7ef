"""Single pictures out of clips: the exact last one, the one at a moment, one each so many seconds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shotwright.domain.units import Seconds
from shotwright.errors import MediaError
from shotwright.media.listing import Pictures, list_file
from shotwright.media.source import open_source, picture_stream
from shotwright.media.trouble import aside, reading

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_MOST_FAULTS = 200
_BACK = (Fraction(0), Fraction(1), Fraction(4), Fraction(16), None)


def last_frame(path: Path | str) -> VideoFrame:
    """The picture that is shown last, as decoded. Equal to the last of a full decode, at the cost of one GOP at most.

    Raises MediaError where there are no pictures or none can be decoded.
    """
    import av

    with open_source(path) as container, reading(path):
        stream = _stream_of(container, path)
        stream.codec_context.thread_count = 1
        for back in _BACK:
            try:
                frame = _last_after(container, stream, back)
            except av.FFmpegError:
                if back is None:
                    raise
                frame = None
            if frame is not None:
                return frame
    return _last_of_all(path)


def save_last_frame(video: Path | str, png: Path | str) -> Path:
    """Writes the exact last picture of `video` as an upright RGB PNG, whole or not at all. Returns its path."""
    return save_png(last_frame(video), png)


def frame_at(path: Path | str, moment: Seconds) -> VideoFrame:
    """The picture that is shown `moment` seconds after the clip's first; the last one beyond the end."""
    pictures = list_file(path).film
    return next(frame for _, frame in pick_frames(path, pictures, [pictures.index_at(moment)]))


def every(path: Path | str, step: Seconds) -> Iterator[tuple[Seconds, VideoFrame]]:
    """The picture at 0, `step`, 2 `step` ... seconds, each with its moment."""
    if step <= 0:
        raise MediaError(f"a step of {step} seconds leads nowhere", hint="give more than 0")
    pictures = list_file(path).film
    moments = [step * count for count in range(int(pictures.seconds / step) + 1) if step * count < pictures.seconds]
    indices = [pictures.index_at(moment) for moment in moments]
    found = dict.fromkeys(indices)
    for index, frame in pick_frames(path, pictures, list(found)):
        yield from ((moment, frame) for moment, wanted in zip(moments, indices, strict=True) if wanted == index)


def pick_frames(path: Path | str, pictures: Pictures, indices: Sequence[int]) -> Iterator[tuple[int, VideoFrame]]:
    """Pictures by their place in display order, ascending; jumps from key frame to key frame where that is shorter.

    For one that is damaged its neighbour stands in. Raises MediaError where there is none.
    """
    frames: Iterator[tuple[int, VideoFrame]] = iter(())
    at, held = -1, None
    for index in indices:
        if held is None or _key_before(pictures, index) > at:
            frames = _decoded(path, pictures, index)
        while at < index and (following := next(frames, None)):
            at, held = following
        if held is None:
            raise MediaError(f"{path}: picture {index} can't be decoded", hint="the file is damaged")
        yield index, held


def read_frames(path: Path | str, pictures: Pictures, start: int, end: int) -> Iterator[VideoFrame]:
    """Pictures [`start`, `end`) in display order. For one that is damaged the one before it stands in.

    Raises MediaError where none of them can be decoded, or where the clip is not that long.
    """
    if not 0 <= start <= end <= pictures.frames:
        raise MediaError(f"{path}: pictures {start} to {end} are not in the clip, which has {pictures.frames}")
    due = start
    held: VideoFrame | None = None
    for index, frame in _decoded(path, pictures, start):
        while due < min(index, end):
            yield held or frame
            due += 1
        held = frame
        if index == due < end:
            yield frame
            due += 1
        if due >= end:
            return
    while due < end:
        if held is None:
            raise MediaError(f"{path}: none of its pictures from {start} on can be decoded", hint="the file is damaged")
        yield held
        due += 1


def _decoded(path: Path | str, pictures: Pictures, start: int) -> Iterator[tuple[int, VideoFrame]]:
    """Whatever can be decoded from the key frame before `start` on, with its place in display order."""
    begun = False
    for index, frame in _decoded_from(path, pictures, start):
        if not begun and index > start:  # the container can't be searched exactly
            break
        begun = True
        yield index, frame
    if not begun and start:
        yield from _decoded_from(path, pictures, 0)


def _decoded_from(path: Path | str, pictures: Pictures, start: int) -> Iterator[tuple[int, VideoFrame]]:
    import av

    faults = 0
    with open_source(path) as container:
        stream = _stream_of(container, path)
        stream.thread_type = "AUTO"
        if start:
            container.seek(pictures.times[_key_before(pictures, start)], stream=stream, backward=True)
        while faults < _MOST_FAULTS:
            try:
                for frame in container.decode(stream):
                    index = _index_of(pictures, frame)
                    if index is not None:
                        yield index, frame
            except av.FFmpegError:
                faults += 1
            else:
                return


def decodes_whole(path: Path | str, pictures: Pictures, start: int, end: int) -> bool:
    """Whether pictures [`start`, `end`) all come out of the decoder, undamaged."""
    seen: set[int] = set()
    for index, frame in _decoded(path, pictures, start):
        if index >= end:
            break
        if not frame.is_corrupt:
            seen.add(index)
    return seen.issuperset(range(start, end))


def upright(frame: VideoFrame, width: int | None = None, height: int | None = None) -> VideoFrame:
    """As RGB with the clip's own matrix and range, scaled to `width` x `height` (stored orientation), then turned."""
    from av.video.reformatter import ColorRange, Interpolation

    exact = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
    picture = frame.reformat(
        width=width,
        height=height,
        format="rgb24",
        src_colorspace=matrix_of(frame),
        src_color_range=range_of(frame),
        dst_color_range=ColorRange.JPEG,
        interpolation=exact,
    )
    return _turned(picture, frame.rotation)


def matrix_of(frame: VideoFrame) -> int:
    """The colour matrix in swscale's numbers; where the clip does not say, BT.709 from 720 lines up, else BT.601."""
    from av.video.reformatter import Colorspace

    tagged = {1: Colorspace.ITU709, 5: Colorspace.ITU601, 6: Colorspace.ITU601, 7: Colorspace.SMPTE240M}
    tagged |= {4: Colorspace.FCC, 9: Colorspace.BT2020, 10: Colorspace.BT2020}
    guess = Colorspace.ITU709 if min(frame.width, frame.height) >= 720 else Colorspace.ITU601
    return int(tagged.get(int(frame.colorspace), guess))


def range_of(frame: VideoFrame) -> int:
    """Full range where the clip says so or its format means it, else limited."""
    from av.video.reformatter import ColorRange

    full = frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj") or frame.format.is_rgb
    return int(ColorRange.JPEG if full else ColorRange.MPEG)


def save_png(frame: VideoFrame, png: Path | str) -> Path:
    """Writes a decoded picture as an upright RGB PNG, quickly compressed, whole or not at all."""
    import av

    picture = upright(frame)
    encoder = av.CodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt = picture.width, picture.height, "rgb24"
    encoder.time_base = Fraction(1, 25)
    encoder.options = {"compression_level": "1", "pred": "up"}
    picture.pts = 0
    data = b"".join(bytes(packet) for packet in (*encoder.encode(picture), *encoder.encode(None)))
    png = Path(png)
    with aside(png) as draft:
        draft.write_bytes(data)
    return png


def _stream_of(container: InputContainer, path: Path | str) -> VideoStream:
    stream = picture_stream(container)
    if stream is None:
        raise MediaError(f"{path}: has no pictures", hint="give a video file")
    return stream


def _last_after(container: InputContainer, stream: VideoStream, back: Fraction | None) -> VideoFrame | None:
    """The last picture, found from `back` seconds before the end; None where that stretch does not tell for certain."""
    context = stream.codec_context
    context.flush_buffers()
    end = _end_of(container, stream)
    if back is None or end is None:
        container.seek(stream.start_time or 0, stream=stream)
    else:
        container.seek(max(end - 1 - round(back / (stream.time_base or 1)), stream.start_time or 0), stream=stream)
    packets = [packet for packet in container.demux(stream) if packet.size]
    wanted = [number for number, packet in enumerate(packets) if not packet.is_discard and packet.pts is not None]
    if not wanted or any(packet.pts is None for packet in packets):
        return None
    goal = max(wanted, key=lambda number: packets[number].pts or 0)
    keys = [number for number in range(goal + 1) if packets[number].is_keyframe]
    if not keys:
        return None
    frame = _decode_only(context, packets[keys[-1] : goal + 1])
    return frame if frame is not None and frame.pts == packets[goal].pts and not frame.is_corrupt else None


def _decode_only(context: Any, packets: list[Packet[Any]]) -> VideoFrame | None:
    """Decodes the last of `packets` and, of those before it, only what others refer to."""
    context.skip_frame = "NONREF"
    for packet in packets[:-1]:
        context.decode(packet)
    context.skip_frame = "DEFAULT"
    last = [*context.decode(packets[-1]), *context.decode(None)]
    return max(last, key=lambda frame: frame.pts or 0, default=None)


def _end_of(container: InputContainer, stream: VideoStream) -> int | None:
    """Where the stream ends, in its ticks; by the container's length where the stream does not say."""
    if stream.duration:
        return (stream.start_time or 0) + stream.duration
    if container.duration and stream.time_base:
        return round(Fraction((container.start_time or 0) + container.duration, 1_000_000) / stream.time_base)
    return None


def _last_of_all(path: Path | str) -> VideoFrame:
    """By decoding everything: for files that can't be searched, or whose pictures bear no times."""
    import av

    last: VideoFrame | None = None
    with open_source(path) as container:
        stream = _stream_of(container, path)
        frames = container.decode(stream)
        while True:
            try:
                frame = next(frames)
            except StopIteration:
                break
            except av.FFmpegError:
                break
            if last is None or frame.pts is None or last.pts is None or frame.pts >= last.pts:
                last = frame
    if last is None:
        raise MediaError(f"{path}: none of its pictures can be decoded", hint="the file is damaged")
    return last


def _key_before(pictures: Pictures, index: int) -> int:
    """The place in display order of the last key frame at or before picture `index`."""
    place = bisect_right(pictures.key_times, pictures.times[index]) - 1
    return (pictures.index_of(pictures.key_times[place]) or 0) if place >= 0 else 0


def _index_of(pictures: Pictures, frame: VideoFrame) -> int | None:
    at = frame.pts if frame.pts is not None else frame.dts
    return pictures.index_of(at) if at is not None else None


def _turned(picture: VideoFrame, rotation: float) -> VideoFrame:
    turns = round(rotation / 90) % 4
    if not turns:
        return picture
    import av
    import numpy as np

    pixels = np.ascontiguousarray(np.rot90(picture.to_ndarray(), turns), np.uint8)
    return av.VideoFrame.from_ndarray(pixels, format="rgb24")
