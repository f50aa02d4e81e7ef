"""Keys, signed tokens and clocks."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from shotwright.config.settings import VENDOR_VARIABLES
from shotwright.domain.order import Order
from shotwright.domain.take import Queued, Running
from shotwright.errors import Refused, Unavailable
from shotwright.providers.base import Attempt
from shotwright.providers.replies import Reply
from shotwright.providers.vendors.kling import VENDOR
from shotwright.providers.vendors.kling.access import Access, sign
from shotwright.testing.emulators import run_emulator

from .conftest import KEY, PAIR, Desk

MAKE = Callable[..., Order]
ATTEMPT = Attempt("ab" * 20 + ".0", 0.0)


def parts(token: str) -> list[Any]:
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2]]


def test_a_token_is_what_the_documents_say() -> None:
    token = sign("ak", "sk", 1_000_000.9)
    head, claims = parts(token)
    assert head == {"alg": "HS256", "typ": "JWT"}
    assert claims == {"iss": "ak", "exp": 1_001_800, "nbf": 999_995}
    body, _, signature = token.rpartition(".")
    right = hmac.new(b"sk", body.encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(signature + "=") == right
    assert "=" not in token


async def test_a_token_is_kept_and_renewed_before_it_ends() -> None:
    now = [1_000_000.0]
    access = Access(PAIR, clock=lambda: now[0])
    first = await access.headers()
    now[0] += 1400
    assert await access.headers() == first
    now[0] += 200
    later = await access.headers()
    assert later != first
    assert parts(later["authorization"].removeprefix("Bearer "))[1]["exp"] == 1_003_400
    now[0] -= 4000
    assert parts((await access.headers())["authorization"].removeprefix("Bearer "))[1]["nbf"] == 997_595


async def test_a_static_key_goes_before_a_pair() -> None:
    access = Access({"api_key": KEY, **PAIR})
    assert (await access.headers())["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(("off", "word"), [(3600.0, "ahead of"), (-7200.0, "behind")])
async def test_a_wrong_clock_is_said_and_then_worked_around(
    desk: Desk, make_order: MAKE, off: float, word: str
) -> None:
    with run_emulator("kling", key="none", job_seconds=30.0, **PAIR) as emulator:
        provider = desk.provider(emulator.url, clock=lambda: time.time() + off, **PAIR)
        with pytest.raises(Refused, match=f"clock is about {abs(off):.0f} s {word} Kling's") as caught:
            await provider.submit(make_order(), ATTEMPT)
        assert caught.value.reason == "busy"
        assert PAIR["secret_key"] not in str(caught.value.as_json())
        ticket = await provider.submit(make_order(), ATTEMPT)
        assert isinstance(await provider.check(ticket), Queued | Running)
        assert emulator.bill()["accepted"] == 1
        await provider.aclose()


async def test_a_status_call_says_it_too(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("kling", key="none", **PAIR) as emulator:
        right = desk.provider(emulator.url, **PAIR)
        ticket = await right.submit(make_order(), ATTEMPT)
        wrong = desk.provider(emulator.url, clock=lambda: time.time() - 7200, **PAIR)
        with pytest.raises(Unavailable, match="clock is about 7200 s behind"):
            await wrong.check(ticket)
        await wrong.check(ticket)
        await right.aclose()
        await wrong.aclose()


async def test_a_clock_that_is_right_is_not_blamed(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("kling", key="none", ahead="86400", **PAIR) as emulator:
        provider = desk.provider(emulator.url, **PAIR)
        with pytest.raises(Refused) as caught:
            await provider.submit(make_order(), ATTEMPT)
        assert caught.value.reason == "credentials"
        assert "agrees with Kling's" in (caught.value.hint or "")
        await provider.aclose()


def test_without_a_date_the_clock_is_named() -> None:
    found = Access(PAIR).read_refusal(Reply(401, {}, b'{"code": 1003, "message": "not yet"}'))
    assert found is not None
    assert (found.reason, found.hint) == ("credentials", "check this machine's clock")


async def test_a_pair_reaches_only_models_that_the_old_standard_has(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("kling", key="none", **PAIR) as emulator:
        provider = desk.provider(emulator.url, **PAIR)
        await provider.submit(make_order("kling-2.6"), ATTEMPT)
        assert [job["model"] for job in emulator.bill()["jobs"]] == ["kling-v2-6"]
        with pytest.raises(Refused, match="takes an API key, not a key pair") as caught:
            await provider.submit(make_order("kling-3.0-turbo"), ATTEMPT)
        assert "KLING_API_KEY" in (caught.value.hint or "")
        await provider.aclose()


async def test_a_wrong_key_names_both_possibilities(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("kling", key="another") as emulator:
        provider = desk.provider(emulator.url)
        with pytest.raises(Refused) as caught:
            await provider.submit(make_order(), ATTEMPT)
        assert caught.value.reason == "credentials"
        assert "of the other kind" in (caught.value.hint or "")
        assert KEY not in str(caught.value.as_json())
        await provider.aclose()


@pytest.mark.parametrize(
    ("settings", "words"),
    [({}, "KLING_API_KEY"), ({"access_key": "a"}, "other half"), ({"api_key": KEY}, ""), (PAIR, "")],
)
def test_what_is_missing_is_said_without_a_call(settings: dict[str, str], words: str) -> None:
    found = VENDOR.missing(settings)
    assert bool(found) == bool(words)
    assert words in "".join(found)


def test_every_variable_is_read_from_the_environment() -> None:
    assert {name for key in VENDOR.keys for name in key.variables} <= set(VENDOR_VARIABLES)
