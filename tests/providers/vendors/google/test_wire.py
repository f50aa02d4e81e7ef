import json
from typing import Any

import pytest

from shotwright.domain.model import Mode, mode_of
from shotwright.domain.order import Input, Role
from shotwright.domain.take import Failed, Progress, Queued, Running
from shotwright.domain.units import Size
from shotwright.errors import Refused
from shotwright.providers.replies import Reply
from shotwright.providers.vendors.google import VENDOR, omni, veo
from shotwright.providers.vendors.google.wire import Material, Media, read_refusal
from tests.providers.vendors.google.service import order

PICTURE = Media("image/png", b"png")
FRAME = Media("image/png", uri="https://generativelanguage.googleapis.com/v1beta/files/f1")


def reply(body: Any, status: int = 200) -> Reply:
    return Reply(status, {}, json.dumps(body).encode())


def body_of(material: Material, **more: Any) -> dict[str, Any]:
    vertex, prefix = more.pop("vertex", False), more.pop("prefix", "")
    found: dict[str, Any] = omni.create(
        order(**more), "/v1beta/interactions", material, vertex=vertex, prefix=prefix
    ).json
    return found


def test_words_alone_are_one_text_and_one_shot() -> None:
    body = body_of(Material(), size=Size(2160, 3840))
    assert body["input"] == "fog rolls over a pier Single continuous shot, no cuts."
    assert body["generation_config"] == {"video_config": {"task": "text_to_video"}}
    assert body["response_format"] == {
        "type": "video",
        "aspect_ratio": "9:16",
        "duration": "4s",
        "resolution": "4k",
        "delivery": "uri",
    }
    assert (body["background"], body["store"]) == (True, True)


def test_whoever_wants_cuts_gets_the_prompt_as_it_is() -> None:
    for more in ({"options": {"cuts": True}}, {"prompt": "A continuous shot of a pier"}):
        assert body_of(Material(), **more)["input"] == more.get("prompt", "fog rolls over a pier")


def test_frames_beside_references_are_named_in_the_prompt() -> None:
    body = body_of(Material(first=FRAME, last=PICTURE, references=(PICTURE, PICTURE)))
    text, *images = body["input"][0]["content"]
    assert text["text"].startswith(
        "[# Sources <FIRST_FRAME>@Image1 <LAST_FRAME>@Image2] "
        "[# References <IMAGE_REF_0>@Image3 <IMAGE_REF_1>@Image4] fog"
    )
    assert images[0] == {"type": "image", "mime_type": "image/png", "uri": FRAME.uri}
    assert images[1] == {"type": "image", "mime_type": "image/png", "data": "cG5n"}
    assert body["generation_config"]["video_config"]["task"] == "reference_to_video"
    assert "[#" not in body_of(Material(first=PICTURE, last=PICTURE))["input"][0]["content"][0]["text"]


def test_where_the_clip_goes_depends_on_the_place() -> None:
    assert body_of(Material(), vertex=True)["response_format"]["delivery"] == "inline"
    form = body_of(Material(), vertex=True, prefix="gs://films/a/")["response_format"]
    assert (form["delivery"], form["gcs_uri"]) == ("uri", "gs://films/a/")


@pytest.mark.parametrize("size", [Size(1024, 1024), Size(854, 480)])
def test_shapes_and_sizes_that_are_not_made_are_refused(size: Size) -> None:
    with pytest.raises(Refused) as caught:
        body_of(Material(), size=size)
    assert caught.value.reason == "invalid"


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ({"status": "queued"}, Queued()),
        ({"status": "in_progress"}, Running()),
        ({"status": "dreaming"}, Running()),
        ({"status": 7}, None),
        ([], None),
        ({"status": "completed", "output_video": {"uri": "gs://b/a.mp4"}}, omni.Clip("gs://b/a.mp4")),
        (
            {
                "status": "completed",
                "steps": [
                    {"type": "model_output", "content": [{"type": "video", "data": "b2xk"}]},
                    {"type": "thought", "signature": "x"},
                    {"type": "model_output", "content": [{"type": "video", "data": "bmV3"}, {"type": "text"}]},
                ],
            },
            omni.Clip(data="bmV3"),
        ),
        ({"status": "completed", "steps": None}, omni.Nothing()),
        ({"status": "completed", "updated": "1970-01-01T00:01:00Z"}, omni.Nothing(60.0)),
        (
            {"status": "failed", "errors": [{"code": "invalid_request", "message": "Bad frame."}]},
            Failed("invalid", "Bad frame. (invalid_request)", charged=False),
        ),
        (
            {"status": "failed", "error": {"code": "SAFETY", "message": "No."}},
            Failed("policy", "No. (SAFETY)", charged=False),
        ),
        ({"status": "budget_exceeded"}, Failed("vendor", "the interaction ended as budget_exceeded", charged=False)),
    ],
)
def test_states_of_an_interaction(body: Any, seen: Progress | omni.Clip | omni.Nothing | None) -> None:
    assert omni.read(reply(body)) == seen


def test_tokens_tell_what_was_billed() -> None:
    video = {"output_tokens_by_modality": [{"modality": "VIDEO", "tokens": 9}], "total_output_tokens": 9}
    billed = omni.read(reply({"status": "completed", "usage": video}))
    assert isinstance(billed, Failed)
    assert (billed.reason, billed.charged) == ("lost", True)
    incomplete = omni.read(reply({"status": "incomplete", "usage": video}))
    assert isinstance(incomplete, Failed)
    assert incomplete.charged
    closed = omni.read(reply({"status": "completed", "usage": {"total_output_tokens": 0}}))
    assert isinstance(closed, Failed)
    assert (closed.charged, "EEA" in closed.message) == (False, True)


