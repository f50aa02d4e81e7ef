"""Run with Runway's own SDK: tasks from create to file, an upload, and the classes of errors. Prints JSON."""

# mypy: disable-error-code="import-not-found"
import asyncio
import json
import struct
import sys
import time
import urllib.request
import zlib
from collections.abc import Callable
from typing import Any

import runwayml

URL = sys.argv[1]
KEY = "key_" + "0a" * 64
WORDS = {"model": "gen4.5", "prompt_text": "fog over a pier", "ratio": "1280:720", "duration": 2}


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
    except runwayml.RunwayMLError as error:
        return type(error).__name__
    return "none"


def ended(name: str) -> Any:
    """The task when it has ended, asked for more often than the SDK's own waiting does."""
    while (task := client.tasks.retrieve(name)).status in ("PENDING", "THROTTLED", "RUNNING"):
        time.sleep(0.05)
    return task


client = runwayml.RunwayML(base_url=URL, api_key=KEY, max_retries=0)
saw: dict[str, Any] = {"version": runwayml.__version__}


def create(**more: Any) -> Any:
    return client.text_to_video.create(**{**WORDS, **more})


made = create(seed=7)
saw["quoted"] = made.estimated_cost.credits
running = client.tasks.retrieve(made.id)
saw["running"] = [running.status, type(running).__name__, running.created_at.year > 2000]
task = ended(made.id)
saw["ended"] = [task.status, task.cost.credits]
saw["clip"] = urllib.request.urlopen(task.output[0]).read()[4:8].decode()
upload = client.uploads.create_ephemeral(file=("frame.png", png(64, 36), "image/png"))
saw["upload"] = upload.uri.partition("://")[0]
framed = client.image_to_video.create(
    model="veo3.1_fast",
    prompt_image=[{"uri": upload.uri, "position": "first"}, {"uri": upload.uri, "position": "last"}],
    prompt_text="slowly",
    ratio="1920:1080",
    duration=4,
    audio=False,
    negative_prompt="text",
)
saw["framed"] = [framed.estimated_cost.credits, ended(framed.id).status]
restyled = client.video_to_video.create(
    model="aleph2",
    video_uri="https://media.example/clip.mp4",
    prompt_text="in winter",
    target_aspect_ratio="16:9",
    keyframes=[{"uri": upload.uri, "at": 0.5}],
)
saw["restyled"] = ended(restyled.id).status
saw["wrong ratio"] = error_of(lambda: create(ratio="1:1"))
saw["wrong model"] = error_of(lambda: create(model="gen4_turbo"))
saw["no upload"] = error_of(
    lambda: client.image_to_video.create(
        model="gen4_turbo", prompt_image="runway://none", ratio="1280:720", prompt_text="x"
    )
)
saw["wrong key"] = error_of(
    lambda: runwayml.RunwayML(base_url=URL, api_key="key_other", max_retries=0).tasks.retrieve("x")
)
saw["unknown"] = error_of(lambda: client.tasks.retrieve("3c1e8a52-7d1f-4b5e-9a77-0d6c1f2b9e10"))
for fault in ("no=quota@submit", "no=busy@submit", "429=1@submit", "error=503@submit", "drop@submit"):
    faults(fault)
    saw[fault] = error_of(create)
faults("fail=policy")
failed = ended(create().id)
saw["failed"] = [failed.status, failed.failure_code, failed.cost.credits]
faults("lag=30")
late = create()
client.tasks.delete(late.id)
saw["after delete"] = error_of(lambda: client.tasks.retrieve(late.id))
faults("")
saw["balance"] = client.organization.retrieve().credit_balance > 0


async def waited() -> str:
    """The SDK's own waiting, which asks every 6 seconds."""
    async with runwayml.AsyncRunwayML(base_url=URL, api_key=KEY, max_retries=0) as other:
        made = await other.text_to_video.create(**WORDS)
        done = await made.wait_for_task_output()
    return str(done.status)


saw["waited"] = asyncio.run(waited())
faults("error-after=502@submit*1")
saw["resends a paid request"] = bool(
    runwayml.RunwayML(base_url=URL, api_key=KEY).text_to_video.create(**{**WORDS, "prompt_text": "twice"}).id
)
json.dump(saw, sys.stdout)
