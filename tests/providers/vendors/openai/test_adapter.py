import hashlib
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from shotwright.domain.order import Input, Order, Role
from shotwright.domain.take import CannotKnow, Failed, Queued, Ticket
from shotwright.domain.units import FrameRate, Size
from shotwright.errors import Refused, SettingsError, Unclear
from shotwright.providers.base import Attempt, Cancels, Finds
from shotwright.providers.registry import Providers
from shotwright.providers.vendor import Tools
from shotwright.providers.vendors.openai import VENDOR
from shotwright.testing.doubles import MappedInputs
from shotwright.testing.emulators import run_emulator


def order(*inputs: Input, **more: Any) -> Order:
    values: dict[str, Any] = {"prompt": "a boat", "seconds": Fraction(4), "size": Size(1280, 720)} | more
    return Order("openai", "wan", fps=FrameRate(Fraction(24)), inputs=inputs, **values)


def tools(tmp_path: Path, **files: Path) -> Tools:
    return Tools(MappedInputs(files), tmp_path)


def attempt(ref: str = "k.0") -> Attempt:
    return Attempt(ref, time.time())


def picture(folder: Path, size: tuple[int, int]) -> tuple[Input, Path]:
    path = folder / "frame.png"
    Image.new("RGB", size, "teal").save(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Input(Role.FIRST, digest, "image/png", *size), path


@pytest.mark.parametrize("dialect", ["openai", "vllm-omni", "sglang", "litellm"])
async def test_a_first_frame_arrives_as_a_picture(tmp_path: Path, dialect: str) -> None:
    first, path = picture(tmp_path, (1280, 720))
    with run_emulator("openai", dialect=dialect) as emulator:
        provider = VENDOR.create(
            {"base_url": f"{emulator.url}/v1", "dialect": dialect}, tools(tmp_path, **{first.digest: path})
        )
        await provider.submit(order(first), attempt())
        job = next(iter(emulator.emulator.jobs.values()))
        assert job.extra["picture"] == "image/png"
        await provider.aclose()


async def test_extras_arrive(tmp_path: Path) -> None:
    with run_emulator("openai", dialect="vllm-omni") as emulator:
        provider = VENDOR.create({"base_url": f"{emulator.url}/v1", "dialect": "vllm-omni"}, tools(tmp_path))
        asked = order(seed=7, negative="blur", seconds=Fraction(5, 2), options={"guidance_scale": 4.5})
        await provider.submit(asked, attempt())
        job = next(iter(emulator.emulator.jobs.values()))
        assert job.seconds == Fraction(5, 2)
        assert {"seed": "7", "negative_prompt": "blur", "guidance_scale": "4.5"}.items() <= job.extra["asked"].items()
        await provider.aclose()


async def test_a_picture_that_vanished_is_refused_before_the_request(tmp_path: Path) -> None:
    first, path = picture(tmp_path, (1280, 720))
    path.unlink()
    with run_emulator("openai") as emulator:
        provider = VENDOR.create({"base_url": f"{emulator.url}/v1"}, tools(tmp_path, **{first.digest: path}))
        with pytest.raises(Refused, match="can't be read"):
            await provider.submit(order(first), attempt())
        assert emulator.bill()["requests"] == {}
        await provider.aclose()


async def test_two_equal_orders_in_the_list_are_not_guessed_between(tmp_path: Path) -> None:
    with run_emulator("openai") as emulator:
        provider = VENDOR.create({"base_url": f"{emulator.url}/v1"}, tools(tmp_path))
        assert isinstance(provider, Finds)
        for number in range(2):
            await provider.submit(order(), attempt(f"k{number}.0"))
        found = await provider.find(order(), attempt("k0.0"))
        assert isinstance(found, CannotKnow)
        await provider.aclose()


async def test_a_lost_order_is_found_behind_many_others(tmp_path: Path) -> None:
    with run_emulator("openai", job_seconds=5.0) as emulator:
        provider = VENDOR.create({"base_url": f"{emulator.url}/v1"}, tools(tmp_path))
        assert isinstance(provider, Finds)
        began = attempt()
        emulator.misbehave("drop-after@submit*1")
        with pytest.raises(Unclear):
            await provider.submit(order(prompt="the lost one"), began)
        for number in range(130):
            emulator.emulator.accept(model="wan", prompt=f"other {number}", seconds=Fraction(4), size=Size(1280, 720))
        found = await provider.find(order(prompt="the lost one"), began)
        assert isinstance(found, Ticket)
        assert emulator.emulator.jobs[found.id].prompt == "the lost one"
        assert emulator.bill()["requests"]["find"] == 2
        await provider.aclose()


async def test_an_old_job_that_is_gone_is_lost_and_a_young_one_is_waited_for(tmp_path: Path) -> None:
    with run_emulator("openai") as emulator:
        provider = VENDOR.create({"base_url": f"{emulator.url}/v1"}, tools(tmp_path))
        now = time.time()
        assert await provider.check(Ticket("openai", "video_x", {"at": f"{now:.0f}"})) == Queued()
        failed = await provider.check(Ticket("openai", "video_x", {"at": f"{now - 3600:.0f}"}))
        assert isinstance(failed, Failed)
        assert (failed.reason, failed.charged) == ("lost", True)
        await provider.aclose()


async def test_only_servers_that_stop_jobs_have_a_cancel(tmp_path: Path) -> None:
    for dialect, stops in (("vllm-omni", True), ("openai", False), ("sglang", False)):
        provider = VENDOR.create({"base_url": "http://127.0.0.1:9/v1", "dialect": dialect}, tools(tmp_path))
        assert isinstance(provider, Cancels) is stops
        await provider.aclose()


def test_openais_own_address_is_refused_with_the_date(tmp_path: Path) -> None:
    providers = Providers({"openai": {"base_url": "https://api.openai.com/v1", "api_key": "k"}}, tools(tmp_path))
    with pytest.raises(SettingsError) as caught:
        providers.get("openai")
    assert "2026-09-24" in (caught.value.hint or "")


def test_without_an_address_the_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        Providers({}, tools(tmp_path)).get("openai")
    assert "OPENAI_BASE_URL" in (caught.value.hint or "")


def test_an_unknown_dialect(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="klingon"):
        VENDOR.create({"base_url": "http://x/v1", "dialect": "klingon"}, tools(tmp_path))


async def test_whether_the_list_is_complete_can_be_said(tmp_path: Path) -> None:
    for dialect, said, claimed in (("sglang", True, True), ("openai", False, False), ("openai", None, True)):
        settings = {"base_url": "http://127.0.0.1:9/v1", "dialect": dialect, "complete_list": said, "settling": "0.5"}
        provider = VENDOR.create(settings, tools(tmp_path))
        assert provider.guarantees.find_authoritative is claimed
        assert provider.guarantees.settling == 0.5
        await provider.aclose()


def test_a_time_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="poll_every"):
        VENDOR.create({"base_url": "http://x/v1", "poll_every": "often"}, tools(tmp_path))
