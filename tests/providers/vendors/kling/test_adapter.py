"""Bodies, lost submits and money of Kling, over real HTTP."""

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

import pytest

from shotwright.domain.model import Mode, ModelSpec, mode_of
from shotwright.domain.order import Input, Order, Role
from shotwright.domain.take import Done, Failed, Progress, Queued, Running, Ticket
from shotwright.domain.units import FrameRate, Money, Size
from shotwright.errors import Refused, Unavailable, Unclear
from shotwright.providers.base import Attempt
from shotwright.providers.catalogue import Catalogue
from shotwright.providers.preflight import problems
from shotwright.providers.replies import Reply
from shotwright.providers.sizes import candidates
from shotwright.providers.vendors.kling import legacy, wire
from shotwright.providers.vendors.kling.adapter import Kling
from shotwright.testing.emulators import RunningEmulator, run_emulator
from shotwright.testing.emulators._kling_bodies import asked_of_legacy, asked_of_new, usd_per_second
from shotwright.testing.emulators.kling import KlingEmulator

from .conftest import KEY, PAIR, Desk

MAKE = Callable[..., Order]
ATTEMPT = Attempt("ab" * 20 + ".0", 0.0)
MODELS = [spec for spec in Catalogue.load().list("kling") if spec.name != "kling-v1"]
ROLES = {
    Mode.TEXT: (),
    Mode.IMAGE: (Role.FIRST,),
    Mode.FIRST_LAST: (Role.FIRST, Role.LAST),
    Mode.REFERENCE: (Role.REFERENCE,),
    Mode.VIDEO: (Role.VIDEO,),
}


def body(emulator: RunningEmulator) -> dict[str, Any]:
    return cast(KlingEmulator, emulator.emulator).bodies[-1]


async def until_over(provider: Kling, ticket: Ticket) -> Progress:
    for _ in range(1000):
        if not isinstance(progress := await provider.check(ticket), Queued | Running):
            return progress
        await asyncio.sleep(0.02)
    raise AssertionError("the task did not end")


def orders_of(spec: ModelSpec) -> list[Order]:
    """What the card allows: each mode in each size, silent and with sound."""
    can = spec.capabilities
    made = [
        Order(
            "kling",
            spec.name,
            "a boat",
            can.lengths.nearest(Fraction(5)),
            size,
            FrameRate(Fraction(24)),
            audio=audio,
            negative="fog" if can.negative else "",
            inputs=tuple(Input(role, role.value, "image/png", 400, 300) for role in ROLES[mode]),
            options={"cfg_scale": 0.5} if "cfg_scale" in can.options.get("properties", {}) else {},
        )
        for mode in ROLES
        for size in candidates(Size(1280, 720), can)
        for audio in (False, True)
    ]
    return [order for order in made if not problems(order, spec)]


@pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.name)
def test_all_that_the_card_allows_fits_the_standard_at_the_cards_price(spec: ModelSpec) -> None:
    orders = orders_of(spec)
    assert {mode_of(order) for order in orders} == spec.capabilities.modes
    for order in orders:
        sources = {item.digest: f"https://media.example/{item.digest}" for item in order.inputs}
        if spec.name.startswith("kling-v"):
            call = legacy.create(order, spec.name, sources, "1.0")
            asked = asked_of_legacy(call.path.rpartition("/")[2], call.json)
        else:
            call = wire.create(order, sources, "1.0")
            kind, _, model = call.path.strip("/").partition("/")
            asked = asked_of_new(kind, model, call.json)
        assert (asked["seconds"], asked["ref"]) == (order.seconds, "sw-1-0")
        if mode_of(order) is Mode.TEXT:
            assert asked["size"].aspect == pytest.approx(float(order.size.aspect), rel=0.02)
        if spec.price and "party" not in spec.price.note and "resellers" not in spec.price.note:
            usd = usd_per_second(spec.name, order.size, order.audio and not order.of_role(Role.VIDEO))
            if mode_of(order) is not Mode.VIDEO:
                assert spec.price.estimate(order) == Money.usd(usd * order.seconds)


async def test_pictures_go_as_bare_base64(desk: Desk, make_order: MAKE) -> None:
    first, last = desk.picture(), desk.picture(Role.LAST, kind="JPEG")
    with run_emulator("kling", key=KEY) as emulator:
        provider = desk.provider(emulator.url)
        await provider.submit(make_order("kling-3.0", first, last, audio=True), ATTEMPT)
        sent = body(emulator)
        assert [item["type"] for item in sent["contents"]] == ["prompt", "first_frame", "last_frame"]
        assert base64.b64decode(sent["contents"][1]["url"]) == desk.inputs.files[first.digest].read_bytes()
        assert sent["settings"] == {"resolution": "720p", "duration": 5, "audio": "native", "multi_shot": False}
        assert sent["options"]["watermark_info"] == {"enabled": False}
        await provider.aclose()


