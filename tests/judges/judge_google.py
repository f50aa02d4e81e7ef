"""Run with google-genai: an interaction and an operation from create to file, and the classes of errors, as JSON."""

# mypy: disable-error-code="import-not-found,import-untyped,no-untyped-call"
import base64
import io
import json
import struct
import sys
import time
import urllib.request
import warnings
import zlib
from collections.abc import Callable
from typing import Any

import google.genai as genai
from google.genai import types
from google.oauth2.credentials import Credentials

warnings.simplefilter("ignore")
URL = sys.argv[1]
KEY = "test-key-0123456789"
MODEL = "gemini-omni-1.2-flash"


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
    except Exception as error:
        return type(error).__name__
    return "none"


def options(attempts: int = 1, **more: Any) -> types.HttpOptions:
    return types.HttpOptions(base_url=URL, retry_options=types.HttpRetryOptions(attempts=attempts), **more)


def by_key(key: str = KEY, attempts: int = 1, **more: Any) -> genai.Client:
    return genai.Client(api_key=key, http_options=options(attempts, **more))


client = by_key()
saw: dict[str, Any] = {"version": genai.__version__}


def create(with_client: genai.Client = client, prompt: Any = "a boat", task: str = "text_to_video", **more: Any) -> Any:
    form = {"type": "video", "aspect_ratio": "16:9", "duration": "4s", "resolution": "720p", "delivery": "uri", **more}
    return with_client.interactions.create(
        model=MODEL,
        input=prompt,
        background=True,
        store=True,
        generation_config={"video_config": {"task": task}},
        response_format=form,
    )


def ended(interaction: Any, with_client: genai.Client = client) -> Any:
    while interaction.status in ("queued", "in_progress"):
        time.sleep(0.05)
        interaction = with_client.interactions.get(interaction.id)
    return interaction


def video_of(interaction: Any) -> Any:
    return next(block for block in interaction.steps[-1].content if block.type == "video")


interaction = create()
saw["created"] = [interaction.status, interaction.model]
interaction = ended(interaction)
video = video_of(interaction)
saw["ended"] = [interaction.status, video.mime_type, interaction.usage.output_tokens_by_modality[0].modality]
name = "files/" + video.uri.split("/files/")[1].split(":")[0]  # the SDK takes whole links over https only
saw["clip"] = client.files.download(file=name)[4:8].decode()
picture = {"type": "image", "mime_type": "image/png", "data": base64.b64encode(png(64, 36)).decode()}
blocks = [{"type": "text", "text": "dolly along"}, picture, picture]
saw["framed"] = ended(create(prompt=blocks, task="image_to_video")).status
saw["older version"] = ended(create(by_key(api_version="v1beta"))).status
file = client.files.upload(file=io.BytesIO(png(32, 18)), config={"mime_type": "image/png"})
saw["uploaded"] = [str(file.state.value), client.files.get(name=file.name).uri == file.uri]
named = [{"type": "text", "text": "like this"}, {"type": "image", "mime_type": "image/png", "uri": file.uri}]
saw["by link"] = ended(create(prompt=named, task="reference_to_video")).status
saw["wrong seconds"] = error_of(lambda: create(duration="99s"))
saw["wrong key"] = error_of(lambda: create(by_key("another")))
saw["unknown"] = error_of(lambda: client.interactions.get("v1_none"))
for fault in ("no=policy@submit", "no=retired@submit", "429=1@submit", "error=503@submit", "drop@submit"):
    faults(fault)
    saw[fault] = error_of(create)
faults("fail=policy")
refused = ended(create())
saw["refused"] = [refused.status, refused.steps[-1].content[0].text]
faults("fail=vendor")
failed = ended(create())
saw["failed"] = [failed.status, failed.errors[0].message]
faults("lag=60")
saw["cancelled"] = client.interactions.cancel(create().id).status
faults("")

cloud = genai.Client(
    vertexai=True,
    project="demo",
    location="global",
    credentials=Credentials(KEY),
    http_options=options(),
)
inline = ended(create(cloud, delivery="inline"), cloud)
saw["on vertex"] = [inline.status, base64.b64decode(video_of(inline).data)[4:8].decode()]
cloud = genai.Client(
    vertexai=True, project="demo", location="us-central1", credentials=Credentials(KEY), http_options=options()
)
frame = types.Image(image_bytes=png(64, 36), mime_type="image/png")


def generate(**more: Any) -> Any:
    config = types.GenerateVideosConfig(
        duration_seconds=8, aspect_ratio="16:9", resolution="1080p", generate_audio=True, number_of_videos=1, **more
    )
    return cloud.models.generate_videos(model="veo-3.1-fast-generate-001", prompt="a boat", image=frame, config=config)


operation = generate(last_frame=frame, seed=7, negative_prompt="rain")
saw["operation"] = operation.name.split("/operations/")[0]
while not operation.done:
    time.sleep(0.05)
    operation = cloud.operations.get(operation)
saw["veo clip"] = operation.response.generated_videos[0].video.video_bytes[4:8].decode()
faults("fail=policy")
operation = generate()
while not operation.done:
    time.sleep(0.05)
    operation = cloud.operations.get(operation)
saw["veo filtered"] = operation.response.rai_media_filtered_count
faults("")
saw["veo wrong"] = error_of(lambda: generate(person_generation="everyone"))
faults("error-after=503@submit*1")
saw["resends a paid request"] = create(by_key(attempts=5), prompt="twice").status
json.dump(saw, sys.stdout)
