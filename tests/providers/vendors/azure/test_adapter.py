import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from shotwright.domain.order import Order
from shotwright.domain.units import FrameRate, Size
from shotwright.errors import Refused, Unavailable
from shotwright.providers.base import Attempt, Provider
from shotwright.providers.vendor import Tools
from shotwright.providers.vendors.azure import VENDOR
from shotwright.providers.vendors.azure.adapter import base_url
from shotwright.testing.doubles import MappedInputs
from shotwright.testing.emulators import run_emulator

KEY = "azure-key-0123456789"
ORDER = Order("azure", "sora-prod", "a boat", Fraction(4), Size(1280, 720), FrameRate(Fraction(24)))


def connect(url: str, tmp_path: Path, **settings: Any) -> Provider:
    return VENDOR.create({"base_url": url, **settings}, Tools(MappedInputs(), tmp_path))


def attempt() -> Attempt:
    return Attempt("k.0", time.time())


@pytest.mark.parametrize(
    "pasted", ["https://r.example", "https://r.example/", "https://r.example/openai", "https://r.example/openai/v1/"]
)
def test_what_people_paste_becomes_the_v1_address(pasted: str) -> None:
    assert base_url(pasted) == "https://r.example/openai/v1"


def test_it_is_ready_with_a_key_or_a_token_or_a_principal() -> None:
    principal = {"tenant_id": "t", "client_id": "c", "client_secret": "s"}
    assert "AZURE_OPENAI_API_KEY" in VENDOR.missing({})[0]
    for settings in ({"api_key": "k"}, {"ad_token": "t"}, principal):
        assert VENDOR.missing(settings) == ()
    assert VENDOR.missing({"tenant_id": "t"})


async def test_a_service_principal_gets_a_token_and_renews_it(tmp_path: Path) -> None:
    with run_emulator("azure", key=KEY, auth="bearer", token_seconds="200") as emulator:
        provider = connect(
            emulator.url,
            tmp_path,
            tenant_id="t",
            client_id="c",
            client_secret=KEY,
            login_url=emulator.url,
        )
        ticket = await provider.submit(ORDER, attempt())
        await provider.check(ticket)
        assert emulator.bill()["requests"]["other"] == 2
        await provider.aclose()


async def test_a_wrong_secret_is_refused_before_the_order(tmp_path: Path) -> None:
    wrong = "wrong-secret-987654"
    with run_emulator("azure", key=KEY) as emulator:
        provider = connect(
            emulator.url, tmp_path, tenant_id="t", client_id="c", client_secret=wrong, login_url=emulator.url
        )
        with pytest.raises(Refused) as caught:
            await provider.submit(ORDER, attempt())
        assert caught.value.reason == "credentials"
        assert wrong not in str(caught.value.as_json())
        assert "submit" not in emulator.bill()["requests"]
        await provider.aclose()


async def test_a_wrong_key(tmp_path: Path) -> None:
    with run_emulator("azure", key=KEY, auth="api-key") as emulator:
        provider = connect(emulator.url, tmp_path, api_key="another-key-000")
        with pytest.raises(Refused) as caught:
            await provider.submit(ORDER, attempt())
        assert caught.value.reason == "credentials"
        good = connect(emulator.url, tmp_path, api_key=KEY)
        ticket = await good.submit(ORDER, attempt())
        with pytest.raises(Unavailable):
            await provider.check(ticket)
        await provider.aclose()
        await good.aclose()


async def test_a_retired_deployment_says_what_to_use_instead(tmp_path: Path) -> None:
    with run_emulator("azure", key=KEY, retired="true") as emulator:
        provider = connect(emulator.url, tmp_path, api_key=KEY)
        with pytest.raises(Refused, match="sora-prod") as caught:
            await provider.submit(ORDER, attempt())
        assert "google" in (caught.value.hint or "")
        await provider.aclose()


async def test_two_submits_a_minute(tmp_path: Path) -> None:
    with run_emulator("azure", key=KEY, per_minute=2) as emulator:
        provider = connect(emulator.url, tmp_path, api_key=KEY, api_version="preview")
        for _ in range(2):
            await provider.submit(ORDER, attempt())
        with pytest.raises(Refused) as caught:
            await provider.submit(ORDER, attempt())
        assert (caught.value.reason, caught.value.retry_after) == ("busy", 30.0)
        await provider.aclose()
