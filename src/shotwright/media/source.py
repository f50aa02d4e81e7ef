"""Opening media that came from anywhere: by content, from a fixed list of containers, never following a playlist."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from shotwright.errors import MediaError
from shotwright.media.trouble import reading

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.video.stream import VideoStream

CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,avi,flv,mxf,asf,ivf,gif,"
    "ogg,wav,w64,aiff,caf,flac,mp3,aac,ac3,eac3"
)
"""What may be opened, in FFmpeg's names. Playlists, scripts, devices, networks and image sequences are not here."""

_SAFE = {"format_whitelist": CONTAINERS, "protocol_whitelist": "file", "enable_drefs": "0"}
_PLAYLISTS = (b"#EXTM3U", b"ffconcat", b"<MPD", b"<?xml", b"[playlist]")


@contextmanager
def open_source(path: Path | str) -> Iterator[InputContainer]:
    """The opened container. Raises MediaError for what is missing, empty, a playlist, damaged or of an unknown kind."""
    import av

    path = Path(path)
    with reading(path):
        _refuse_at_sight(path)
        with av.open(str(path.absolute()), "r", container_options=_SAFE, metadata_errors="replace") as container:
            if not container.streams:
                raise MediaError(f"{path}: holds no pictures and no sound", hint="give a video or a sound file")
            yield container


def _refuse_at_sight(path: Path) -> None:
    if path.is_dir():
        raise MediaError(f"{path}: is a folder", hint="give a file")
    if path.exists() and not path.is_file():
        raise MediaError(f"{path}: is not a file", hint="give a file")
    with path.open("rb") as file:
        head = file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")
    if not path.stat().st_size:
        raise MediaError(f"{path}: is empty", hint="it was perhaps never written to the end")
    if head.startswith(_PLAYLISTS):
        raise MediaError(f"{path}: is a playlist, not a clip", hint="give the clips themselves")


def picture_stream(container: InputContainer) -> VideoStream | None:
    """The first stream of moving pictures (cover art does not count), None where there is none that we can decode."""
    from av.stream import Disposition

    streams = container.streams.video
    return next((one for one in streams if one.codec_context and not one.disposition & Disposition.attached_pic), None)


def sound_stream(container: InputContainer) -> AudioStream | None:
    """The first sound that we can decode, None where there is none."""
    return next((one for one in container.streams.audio if one.codec_context), None)
