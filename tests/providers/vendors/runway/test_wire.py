"""Bodies against the schema that the emulator has of its own, and replies against what is documented."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from shotwright.domain.model import Mode, ModelSpec
from shotwright.domain.order import Input, Order, Role
from shotwright.domain.take import Done, Failed, Queued, Running
from shotwright.domain.units import FrameRate, Money, Size
from shotwright.errors import Refused
from shotwright.providers.catalogue import Catalogue
from shotwright.providers.preflight import problems
from shotwright.providers.replies import Reply
from shotwright.providers.sizes import candidates
from shotwright.providers.vendors.runway import wire
from shotwright.providers.vendors.runway.shapes import SHAPES
from shotwright.testing.emulators._runway_fields import issues_of
from shotwright.testing.emulators._runway_schema import SCHEMA

MAKE = Callable[..., Order]
TODAY = date(2026, 11, 21)
MODELS = Catalogue.load().list("runway", alive=True, today=TODAY)
ROLES = {
    Mode.TEXT: (),
    Mode.IMAGE: (Role.FIRST,),
    Mode.FIRST_LAST: (Role.FIRST, Role.LAST),
    Mode.REFERENCE: (Role.REFERENCE,),
    Mode.VIDEO: (Role.VIDEO,),
}


def reply(status: int, body: Any) -> Reply:
    return Reply(status, {}, json.dumps(body).encode())


def picture(role: Role, name: str = "") -> Input:
    if role is Role.VIDEO:
        return Input(role, "video", "video/mp4", 1280, 720, Fraction(5))
    return Input(role, name or role.value, "image/png", 1280, 720)


def orders_of(spec: ModelSpec) -> Iterator[Order]:
    """What the card allows: each mode in each size, with sound, seed and negative prompt where there are any."""
    can = spec.capabilities
    seconds = can.lengths.choices[0] if can.lengths.choices else can.lengths.nearest(Fraction(5))
    for mode, roles in ROLES.items():
        if mode not in can.modes:
            continue
        for size in candidates(Size(1280, 720), can):
            order = Order(
                "runway",
                spec.name,
                "a boat",
                seconds,
                size,
                FrameRate(Fraction(24)),
                audio=can.audio != "never",
                negative="fog" if can.negative else "",
                seed=7 if can.seed else None,
                inputs=tuple(picture(role) for role in roles),
            )
            if not problems(order, spec):
                yield order


def body_of(order: Order) -> dict[str, Any]:
    uris = {item.digest: f"https://media.example/{item.digest}" for item in order.inputs}
    found: dict[str, Any] = wire.create(order, uris).json
    return found


@pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.name)
def test_all_that_the_card_allows_fits_the_schema(spec: ModelSpec) -> None:
    modes = set()
    for order in orders_of(spec):
        call = wire.create(order, {item.digest: f"https://media.example/{item.digest}" for item in order.inputs})
        endpoint = call.path.removeprefix("/v1/").removesuffix("_to_video")
        assert issues_of(call.json, SCHEMA[spec.name][endpoint], lambda uri: b"") == [], (order, call.json)
        modes.add(endpoint)
    assert modes == set(SCHEMA[spec.name])


def test_card_shapes_and_schema_name_the_same_models() -> None:
    assert {spec.name for spec in MODELS} == set(SHAPES) == set(SCHEMA)


@pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.name)
def test_the_emulator_charges_what_the_card_says(spec: ModelSpec) -> None:
    from shotwright.testing.emulators.runway import RunwayEmulator

    emulator = RunwayEmulator()
    for order in orders_of(spec):
        estimate = spec.price.estimate(order) if spec.price else None
        if estimate is not None:
            assert estimate == emulator.price(order.model, order.seconds, order.size, order.audio), order


def test_options_reach_their_fields(make_order: MAKE) -> None:
    assert body_of(make_order(options={"public_figures": "low"}))["contentModeration"] == {
        "publicFigureThreshold": "low"
    }
    shots = [{"prompt": "one", "duration": 2}, {"prompt": "two", "duration": 3}]
    body = body_of(
        make_order("kling3.0_pro", options={"cfg_scale": 0.4, "multi_prompt": shots, "shot_type": "customize"})
    )
    assert body["cfgScale"] == 0.4
    assert body["providerSettings"] == {"shotType": "customize", "multiPrompt": shots}
    body = body_of(make_order("seedance2_5", picture(Role.VIDEO), options={"video_mode": "extend", "draft": True}))
    assert (body["mode"], body["draft"], body["promptVideo"]) == ("extend", True, "https://media.example/video")


def test_pictures_of_a_clip_hold_at_moments(make_order: MAKE) -> None:
    order = make_order("aleph2", picture(Role.VIDEO), picture(Role.REFERENCE, "a"), picture(Role.REFERENCE, "b"))
    assert [item["at"] for item in body_of(order)["keyframes"]] == [0.0, 0.5]
    placed = replace(order, options={"keyframes_at": [0.2, 0.9]})
    assert [item["at"] for item in body_of(placed)["keyframes"]] == [0.2, 0.9]
    between = make_order("aleph2", picture(Role.VIDEO), *(picture(role) for role in ROLES[Mode.FIRST_LAST]))
    assert [item["at"] for item in body_of(between)["keyframes"]] == [0.0, 1.0]
    with pytest.raises(Refused, match="names 1 moments for 2"):
        body_of(replace(order, options={"keyframes_at": [0.2]}))


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (("gen4_turbo", (), {}), "not offered by text_to_video"),
        (("gen4.5", (), {"seconds": Fraction(5, 2)}), "whole seconds"),
        (("gen4.5", (), {"negative": "rain"}), "no negative prompt"),
        (("kling2.5_turbo_pro", (), {"seed": 3}), "no seed"),
        (("gen4.5", (), {"options": {"cfg_scale": 1}}), "no option 'cfg_scale'"),
        (("veo3.1", (Role.FIRST, Role.REFERENCE), {}), "no reference pictures"),
        (("seedance2", (Role.VIDEO, Role.FIRST), {}), "no frames beside a clip"),
        (("gen4.5", (Role.SPEECH,), {}), "no mode 'speech'"),
        (("aleph2", (Role.VIDEO,), {"size": Size(1280, 320)}), "no word for the size"),
        (("gen4.5", (), {"prompt": "\N{SAILBOAT}\N{FILM FRAMES}" * 501}), "UTF-16 units"),
    ],
)
def test_what_has_no_field_is_refused_and_not_dropped(order: Any, words: str, make_order: MAKE) -> None:
    model, roles, fields = order
    with pytest.raises(Refused, match=words) as caught:
        wire.check_order(make_order(model, *(picture(role) for role in roles), **fields))
    assert caught.value.reason == "invalid"


def test_a_picture_of_another_kind_is_refused(make_order: MAKE) -> None:
    with pytest.raises(Refused, match="image/gif"):
        wire.check_order(make_order("gen4.5", Input(Role.FIRST, "gif", "image/gif", 64, 64)))


def test_a_model_that_settings_add_takes_what_any_model_takes(make_order: MAKE) -> None:
    body = body_of(make_order("gen5", seed=1, negative="rain", options={"styleStrength": 2}))
    assert body["styleStrength"] == 2
    assert (body["seed"], body["negativePrompt"], body["ratio"], body["duration"]) == (1, "rain", "1280:720", 5)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("SAFETY.INPUT.TEXT", "policy"),
        ("SAFETY.OUTPUT.VIDEO", "policy"),
        ("INPUT_PREPROCESSING.SAFETY.TEXT", "policy"),
        ("INPUT_PREPROCESSING.INTERNAL", "vendor"),
        ("ASSET.INVALID", "invalid"),
        ("INTERNAL.BAD_OUTPUT.01", "vendor"),
        ("THIRD_PARTY.UNAVAILABLE", "vendor"),
        ("", "vendor"),
    ],
)
def test_failure_codes_are_classed(code: str, reason: str) -> None:
    assert wire.failure_reason(code) == reason


def test_states_of_a_task() -> None:
    def read(**body: Any) -> Any:
        return wire.read_progress(reply(200, {"id": "x", **body}))

    assert read(status="PENDING") == read(status="THROTTLED") == Queued()
    assert read(status="RUNNING", progress=0.41) == Running(0.41)
    assert read(status="RUNNING", progress=7) == read(status="DREAMING") == Running(None)
    done = read(status="SUCCEEDED", output=["https://cdn.example/1.mp4"], cost={"credits": 60})
    assert isinstance(done, Done)
    assert (done.outputs[0].url, done.cost) == ("https://cdn.example/1.mp4", Money.usd("0.60"))
    assert read(status="SUCCEEDED", output=[], cost={"credits": 60}) is None
    assert read() is None


def test_the_tasks_own_cost_says_whether_it_was_charged() -> None:
    def failed(code: str | None, cost: Any) -> Failed:
        found = wire.read_progress(reply(200, {"status": "FAILED", "failure": "no", "failureCode": code, "cost": cost}))
        assert isinstance(found, Failed)
        return found

    assert failed("SAFETY.OUTPUT.VIDEO", {"credits": 0}).charged is False
    assert failed("SAFETY.OUTPUT.VIDEO", {"credits": 80}).cost == Money.usd("0.80")
    assert failed("SAFETY.INPUT.IMAGE", None).charged is True
    assert failed("INTERNAL", None).charged is False
    assert failed(None, {"credits": "many"}).cost is None


@pytest.mark.parametrize(
    ("status", "body", "reason", "words"),
    [
        (400, {"error": "You do not have enough credits to run this task."}, "quota", "credits"),
        (429, {"error": "Your daily task limit has been reached."}, "quota", "daily"),
        (401, {"error": "No API key was provided."}, "credentials", "No API key"),
        (400, {"error": "X-Runway-On-Behalf-Of request header was not specified"}, "credentials", "On-Behalf-Of"),
        (
            400,
            {
                "error": "Validation of body failed",
                "issues": [{"code": "too_big", "path": ["videoUri"], "message": "M"}],
            },
            "invalid",
            "videoUri: M",
        ),
        (
            400,
            {
                "error": "Validation of body failed",
                "issues": [{"code": "invalid_union", "path": ["a", 0, "b"], "x": 1}],
            },
            "invalid",
            "a.0.b: invalid_union",
        ),
    ],
)
def test_refusals_keep_runways_words(status: int, body: Any, reason: str, words: str) -> None:
    found = wire.read_refusal(reply(status, body))
    assert found is not None
    assert found.reason == reason
    assert words in found.message


@pytest.mark.parametrize("body", [[], None, {"error": {"deep": 1}}, {"issues": "many"}, {"issues": [3]}])
def test_other_bodies_are_left_to_the_status(body: Any) -> None:
    assert wire.read_refusal(reply(400, body)) is None