async def test_several_pictures_and_elements_go_to_omni(desk: Desk, make_order: MAKE) -> None:
    pictures = [desk.picture(Role.REFERENCE, colour=number) for number in range(3)]
    order = make_order("kling-3.0-omni", *pictures, options={"elements": {"fox": 77}})
    with run_emulator("kling", key=KEY) as emulator:
        provider = desk.provider(emulator.url)
        await provider.submit(order, ATTEMPT)
        sent = body(emulator)["contents"]
        assert [item.get("id") for item in sent] == [None, "image_1", "image_2", "image_3", "fox"]
        assert sent[-1] == {"type": "element", "element_id": 77, "id": "fox"}
        assert body(emulator)["settings"]["aspect_ratio"] == "16:9"
        await provider.aclose()


async def test_the_old_standard_has_its_own_fields(desk: Desk, make_order: MAKE) -> None:
    camera = {"type": "simple", "config": {"zoom": 3}}
    order = make_order(
        "kling-v1-5",
        desk.picture(),
        desk.picture(Role.LAST, colour=200),
        size=Size(1920, 1080),
        negative="fog",
        options={"cfg_scale": 0.3, "camera_control": camera},
    )
    with run_emulator("kling", key=KEY) as emulator:
        provider = desk.provider(emulator.url)
        ticket = await provider.submit(order, ATTEMPT)
        sent = body(emulator)
        assert (sent["mode"], sent["duration"], sent["negative_prompt"]) == ("pro", "5", "fog")
        assert (sent["cfg_scale"], sent["camera_control"]) == (0.3, camera)
        assert {"image", "image_tail", "external_task_id"} <= set(sent)
        assert ticket.extra["path"] == "/v1/videos/image2video"
        assert isinstance(await until_over(provider, ticket), Done)
        several = [desk.picture(Role.REFERENCE, colour=number) for number in range(2)]
        await provider.submit(make_order("kling-v1-6", *several), Attempt("cd" * 20, 0.0))
        assert len(body(emulator)["image_list"]) == 2
        assert body(emulator)["mode"] == "std"
        await provider.aclose()


async def test_clips_go_by_link_alone(desk: Desk, make_order: MAKE) -> None:
    clip = Input(Role.VIDEO, "c" * 64, "video/mp4", 1280, 720, Fraction(5))
    order = make_order("kling-3.0-omni", clip, audio=True)
    with run_emulator("kling", key=KEY) as emulator:
        bare = desk.provider(emulator.url)
        with pytest.raises(Refused, match="SHOTWRIGHT_KLING_MEDIA_URL"):
            await bare.submit(order, ATTEMPT)
        provider = desk.provider(emulator.url, media_url="https://films.example/assets/")
        await provider.submit(order, ATTEMPT)
        sent = body(emulator)
        assert sent["contents"][1] == {
            "type": "base_video",
            "url": f"https://films.example/assets/{'c' * 64}",
            "id": "video_1",
        }
        assert (sent["settings"]["audio"], sent["settings"]["multi_shot"]) == ("original", False)
        look = replace(order, options={"video_use": "reference"})
        await provider.submit(look, Attempt("cd" * 20, 0.0))
        assert body(emulator)["contents"][1]["type"] == "feature_video"
        assert body(emulator)["settings"]["audio"] == "off"
        for made in (bare, provider):
            await made.aclose()


@pytest.mark.parametrize(
    ("model", "picture", "fields", "words"),
    [
        ("kling-3.0", {"width": 200}, {}, "300 pixels a side"),
        ("kling-3.0", {"width": 1200}, {}, "within 1:2.5"),
        ("kling-3.0", {"kind": "WEBP"}, {}, "JPEG or PNG"),
        ("kling-3.0", {"role": Role.REFERENCE}, {}, "kling-3.0-omni does"),
        ("kling-3.0", {}, {"seed": 1}, "no seed"),
        ("kling-3.0", {}, {"negative": "fog"}, "no negative prompt"),
        ("kling-3.0", {}, {"seconds": Fraction(7, 2)}, "whole seconds"),
        ("kling-2.5-turbo", {}, {"options": {"multi_shot": True}}, "no option 'multi_shot'"),
        ("kling-2.5-turbo", {}, {"options": {"elements": {"a": 1}}}, "no option 'elements'"),
        ("kling-3.0", {}, {"options": {"cfg_scale": 0.5}}, "no option 'cfg_scale'"),
        ("kling-v2-1", {}, {"options": {"cfg_scale": 0.5}}, "no option 'cfg_scale'"),
        ("kling-v2-1", {}, {"audio": True}, "makes no sound"),
        ("kling-o1", {}, {"audio": True}, "no sound of its own"),
    ],
)
async def test_what_kling_would_ignore_is_refused_here(
    desk: Desk, make_order: MAKE, model: str, picture: dict[str, Any], fields: dict[str, Any], words: str
) -> None:
    with run_emulator("kling", key=KEY) as emulator:
        provider = desk.provider(emulator.url)
        with pytest.raises(Refused, match=words) as caught:
            await provider.submit(make_order(model, desk.picture(**picture), **fields), ATTEMPT)
        assert caught.value.reason == "invalid"
        assert emulator.bill()["requests"] == {}
        await provider.aclose()


