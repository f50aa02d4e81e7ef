"""The one place that knows how we encode: H.264 and AAC in an MP4 that plays everywhere; same input, same bytes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from shotwright.domain.units import FrameRate, Size
from shotwright.errors import MediaError
from shotwright.media import h264
from shotwright.media.trouble import writing

if TYPE_CHECKING:
    import av
    import numpy as np
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from numpy.typing import NDArray

SAMPLE_RATE = 48000
"""Hz, of every sound that we write."""

CHANNELS = 2
BT709 = 1
LIMITED = 1
SOUND_BITS = 192_000
_THREADS = 4  # fixed: the number of threads changes the bytes

QualityName = Literal["draft", "final"]


@dataclass(frozen=True, slots=True)
class Quality:
    """An x264 preset and its constant rate factor (lower is better and larger)."""

    preset: str
    crf: int


QUALITIES: dict[QualityName, Quality] = {"draft": Quality("superfast", 23), "final": Quality("veryfast", 18)}

CONTAINER_OPTIONS = {"movflags": "+faststart", "fflags": "+bitexact", "max_interleave_delta": "0"}
CONTAINER_OPTIONS["movie_timescale"] = "240000"  # holds 48 kHz samples and NTSC frames without rounding


def x264_options(fps: FrameRate, quality: QualityName, extra: str = "") -> dict[str, str]:
    """Options for libx264: closed GOPs with a key frame each second, few B-frames, equal bytes on every machine."""
    chosen = QUALITIES[quality]
    params = f"keyint={max(1, round(fps.value))}:open-gop=0:bframes=2:ref=3:cpu-independent=1"
    return {
        "preset": chosen.preset,
        "crf": str(chosen.crf),
        "profile": "high",
        "x264-params": f"{params}:{extra}" if extra else params,
    }


class VideoWriter:
    """Writes one MP4 to `path`: frames in display order from time 0, and sound from time 0.

    Frames are `av.VideoFrame`s of `size` in yuv420p (their time stamps, picture type and colour tags are overwritten),
    or planar uint8 arrays of shape (height * 3 / 2, width) as PyAV lays out yuv420p. Both mean BT.709, limited range.
    Sound is float32 [2, samples] at 48 kHz; it may be written in any portions, before or after the frames it goes with,
    though portions of about a second beside their frames keep memory small.

    `path` should be a temporary name: the file is whole only after `close()`. Used with `with`, an exception in the
    block leaves the file as it is, unfinished. Raises EnvironmentProblem where the disk fails.
    """

    def __init__(
        self, path: Path | str, size: Size, fps: FrameRate, *, quality: QualityName = "final", sound: bool = False
    ) -> None:
        import av

        self.path = Path(path)
        self.size = size
        self.fps = fps
        self.frames = 0
        self.samples = 0
        self._begun = False
        self._closed = False
        with writing(self.path):
            self._container: OutputContainer = av.open(
                str(self.path), "w", format="mp4", container_options=CONTAINER_OPTIONS
            )
            self._video = self._container.add_stream("libx264", rate=fps.value, options=x264_options(fps, quality))
            _describe(self._video.codec_context, size)
            self._sound = add_sound(self._container) if sound else None
            self._container.start_encoding()

    def write(self, frame: av.VideoFrame | NDArray[np.uint8], *, key: bool = False) -> None:
        """The next frame. `key` asks for a key frame here, as at the start of a new shot."""
        import av
        from av.video.frame import PictureType

        if self._closed:
            raise MediaError(f"{self.path.name} is closed")
        if not isinstance(frame, av.VideoFrame):
            frame = av.VideoFrame.from_ndarray(frame, format="yuv420p")
        found = f"{frame.width}x{frame.height} {frame.format.name}"
        if found != f"{self.size} yuv420p":
            raise MediaError(f"a frame of {found} does not fit a film of {self.size} yuv420p")
        frame.pts = self.frames
        frame.time_base = 1 / self.fps.value
        frame.pict_type = PictureType.I if key else PictureType.NONE
        frame.colorspace, frame.color_range, frame.color_primaries, frame.color_trc = BT709, LIMITED, BT709, BT709
        self.frames += 1
        with writing(self.path):
            self._mux_pictures(self._video.encode(frame))

    def write_sound(self, samples: NDArray[np.float32]) -> None:
        """The next samples, float32 [2, n] between -1 and 1 (clipped beyond). Any n."""
        if self._sound is None:
            raise MediaError("this film was opened without sound")
        with writing(self.path):
            self._container.mux(list(encode_sound(self._sound, samples, self.samples)))
        self.samples += samples.shape[1]

    def close(self) -> None:
        """Fills the sound with silence up to the length of the picture, and finishes the file. Safe to call twice."""
        if self._closed:
            return
        if not self.frames:
            self.abandon()
            raise MediaError(f"{self.path.name}: a film needs at least one frame")
        self._fill_sound()
        self._closed = True
        with writing(self.path):
            self._mux_pictures(self._video.encode(None))
            if self._sound is not None:
                self._container.mux(self._sound.encode(None))
            self._container.close()

    def abandon(self) -> None:
        """Lets go of the file without finishing it."""
        import av

        if not self._closed:
            self._closed = True
            with suppress(av.FFmpegError):
                self._container.close()

    def _mux_pictures(self, packets: list[Packet[Any]]) -> None:
        if packets and not self._begun:
            packets[0] = _without_signature(packets[0])
            self._begun = True
        self._container.mux(packets)

    def _fill_sound(self) -> None:
        import numpy as np

        missing = samples_of(self.frames / self.fps.value) - self.samples
        if self._sound is not None and missing > 0:
            self.write_sound(np.zeros((CHANNELS, missing), np.float32))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if problem is None:
            self.close()
        else:
            self.abandon()


def samples_of(seconds: Fraction) -> int:
    """The whole number of samples nearest to a length in seconds."""
    return round(seconds * SAMPLE_RATE)


def add_sound(container: OutputContainer) -> AudioStream:
    """A stream of our sound in a file that is being written."""
    stream = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
    stream.bit_rate = SOUND_BITS
    _make_exact(stream.codec_context)
    return stream


def seam_encoder(
    size: Size, fps: FrameRate, quality: QualityName, colour: tuple[int, int, int, int]
) -> VideoCodecContext:
    """An encoder with the film's settings but no file: its parameter sets stand in `extradata`, with start codes.

    `colour`: primaries, transfer, matrix and range, as tags.
    """
    import av
    from av.codec.context import Flags

    context = av.CodecContext.create("libx264", "w")
    context.time_base, context.framerate = 1 / fps.value, fps.value
    context.options = x264_options(fps, quality)
    _describe(context, size)
    context.color_primaries, context.color_trc, context.colorspace, context.color_range = colour
    context.flags |= Flags.global_header
    context.open()
    return context


def encode_sound(stream: Any, samples: NDArray[np.float32], start: int) -> Any:
    """Packets for float32 [2, n] that begin at sample `start`, out of an AAC stream or codec context."""
    import av
    import numpy as np

    if samples.ndim != 2 or samples.shape[0] != CHANNELS:
        raise MediaError(f"sound of shape {samples.shape} is not [{CHANNELS}, samples]")
    for first in range(0, samples.shape[1], SAMPLE_RATE):
        portion = np.ascontiguousarray(np.clip(samples[:, first : first + SAMPLE_RATE], -1, 1), np.float32)
        frame = av.AudioFrame.from_ndarray(portion, format="fltp", layout="stereo")
        frame.sample_rate = SAMPLE_RATE
        frame.pts = start + first
        frame.time_base = Fraction(1, SAMPLE_RATE)
        yield from stream.encode(frame)


def _without_signature(packet: Packet[Any]) -> Packet[Any]:
    """The first picture without the note in which x264 writes its version and settings."""
    import av

    bare = av.Packet(
        h264.join_annexb([unit for unit in h264.split_annexb(bytes(packet)) if h264.kind(unit) != h264.SEI])
    )
    bare.stream, bare.time_base, bare.is_keyframe = packet.stream, packet.time_base, packet.is_keyframe
    bare.pts, bare.dts, bare.duration = packet.pts, packet.dts, packet.duration
    return bare


def _describe(context: VideoCodecContext, size: Size) -> None:
    context.width, context.height, context.pix_fmt = size.width, size.height, "yuv420p"
    context.color_range = LIMITED
    context.colorspace = context.color_primaries = context.color_trc = BT709
    context.sample_aspect_ratio = Fraction(1)
    context.thread_count = _THREADS
    _make_exact(context)


def _make_exact(context: Any) -> None:
    from av.codec.context import Flags

    context.flags |= Flags.bitexact
