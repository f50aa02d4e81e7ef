"""What goes wrong below us, told in our own errors: FFmpeg's while reading, the file system's while writing."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shotwright.errors import EnvironmentProblem, MediaError, ShotwrightError

_MACHINE = {
    errno.ENOSPC: ("the disk is full", "free some space and try again"),
    errno.EDQUOT: ("the disk quota is used up", "free some space and try again"),
    errno.EFBIG: ("the file would be larger than this system allows", "raise the limit of file sizes"),
    errno.EROFS: ("the file system is read-only", "choose another folder"),
    errno.EACCES: ("writing there is not allowed", "choose another folder or mend its permissions"),
    errno.EPERM: ("writing there is not allowed", "choose another folder or mend its permissions"),
    errno.EIO: ("the disk answered with an error", "check the disk"),
    errno.ENOENT: ("the folder does not exist", "make the folder first"),
    errno.EMFILE: ("too many files are open", "raise the limit of open files"),
}


@contextmanager
def reading(path: Path | str) -> Iterator[None]:
    """Turns FFmpeg's and the system's complaints about a file that is read into MediaError."""
    import av

    try:
        yield
    except ShotwrightError:
        raise
    except FileNotFoundError as problem:
        raise MediaError(f"{path}: no such file", hint="check the path") from problem
    except PermissionError as problem:
        raise MediaError(f"{path}: may not be read", hint="check the file's permissions") from problem
    except (av.FFmpegError, OSError, ValueError) as problem:
        raise MediaError(
            f"{path}: can't be decoded ({_words(problem)})",
            hint="the file is damaged or of a kind that is not supported",
        ) from problem


@contextmanager
def writing(path: Path | str) -> Iterator[None]:
    """Turns a failure to write into EnvironmentProblem where the machine is the cause, else into MediaError."""
    import av

    try:
        yield
    except ShotwrightError:
        raise
    except (av.FFmpegError, OSError) as problem:
        code = getattr(problem, "errno", None)
        if code in _MACHINE:
            reason, hint = _MACHINE[code]
            raise EnvironmentProblem(f"{path}: {reason}", hint=hint, retry=True) from problem
        raise MediaError(f"{path}: can't be written ({_words(problem)})") from problem


@contextmanager
def aside(output: Path) -> Iterator[Path]:
    """A name beside `output` to write to; renamed to it when the block ends well, removed when it does not."""
    output = Path(output)
    draft = output.with_name(f".{output.stem}.{os.getpid()}-{os.urandom(3).hex()}.part{output.suffix}")
    try:
        with writing(output):
            yield draft
            _flush(draft)
            draft.replace(output)
    finally:
        draft.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _words(problem: BaseException) -> str:
    return str(getattr(problem, "strerror", None) or problem)