@pytest.mark.parametrize("pair", [False, True])
async def test_a_lost_submit_is_found_by_its_external_id(desk: Desk, make_order: MAKE, pair: bool) -> None:
    with run_emulator("kling", key=KEY, **PAIR) as emulator:
        provider = desk.provider(emulator.url, **(PAIR if pair else {}))
        assert await provider.find(make_order(), ATTEMPT) is None
        emulator.misbehave("error-after=502@submit*1")
        with pytest.raises(Unclear):
            await provider.submit(make_order(), ATTEMPT)
        found = await provider.find(make_order(), ATTEMPT)
        assert isinstance(found, Ticket)
        assert isinstance(await until_over(provider, found), Done)
        assert await provider.find(make_order(), Attempt("ef" * 20, 0.0)) is None
        assert (await provider.submit(make_order(), ATTEMPT)).id == found.id
        assert emulator.bill()["accepted"] == 1
        await provider.aclose()


async def test_a_known_id_that_cannot_be_seen_is_unclear(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("kling", key=KEY, hidden="1") as emulator:
        provider = desk.provider(emulator.url)
        first = await provider.submit(make_order(), ATTEMPT)
        with pytest.raises(Unclear, match="already exists"):
            await provider.submit(make_order(), ATTEMPT)
        assert (await provider.submit(make_order(), ATTEMPT)).id == first.id
        assert emulator.bill()["accepted"] == 1
        await provider.aclose()


@pytest.mark.parametrize("model", ["kling-3.0", "kling-v2-6"])
async def test_the_bill_of_a_task_is_booked(desk: Desk, make_order: MAKE, model: str) -> None:
    with run_emulator("kling", key=KEY) as emulator:
        provider = desk.provider(emulator.url)
        done = await until_over(provider, await provider.submit(make_order(model), ATTEMPT))
        assert isinstance(done, Done)
        assert done.cost is not None
        assert str(done.cost.amount) == emulator.bill()["total_usd"]
        await provider.aclose()


async def test_a_failed_task_that_was_billed_is_booked(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("kling", key=KEY, keeps_money="true", faults="fail=policy") as emulator:
        provider = desk.provider(emulator.url)
        failed = await until_over(provider, await provider.submit(make_order(), ATTEMPT))
        assert isinstance(failed, Failed)
        assert (failed.reason, failed.charged, failed.cost) == ("policy", True, Money.usd("0.42"))
        assert emulator.bill()["charged"] == 1
        await provider.aclose()


async def test_a_model_that_is_switched_off_is_retired(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("kling", key=KEY, discontinued="kling-v2-1") as emulator:
        provider = desk.provider(emulator.url)
        with pytest.raises(Refused, match="discontinued") as caught:
            await provider.submit(make_order("kling-v2-1", desk.picture()), ATTEMPT)
        assert caught.value.reason == "retired"
        await provider.aclose()


async def test_a_task_of_another_region_is_not_called_lost(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("kling", key=KEY) as here, run_emulator("kling", key=KEY) as there:
        provider, other = desk.provider(here.url), desk.provider(there.url)
        ticket = await provider.submit(make_order(), ATTEMPT)
        with pytest.raises(Unavailable, match="was made at"):
            await other.check(ticket)
        assert there.bill()["requests"] == {}
        for made in (provider, other):
            await made.aclose()


def test_money_in_units_and_cash() -> None:
    def billed(*lines: dict[str, str]) -> Money | None:
        body = {"code": 0, "data": [{"id": "1", "status": "succeeded", "billing": list(lines)}]}
        (task,) = wire.read_tasks(Reply(200, {}, json.dumps(body).encode())) or ()
        return task.cost

    assert billed({"charge_type": "unit", "amount": "1.8"}) == Money.usd("0.252")
    assert billed({"charge_type": "cash", "amount": "0.5", "currency": "USD"}) == Money.usd("0.5")
    assert billed({"charge_type": "cash", "amount": "3", "currency": "CNY"}) is None
    assert billed({"charge_type": "unit", "amount": "many"}) is None
    assert billed() is None
