"""Pictures and clips on their way to Runway, over real HTTP."""

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import pytest

from shotwright.config.settings import VENDOR_VARIABLES
from shotwright.domain.order import Order, Role
from shotwright.errors import Refused, SettingsError
from shotwright.providers.base import Attempt
from shotwright.providers.vendors.runway import VENDOR
from shotwright.testing.emulators import RunningEmulator, run_emulator
from shotwright.testing.emulators.runway import RunwayEmulator

from .conftest import KEY, Desk

MAKE = Callable[..., Order]
ATTEMPT = Attempt("0" * 40 + ".0", 0.0)


def body(emulator: RunningEmulator) -> dict[str, Any]:
    """The last create call that was taken."""
    return cast(RunwayEmulator, emulator.emulator).bodies[-1]


def uploads(emulator: RunningEmulator) -> int:
    """How many files were sent; each takes two calls."""
    return int(emulator.bill()["requests"].get("upload", 0)) // 2


async def test_small_pictures_go_as_data(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("runway", key=KEY) as emulator:
        provider = desk.provider(emulator.url)
        first, last = desk.picture(Role.FIRST), desk.picture(Role.LAST, kind="JPEG")
        await provider.submit(make_order("veo3.1_fast", first, last, seconds=Fraction(4)), ATTEMPT)
        sent = body(emulator)["promptImage"]
        assert [item["position"] for item in sent] == ["first", "last"]
        assert [item["uri"][:22] for item in sent] == ["data:image/png;base64,", "data:image/jpeg;base64"]
        assert uploads(emulator) == 0
        await provider.aclose()


async def test_large_pictures_are_uploaded_once_for_all_who_share_the_folder(desk: Desk, make_order: MAKE) -> None:
    order = make_order("gen4_turbo", desk.picture(noise=1200))
    with run_emulator("runway", key=KEY) as emulator:
        for _ in range(2):
            provider = desk.provider(emulator.url, media="upload")
            for number in range(2):
                await provider.submit(replace(order, seed=number), ATTEMPT)
            await provider.aclose()
        assert emulator.bill()["accepted"] == 4
        assert uploads(emulator) == 1
        assert body(emulator)["promptImage"][0]["uri"].startswith("runway://")


async def test_pictures_that_are_too_many_for_data_are_uploaded(desk: Desk, make_order: MAKE) -> None:
    pictures = [desk.picture(Role.REFERENCE, noise=900, colour=number) for number in range(3)]
    with run_emulator("runway", key=KEY) as emulator:
        provider = desk.provider(emulator.url)
        await provider.submit(make_order("seedance2", *pictures), ATTEMPT)
        assert uploads(emulator) == 3
        provider_of_one = desk.provider(emulator.url)
        await provider_of_one.submit(make_order("seedance2", pictures[0]), ATTEMPT)
        assert body(emulator)["references"][0]["uri"].startswith("data:")
        await provider.aclose()
        await provider_of_one.aclose()


async def test_another_account_uploads_for_itself(desk: Desk, make_order: MAKE) -> None:
    order = make_order("gen4_turbo", desk.picture())
    with run_emulator("runway") as emulator:
        for key in (KEY, "key_" + "1b" * 64):
            provider = desk.provider(emulator.url, media="upload", api_key=key)
            await provider.submit(order, ATTEMPT)
            await provider.aclose()
        assert uploads(emulator) == 2


async def test_an_upload_that_runway_lost_is_sent_anew_by_the_next_order(desk: Desk, make_order: MAKE) -> None:
    order = make_order("gen4_turbo", desk.picture())
    with run_emulator("runway", key=KEY) as emulator:
        provider = desk.provider(emulator.url, media="upload")
        await provider.submit(order, ATTEMPT)
        cast(RunwayEmulator, emulator.emulator).uploads.clear()
        with pytest.raises(Refused, match="does not exist or has expired") as caught:
            await provider.submit(order, ATTEMPT)
        assert caught.value.reason == "invalid"
        await provider.submit(order, ATTEMPT)
        assert uploads(emulator) == 2
        await provider.aclose()


@pytest.mark.parametrize("fault", ["error=503@upload*1", "drop@upload*1", "429@upload*1", "garbage@upload*1"])
async def test_a_failed_upload_orders_nothing(desk: Desk, make_order: MAKE, fault: str) -> None:
    order = make_order("gen4_turbo", desk.picture())
    with run_emulator("runway", key=KEY) as emulator:
        provider = desk.provider(emulator.url, media="upload")
        emulator.misbehave(fault)
        with pytest.raises(Refused) as caught:
            await provider.submit(order, ATTEMPT)
        assert caught.value.reason == "busy"
        assert "submit" not in emulator.bill()["requests"]
        await provider.submit(order, ATTEMPT)
        assert emulator.bill()["accepted"] == 1
        await provider.aclose()


async def test_a_wrong_key_is_said_by_the_upload_too(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("runway", key="key_" + "2c" * 64) as emulator:
        provider = desk.provider(emulator.url, media="upload")
        with pytest.raises(Refused) as caught:
            await provider.submit(make_order("gen4_turbo", desk.picture()), ATTEMPT)
        assert caught.value.reason == "credentials"
        assert KEY not in str(caught.value.as_json())
        await provider.aclose()


async def test_another_hosts_bucket_never_sees_the_key(
    desk: Desk, make_order: MAKE, other: Any, answer: Callable[..., bytes]
) -> None:
    with run_emulator("runway", key=KEY, bucket=other.url) as emulator:
        provider = desk.provider(emulator.url, media="upload")
        with pytest.raises(Refused):
            await provider.submit(make_order("gen4_turbo", desk.picture()), ATTEMPT)
        (head,) = other.requests
        assert head.startswith(b"POST /bucket/")
        assert b"authorization" not in head.lower()
        assert b"x-runway-version" not in head.lower()
        await provider.aclose()


async def test_an_upload_to_a_private_address_is_not_made(desk: Desk, make_order: MAKE, other: Any) -> None:
    desk.tools = replace(desk.tools, allow_private=False)
    with run_emulator("runway", key=KEY, bucket=other.url) as emulator:
        provider = desk.provider(emulator.url, media="upload")
        with pytest.raises(Refused, match="not followed"):
            await provider.submit(make_order("gen4_turbo", desk.picture()), ATTEMPT)
        assert other.requests == []
        await provider.aclose()


async def test_links_are_built_from_the_address_of_the_assets(desk: Desk, make_order: MAKE) -> None:
    picture = desk.picture()
    with run_emulator("runway", key=KEY) as emulator:
        provider = desk.provider(emulator.url, media="link", media_url="https://films.example/assets/")
        await provider.submit(make_order("gen4_turbo", picture), ATTEMPT)
        assert body(emulator)["promptImage"][0]["uri"] == f"https://films.example/assets/{picture.digest}"
        await provider.aclose()


async def test_too_much_for_data_is_said(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("runway", key=KEY) as emulator:
        provider = desk.provider(emulator.url, media="data")
        with pytest.raises(Refused, match="too many for a data URI"):
            await provider.submit(make_order("gen4_turbo", desk.picture(noise=1500)), ATTEMPT)
        assert emulator.bill()["requests"] == {}
        await provider.aclose()


async def test_a_clip_is_changed_at_the_price_of_its_length(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("runway", key=KEY) as emulator:
        provider = desk.provider(emulator.url)
        order = make_order("aleph2", desk.clip(3), desk.picture(Role.REFERENCE), seconds=Fraction(3))
        ticket = await provider.submit(order, ATTEMPT)
        assert ticket.extra["quote"] == "0.84"
        sent = body(emulator)
        assert sent["videoUri"].startswith("data:video/mp4;base64,")
        assert sent["targetAspectRatio"] == "16:9"
        assert "duration" not in sent
        await provider.aclose()


@pytest.mark.parametrize(
    "settings", [{"media": "pigeon"}, {"media": "link", "media_url": "http://films.example"}, {"api_key": ""}]
)
def test_wrong_settings_are_named(desk: Desk, settings: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as caught:
        desk.provider("http://127.0.0.1:1", **settings)
    assert caught.value.field


async def test_a_damaged_note_of_an_upload_is_no_note(desk: Desk, make_order: MAKE) -> None:
    order = make_order("gen4_turbo", desk.picture())
    with run_emulator("runway", key=KEY) as emulator:
        provider = desk.provider(emulator.url, media="upload")
        await provider.submit(order, ATTEMPT)
        (note,) = Path(desk.tools.spool).rglob("*.json")
        assert KEY not in note.name + note.read_text()
        note.write_text("{")
        await provider.submit(order, ATTEMPT)
        assert uploads(emulator) == 2
        note.write_text(json.dumps({"uri": "runway://old", "expires": 1.0}))
        await provider.submit(order, ATTEMPT)
        assert uploads(emulator) == 3
        await provider.aclose()


def test_every_variable_is_read_from_the_environment() -> None:
    assert {name for key in VENDOR.keys for name in key.variables} <= set(VENDOR_VARIABLES)
