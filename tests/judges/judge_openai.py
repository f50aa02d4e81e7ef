"""Run with OpenAI's own SDK: a video from create to file, and the classes of errors. Prints what it saw as JSON."""

# mypy: disable-error-code="import-not-found"
import json
import struct
import sys
import time
import urllib.request
import warnings
import zlib
from collections.abc import Callable
from typing import Any

import openai

warnings.simplefilter("ignore", DeprecationWarning)
URL = sys.argv[1]
KEY = "test-key-0123456789"


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def faults(text: str) -> None:
    request = urllib.request.Request(f"{URL}/_faults", data=text.encode(), method="PUT")
    urllib.request.urlopen(request).read()


def error_of(call: Callable[[], Any]) -> str:
    try:
        call()
    except openai.OpenAIError as error:
        return type(error).__name__
    return "none"


client = openai.OpenAI(base_url=f"{URL}/v1", api_key=KEY, max_retries=0)
saw: dict[str, Any] = {"version": openai.__version__}


def create(**more: Any) -> Any:
    return client.videos.create(**{"prompt": "a boat", "model": "sora-2", "seconds": "4", "size": "1280x720", **more})


video = create()
saw["created"] = [video.object, video.status, video.seconds, video.size]
while video.status in ("queued", "in_progress"):
    time.sleep(0.05)
    video = client.videos.retrieve(video.id)
saw["ended"] = [video.status, video.progress]
saw["clip"] = client.videos.download_content(video.id).read()[4:8].decode()
saw["listed"] = [item.id == video.id for item in client.videos.list(limit=5)]
framed = create(input_reference=("frame.png", png(1280, 720), "image/png"))
saw["polled"] = client.videos.poll(framed.id, poll_interval_ms=50).status
saw["wrong picture"] = error_of(lambda: create(input_reference=("frame.png", png(64, 64), "image/png")))
saw["wrong seconds"] = error_of(lambda: create(seconds="5"))
saw["wrong key"] = error_of(
    lambda: openai.OpenAI(base_url=f"{URL}/v1", api_key="another", max_retries=0).videos.retrieve(video.id)
)
saw["unknown"] = error_of(lambda: client.videos.retrieve("video_none"))
for fault in ("no=policy@submit", "no=quota@submit", "429=1@submit", "error=503@submit", "drop@submit"):
    faults(fault)
    saw[fault] = error_of(create)
faults("fail=policy")
failed = client.videos.poll(create().id, poll_interval_ms=50)
saw["failed"] = [failed.status, failed.error.code if failed.error else None]
faults("")
saw["deleted"] = client.videos.delete(video.id).deleted
faults("error-after=502@submit*1")
saw["resends a paid request"] = bool(openai.OpenAI(base_url=f"{URL}/v1", api_key=KEY).videos.create(prompt="twice").id)
json.dump(saw, sys.stdout)
