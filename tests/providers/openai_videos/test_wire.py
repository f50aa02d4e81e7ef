import json
from fractions import Fraction
from typing import Any

import pytest

from shotwright.domain.order import Input, Order, Role
from shotwright.domain.take import CannotKnow, Done, Failed, Queued, Running
from shotwright.domain.units import FrameRate, Size
from shotwright.errors import Refused
from shotwright.providers.openai_videos import wire
from shotwright.providers.openai_videos.dialects import DIALECTS
from shotwright.providers.replies import Reply


def order(**more: Any) -> Order:
    values: dict[str, Any] = {"prompt": "a boat", "seconds": Fraction(4), "size": Size(1280, 720)}
    return Order("openai", "wan", fps=FrameRate(Fraction(24)), **(values | more))


def reply(body: object, status: int = 200, **headers: str) -> Reply:
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(body).encode())


FRAME = Input(Role.FIRST, "a" * 64, "image/png", 1280, 720)


def test_official_servers_get_the_official_fields_alone() -> None:
    call = wire.create(order(audio=True), DIALECTS["openai"], None, "ref.1", {})
    assert call.json is None
    assert {name: part[1] for name, part in call.files} == {
        "model": "wan",
        "prompt": "a boat",
        "seconds": "4",
        "size": "1280x720",
    }
    assert call.headers["idempotency-key"] == "ref.1"


def test_extras_go_to_servers_that_know_them() -> None:
    asked = order(seed=7, negative="blur", audio=True, options={"num_inference_steps": 20}, seconds=Fraction(5, 2))
    call = wire.create(asked, DIALECTS["vllm-omni"], None, "r", {})
    parts = {name: part[1] for name, part in call.files}
    assert (parts["seed"], parts["negative_prompt"], parts["generate_sound"]) == ("7", "blur", "true")
    assert (parts["seconds"], parts["num_frames"], parts["fps"], parts["num_inference_steps"]) == (
        "3",
        "60",
        "24",
        "20",
    )


def test_words_alone_go_to_sglang_as_json() -> None:
    call = wire.create(order(seed=7), DIALECTS["sglang"], None, "r", {})
    assert call.files == ()
    assert call.json["seed"] == 7
    framed = wire.create(order(), DIALECTS["sglang"], wire.Picture(b"x", "image/png"), "r", {})
    assert dict(framed.files)["input_reference"] == ("frame.png", b"x", "image/png")


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (order(seed=1), "no seed"),
        (order(negative="x"), "no negative prompt"),
        (order(seconds=Fraction(5, 2)), "whole seconds"),
        (order(options={"a": 1}), "no options"),
        (order(inputs=(FRAME, Input(Role.LAST, "b" * 64, "image/png", 1280, 720))), "first frame"),
        (order(inputs=(Input(Role.FIRST, "a" * 64, "image/png", 640, 480),)), "exactly 1280x720"),
        (order(inputs=(Input(Role.FIRST, "a" * 64, "image/gif", 1280, 720),)), "JPEG, PNG or WebP"),
    ],
)
def test_what_a_server_would_drop_is_refused_here(made: Order, words: str) -> None:
    with pytest.raises(Refused, match=words):
        wire.check_order(made, DIALECTS["openai"], "openai")


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ({"status": "queued"}, Queued()),
        ({"status": "pending"}, Queued()),
        ({"status": "in_progress", "progress": 42}, Running(0.42)),
        ({"status": "PROCESSING", "progress": 0}, Running()),
        ({"status": "in_progress", "progress": 170}, Running()),
        ({"status": "in_progress", "progress": None}, Running()),
        ({"status": "in_progress", "progress": "half"}, Running()),
        ({"status": "dreaming", "progress": 10}, Running()),
        ({"status": "cancelled"}, Failed("cancelled", "the server says cancelled", charged=True)),
        ({"status": "deleted"}, Failed("expired", "the server says deleted", charged=True)),
        (
            {"status": "failed", "error": {"code": 500, "message": "CUDA out of memory"}},
            Failed("vendor", "CUDA out of memory", charged=False),
        ),
        (
            {"status": "failed", "error": {"message": "content_policy hit"}},
            Failed("policy", "content_policy hit", charged=False),
        ),
        ({"status": "failed", "error": None}, Failed("vendor", "the server gave no reason", charged=False)),
        ({"status": None}, None),
        ({}, None),
        ([], None),
        ("completed", None),
    ],
)
def test_states(body: object, state: object) -> None:
    assert wire.read_progress(reply(body), "http://x/content") == state


def test_done_has_the_link_and_its_end() -> None:
    done = wire.read_progress(reply({"status": "completed", "expires_at": 1790086540}), "http://x/content")
    assert isinstance(done, Done)
    assert (done.outputs[0].url, done.outputs[0].expires, done.cost) == ("http://x/content", 1790086540.0, None)


def test_a_server_says_when_to_ask_again() -> None:
    assert wire.read_progress(reply({"status": "queued"}, openai_poll_after_ms="2500"), "") == Queued(2.5)


def test_ids_may_hold_anything() -> None:
    assert wire.video_path("video_a/b==", "/content") == "/videos/video_a%2Fb%3D%3D/content"


def item(**more: Any) -> dict[str, Any]:
    return {"id": "v1", "created_at": 1000, "prompt": "a boat", "seconds": "4", "size": "1280x720"} | more


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ([item()], ["v1"]),
        ([item(prompt=None, size=None, seconds=None)], ["v1"]),
        ([item(seconds="4.0")], ["v1"]),
        ([item(), item(id="v2")], ["v1", "v2"]),
        ([item(prompt="another")], []),
        ([item(size="720x1280")], []),
        ([item(seconds="8")], []),
        ([item(created_at=999)], []),
        ([], []),
    ],
)
def test_a_lost_order_is_matched_by_all_that_is_echoed(page: list[Any], found: list[str]) -> None:
    assert wire.matching(order(), 1000.0, page) == found


def test_the_servers_clock_counts_where_it_shows_it() -> None:
    shown = reply({}, date="Sat, 21 Nov 2026 12:00:00 GMT")
    theirs = 1795262400.0
    assert wire.earliest(shown, theirs + 100, theirs + 110) == theirs - 10 - 3
    assert wire.earliest(reply({}), 1000.0, 1010.0) == 940.0
    assert wire.earliest(reply({}, date="noon"), 1000.0, 1010.0) == 940.0


@pytest.mark.parametrize("page", [["x"], [{"id": 7}], [item(created_at=None)]])
def test_a_list_that_says_too_little_proves_nothing(page: list[Any]) -> None:
    assert isinstance(wire.matching(order(), 1000.0, page), CannotKnow)


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({"error": {"code": "moderation_blocked", "message": "no"}}, 400, "policy"),
        ({"error": {"code": "content_filter", "message": "no"}}, 400, "policy"),
        ({"error": {"type": "insufficient_quota", "message": "no"}}, 429, "quota"),
        ({"error": {"code": "model_not_found", "message": "no"}}, 404, "invalid"),
        ({"error": {"message": "gone"}}, 410, "retired"),
    ],
)
def test_refusals(body: object, status: int, reason: str) -> None:
    found = wire.read_refusal(reply(body, status))
    assert found is not None
    assert found.reason == reason


def test_a_body_that_says_nothing_is_left_to_its_status() -> None:
    assert wire.read_refusal(Reply(400, {}, b"<html>")) is None
