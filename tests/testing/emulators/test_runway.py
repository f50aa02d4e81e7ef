"""Rules of Runway's service that its adapter never breaks."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from shotwright.testing.emulators import run_emulator

KEY = "key_" + "0a" * 64
HEADERS = {"authorization": f"Bearer {KEY}", "x-runway-version": "2024-11-06"}
WORDS = {"model": "gen4.5", "promptText": "fog over a pier", "ratio": "1280:720", "duration": 2}
FRAME = {"model": "gen4_turbo", "ratio": "1280:720"}


def call(url: str, body: Any = None, headers: dict[str, str] | None = None, method: str = "POST") -> tuple[int, Any]:
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data=data, method=method, headers=HEADERS if headers is None else headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, json.loads(reply.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"authorization": "Bearer key_x"}, 401), ({"authorization": f"Bearer {KEY}"}, 400), (HEADERS, 200)],
)
def test_key_and_version_are_needed(headers: dict[str, str], status: int) -> None:
    with run_emulator("runway", key=KEY) as emulator:
        assert call(f"{emulator.url}/v1/text_to_video", WORDS, headers)[0] == status
        assert emulator.bill()["accepted"] == int(status == 200)


@pytest.mark.parametrize(
    ("path", "body", "field", "code"),
    [
        ("text_to_video", WORDS | {"ratio": "960:960"}, "ratio", "invalid_value"),
        ("text_to_video", WORDS | {"duration": 2.5}, "duration", "invalid_type"),
        ("text_to_video", WORDS | {"duration": 11}, "duration", "too_big"),
        ("text_to_video", WORDS | {"seed": -1}, "seed", "too_small"),
        ("text_to_video", WORDS | {"promptText": "\N{SAILBOAT}\N{FILM FRAMES}" * 501}, "promptText", "too_big"),
        ("text_to_video", {"model": "gen4.5", "ratio": "1280:720", "duration": 2}, "promptText", "invalid_type"),
        ("text_to_video", WORDS | {"model": "gen4_aleph"}, "model", "invalid_union"),
        ("text_to_video", WORDS | {"model": "gen4_turbo"}, "model", "invalid_union"),
        ("image_to_video", FRAME | {"promptImage": "http://films.example/a.png"}, "promptImage", "custom"),
        ("image_to_video", FRAME | {"promptImage": "https://127.0.0.1/a.png"}, "promptImage", "custom"),
        ("image_to_video", FRAME | {"promptImage": "data:image/gif;base64,R0lGODlhAQ=="}, "promptImage", "custom"),
        ("image_to_video", FRAME | {"promptImage": "data:image/png;base64,@@"}, "promptImage", "custom"),
        (
            "image_to_video",
            FRAME | {"promptImage": [{"uri": "https://films.example/a.png", "position": "last"}]},
            "promptImage",
            "invalid_value",
        ),
        (
            "image_to_video",
            {
                "model": "seedance2",
                "promptImage": [
                    {"uri": "https://films.example/a.png", "position": "first"},
                    {"uri": "https://films.example/b.png"},
                ],
            },
            "promptImage",
            "custom",
        ),
        (
            "video_to_video",
            {
                "model": "aleph2",
                "videoUri": "https://films.example/a.mp4",
                "keyframes": [{"uri": "https://films.example/a.png"}],
            },
            "keyframes",
            "invalid_union",
        ),
    ],
)
def test_bodies_are_held_to_the_schema(path: str, body: Any, field: str, code: str) -> None:
    with run_emulator("runway", key=KEY) as emulator:
        status, answer = call(f"{emulator.url}/v1/{path}", body)
        assert status == 400
        assert answer["error"] == "Validation of body failed"
        assert [(issue["path"], issue["code"]) for issue in answer["issues"]] == [([field], code)]
        assert emulator.bill()["accepted"] == 0


def test_an_unknown_field_is_named() -> None:
    with run_emulator("runway", key=KEY) as emulator:
        status, answer = call(f"{emulator.url}/v1/text_to_video", WORDS | {"negativePrompt": "rain"})
        assert (status, answer["issues"][0]["keys"]) == (400, ["negativePrompt"])


def test_uploads_end() -> None:
    with run_emulator("runway", key=KEY, upload_seconds="0") as emulator:
        _, place = call(f"{emulator.url}/v1/uploads", {"filename": "a.png", "type": "ephemeral"})
        status, answer = call(f"{emulator.url}/v1/image_to_video", FRAME | {"promptImage": place["runwayUri"]})
        assert status == 400
        assert "expired" in answer["issues"][0]["message"]
        assert call(f"{emulator.url}/v1/uploads", {"filename": "a.png", "type": "lasting"})[0] == 400


def test_the_organization_knows_what_ran() -> None:
    with run_emulator("runway", key=KEY) as emulator:
        call(f"{emulator.url}/v1/text_to_video", WORDS)
        _, answer = call(f"{emulator.url}/v1/organization", method="GET")
        assert answer["usage"]["models"] == {"gen4.5": {"dailyGenerations": 1}}