def test_links_to_files_go_through_the_address_that_was_set() -> None:
    uri = "https://generativelanguage.googleapis.com/v1beta/files/f1a2"
    assert omni.link(uri, "https://proxy.example/g") == "https://proxy.example/g/v1beta/files/f1a2:download?alt=media"
    whole = f"{uri}:download?alt=media"
    assert omni.link(whole, "https://generativelanguage.googleapis.com") == whole
    assert omni.link(whole.replace("alt=media", "x=1"), "https://p.example") == (
        "https://p.example/v1beta/files/f1a2:download?x=1&alt=media"
    )
    assert omni.link("https://cdn.example/clip.mp4", "https://p.example") == "https://cdn.example/clip.mp4"


@pytest.mark.parametrize(
    ("status", "message", "more", "reason"),
    [
        (400, "Request blocked: PROHIBITED_CONTENT", {}, "policy"),
        (400, "API key expired. Please renew the API key.", {}, "credentials"),
        (400, "User location is not supported for the API use.", {}, "invalid"),
        (403, "Billing is off", {"details": [{"reason": "BILLING_DISABLED"}]}, "quota"),
        (403, "Vertex AI API has not been used", {"details": [{"reason": "SERVICE_DISABLED"}]}, "credentials"),
        (404, "models/veo-3.1-generate-preview is no longer available.", {}, "retired"),
        (404, "models/veo-9 is not found for API version v1beta", {}, "invalid"),
        (429, "Resource exhausted. Please try again later.", {}, "busy"),
        (429, "You exceeded your current quota, please check your plan and billing details.", {}, "quota"),
    ],
)
def test_refusals_are_told_apart(status: int, message: str, more: dict[str, Any], reason: str) -> None:
    body = {"error": {"code": status, "message": message, **more}}
    for shape in (body, [body]):
        found = read_refusal(reply(shape, status))
        assert found is not None
        assert (found.reason, found.message) == (reason, message)
        assert found.hint or reason == "busy"


def test_veo_parameters() -> None:
    wanted = order(
        model="veo-3.1-generate-001",
        seconds=8,
        size=Size(1920, 1080),
        seed=7,
        negative="rain",
        options={"person_generation": "allow_adult"},
    )
    call = veo.create(wanted, "demo", "europe-west4", Material(first=PICTURE, last=PICTURE), "ab.0", "gs://films/ab.0/")
    assert call.path == (
        "/v1/projects/demo/locations/europe-west4/publishers/google/models/veo-3.1-generate-001:predictLongRunning"
    )
    assert call.json["parameters"] == {
        "sampleCount": 1,
        "durationSeconds": 8,
        "aspectRatio": "16:9",
        "resolution": "1080p",
        "generateAudio": True,
        "negativePrompt": "rain",
        "seed": 7,
        "storageUri": "gs://films/ab.0/",
        "personGeneration": "allow_adult",
    }
    assert call.json["instances"][0]["lastFrame"] == {"bytesBase64Encoded": "cG5n", "mimeType": "image/png"}
    assert call.json["labels"] == {"shotwright": "ab-0"}


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ({"name": "o"}, Running()),
        ({}, None),
        ({"name": "o", "done": True, "response": {"videos": [{"gcsUri": "gs://b/a"}]}}, {"gcsUri": "gs://b/a"}),
        (
            {"name": "o", "done": True, "error": {"code": 3, "message": "Frames differ"}},
            Failed("invalid", "Frames differ", charged=False),
        ),
        (
            {"name": "o", "done": True, "error": {"code": 3, "message": "Bad words. Support codes: 1"}},
            Failed("policy", "Bad words. Support codes: 1", charged=False),
        ),
        (
            {"name": "o", "done": True, "response": {}},
            Failed("lost", "the operation is done but holds no video", charged=True),
        ),
    ],
)
def test_states_of_an_operation(body: Any, seen: object) -> None:
    assert veo.read(reply(body)) == seen


def test_an_operation_is_asked_in_its_own_region() -> None:
    name = "projects/demo/locations/europe-west4/publishers/google/models/veo/operations/1"
    assert veo.region_of(name) == "europe-west4"
    assert veo.status_call(name).path == name.join(("/v1/", "")).partition("/operations/")[0] + ":fetchPredictOperation"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "GEMINI_API_KEY"),
        ({"api_key": "k"}, None),
        ({"project": "demo"}, None),
        ({"vertex": "true", "api_key": "k"}, "GOOGLE_CLOUD_PROJECT"),
        ({"login": "{}"}, "GOOGLE_CLOUD_PROJECT"),
    ],
)
def test_what_is_missing_is_named(settings: dict[str, str], words: str | None) -> None:
    missing = VENDOR.missing(settings)
    assert missing == () if words is None else words in missing[0]


def test_a_clip_to_extend_is_a_mode_of_its_own() -> None:

    clip = Input(Role.VIDEO, "0" * 64, "video/mp4")
    assert mode_of(order(clip)) is Mode.VIDEO
    assert mode_of(order(clip, options={"task": "extend"})) is Mode.EXTEND
