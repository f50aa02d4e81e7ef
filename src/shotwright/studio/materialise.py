"""A picture or sound, however it was given, as a local file."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import os
import re
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import unquote_to_bytes

from shotwright.domain.source import source_kind
from shotwright.domain.storyboard import Source
from shotwright.errors import EnvironmentProblem, InvalidInput, PictureError

Fetch = Callable[[str, Path], Awaitable[None]]
"""Downloads a link to a path, with the guard against private addresses and its own size limit."""

MAX_BYTES = 256 * 1024 * 1024
_PICTURES = frozenset({"image", "first", "last", "reference", "references", "picture", "pictures"})
_BLANK = re.compile(r"\s+")
_SHOWN = 60


async def materialise(
    source: Source, into: Path, *, base: Path, fetch: Fetch, field: str = "image", max_bytes: int = MAX_BYTES
) -> Path:
    """The file that `source` means: itself if it is a path (relative to `base`), else a new one in the folder `into`.

    New files are named by the digest of their content (links by that of the address) and appear whole or not at all.
    Raises PictureError (InvalidInput for sounds) for what is missing, empty, undecodable or above `max_bytes`;
    EnvironmentProblem when `into` can't be written; and whatever `fetch` raises.
    """
    kind = source_kind(source)
    if isinstance(source, bytes) or kind in {"data", "base64"}:
        data = await asyncio.to_thread(decoded, source, field=field, max_bytes=max_bytes)
        return await asyncio.to_thread(_stored, data, into)
    name = os.fspath(source)
    if kind == "link":
        return await _fetched(name.strip(), into, fetch, field, max_bytes)
    return await asyncio.to_thread(_local, name, base, field, max_bytes)


def decoded(source: Source, *, field: str = "image", max_bytes: int = MAX_BYTES) -> bytes:
    """The bytes of a data URI, of base64 text, or bytes as they are. Pure. Raises PictureError or InvalidInput."""
    if isinstance(source, bytes):
        data = source
    else:
        text = os.fspath(source).strip()
        if len(text) > max_bytes * 3:
            raise _too_large(field, len(text) * 3 // 4, max_bytes)
        data = _of_data_uri(text, field) if text[:5].lower() == "data:" else _of_base64(text, field)
    if not data:
        raise _refusal(field, "holds no data", _short(source), "give the whole content, or a path")
    if len(data) > max_bytes:
        raise _too_large(field, len(data), max_bytes)
    return data


def _of_data_uri(text: str, field: str) -> bytes:
    head, comma, body = text.partition(",")
    if not comma:
        raise _refusal(field, "is a data URI without a comma", _short(text), "write data:image/png;base64,...")
    if head.lower().endswith(";base64"):
        return _of_base64(unquote_to_bytes(body).decode("ascii", "replace") if "%" in body else body, field)
    return unquote_to_bytes(body)


def _of_base64(text: str, field: str) -> bytes:
    """Tolerates line breaks, missing padding and the alphabet for addresses."""
    packed = _BLANK.sub("", text).translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise _refusal(
            field, f"is not base64 text ({problem})", _short(text), "copy the whole text, or give the file's path"
        ) from problem


def _local(name: str, base: Path, field: str, max_bytes: int) -> Path:
    path = Path(name).expanduser() if name.startswith("~") else base / name
    try:
        size = path.stat().st_size
        if path.is_file():
            path.open("rb").close()
    except FileNotFoundError:
        raise _refusal(field, f"{_short(name)} is not there", name, f"it was looked for as {_short(path)}") from None
    except PermissionError:
        raise _refusal(field, f"{_short(name)} can't be read", name, "its permissions forbid it") from None
    except (OSError, ValueError) as problem:
        reason = "the name is too long or holds signs that no file name can"
        raise _refusal(field, f"{_short(name)} is not a path ({reason})", _short(name), "check it") from problem
    if not path.is_file():
        raise _refusal(field, f"{_short(name)} is not a file", name, "name a file")
    if not size:
        raise _refusal(field, f"{_short(name)} is empty", name, "copy or download it again")
    if size > max_bytes:
        raise _too_large(field, size, max_bytes)
    return path


async def _fetched(link: str, into: Path, fetch: Fetch, field: str, max_bytes: int) -> Path:
    final = into / f"link-{hashlib.sha256(link.encode()).hexdigest()[:32]}"
    aside = await asyncio.to_thread(_aside, into)
    try:
        await fetch(link, aside)
        size = aside.stat().st_size if aside.exists() else 0
        if not size:
            raise _refusal(field, f"{_short(link)} answered with nothing", link, "open the link in a browser")
        if size > max_bytes:
            raise _too_large(field, size, max_bytes)
        aside.replace(final)
    finally:
        aside.unlink(missing_ok=True)
    return final


def _stored(data: bytes, into: Path) -> Path:
    final = into / f"data-{hashlib.sha256(data).hexdigest()[:32]}"
    aside = _aside(into)
    try:
        aside.write_bytes(data)
        aside.replace(final)
    except OSError as problem:
        raise _unwritable(into, problem) from problem
    finally:
        aside.unlink(missing_ok=True)
    return final


def _aside(into: Path) -> Path:
    try:
        into.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=into, prefix=".part-")
    except OSError as problem:
        raise _unwritable(into, problem) from problem
    os.close(handle)
    return Path(name)


def _unwritable(folder: Path, problem: OSError) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"{folder} can't be written: {problem.strerror or problem}", hint="free space, or choose another home folder"
    )


def _too_large(field: str, size: int, limit: int) -> InvalidInput:
    return _refusal(field, f"has {size:,} bytes, above the limit of {limit:,}", size, "make it smaller")


def _refusal(field: str, what: str, value: object, hint: str) -> InvalidInput:
    kind = PictureError if field in _PICTURES else InvalidInput
    return kind(f"{field}: {what}", field=field, value=value, hint=hint)


def _short(value: object) -> str:
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
