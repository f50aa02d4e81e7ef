"""Rules of Kling's service that its adapter never breaks."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from shotwright.providers.vendors.kling.access import sign
from shotwright.testing.emulators import run_emulator

KEY = "api-key-kling-0123456789"
WORDS = {"prompt": "a lake", "settings": {"duration": 5, "aspect_ratio": "9:16"}}
PAIR: dict[str, Any] = {"access_key": "ak", "secret_key": "sk"}


def call(url: str, body: Any = None, key: str = KEY, method: str = "POST") -> tuple[int, Any]:
    data = json.dumps(body).encode() if body is not None else None
    headers = {"authorization": f"Bearer {key}"} if key else {}
    try:
        request = urllib.request.Request(url, data=data, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, json.loads(reply.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


def framed(url: str) -> dict[str, Any]:
    return {"contents": [{"type": "prompt", "text": "a lake"}, {"type": "first_frame", "url": url}]}


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("text-to-video/kling-2.5-turbo", WORDS | {"settings": {"duration": "5"}}, "settings.duration"),
        ("text-to-video/kling-2.5-turbo", WORDS | {"settings": {"duration": 6}}, "settings.duration"),
        ("text-to-video/kling-2.5-turbo", WORDS | {"settings": {"resolution": "4k"}}, "settings.resolution"),
        ("text-to-video/kling-2.6", WORDS | {"settings": {"audio": "native"}}, "native audio needs 1080p"),
        ("text-to-video/kling-3.0", {"settings": {}}, "prompt is required"),
        ("image-to-video/kling-3.0", framed("data:image/png;base64,iVBOR"), "without a prefix"),
        ("image-to-video/kling-3.0", framed("iVBORw0KGgo="), "valid base64"),
        ("image-to-video/kling-3.0", {"contents": [{"type": "prompt", "text": "x"}]}, "first_frame is required"),
        ("omni-video/kling-3.0-omni", {"contents": [{"type": "prompt", "text": "x"}]}, "settings.aspect_ratio"),
        ("v1/videos/text2video", {"model_name": "kling-v2-6", "prompt": "x", "duration": 5}, "must be a string"),
        ("v1/videos/text2video", {"model_name": "kling-v2-6", "prompt": "x", "cfg_scale": 0.5}, "cfg_scale"),
    ],
)
def test_bad_parameters_are_1201(path: str, body: Any, words: str) -> None:
    with run_emulator("kling", key=KEY) as emulator:
        status, answer = call(f"{emulator.url}/{path}", body)
        assert (status, answer["code"]) == (400, 1201)
        assert words in answer["message"]
        assert "data" not in answer


def test_unknown_fields_are_ignored_and_a_ratio_at_the_top_does_nothing() -> None:
    with run_emulator("kling", key=KEY) as emulator:
        body = {"prompt": "a lake", "aspect_ratio": "9:16", "seed": 3, "settings": {"duration": 5}}
        status, _ = call(f"{emulator.url}/text-to-video/kling-2.5-turbo", body)
        assert status == 200
        (job,) = emulator.emulator.jobs.values()
        assert str(job.size) == "1280x720"


def test_each_standard_takes_its_credentials() -> None:
    import time

    token = sign("ak", "sk", time.time())
    with run_emulator("kling", key=KEY, **PAIR) as emulator:
        new, old = f"{emulator.url}/text-to-video/kling-3.0", f"{emulator.url}/v1/videos/text2video"
        flat = {"model_name": "kling-v3", "prompt": "a lake"}
        assert call(new, WORDS, key=token)[1]["code"] == 1002
        assert call(old, flat, key=token)[0] == 200
        assert call(old, flat)[0] == 200
        assert call(new, WORDS, key="")[1]["code"] == 1001
        assert call(old, flat, key=sign("ak", "other", time.time()))[1]["code"] == 1002
        assert call(old, flat, key=sign("ak", "sk", time.time() + 60))[1]["code"] == 1003
        assert call(old, flat, key=sign("ak", "sk", time.time() - 3600))[1]["code"] == 1004


def test_tasks_are_asked_for_by_one_kind_of_id_and_at_most_twenty() -> None:
    with run_emulator("kling", key=KEY) as emulator:
        body = WORDS | {"options": {"external_task_id": "mine"}}
        _, made = call(f"{emulator.url}/text-to-video/kling-3.0", body)
        name = made["data"]["id"]
        url = f"{emulator.url}/tasks"
        found = call(f"{url}?task_ids={name},unknown", method="GET")[1]["data"]
        assert [task["id"] for task in found] == [name]
        assert call(f"{url}?external_task_ids=mine", method="GET")[1]["data"][0]["external_id"] == "mine"
        assert call(f"{url}?external_task_ids=other", method="GET")[1]["data"] == []
        assert call(f"{url}?task_ids=1&external_task_ids=mine", method="GET")[1]["code"] == 1201
        many = ",".join(str(number) for number in range(21))
        assert call(f"{url}?task_ids={many}", method="GET")[1]["code"] == 1201
        status, again = call(f"{emulator.url}/text-to-video/kling-3.0", body)
        assert (status, again["code"]) == (400, 1201)
        assert emulator.bill()["accepted"] == 1


def test_errors_can_come_with_200() -> None:
    with run_emulator("kling", key=KEY, in_body="true") as emulator:
        status, answer = call(f"{emulator.url}/text-to-video/kling-9", WORDS)
        assert (status, answer["code"]) == (200, 1203)
