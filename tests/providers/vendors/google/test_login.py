import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from shotwright.errors import Refused, SettingsError, Unavailable
from shotwright.providers.vendors.google.credentials import Tokens
from shotwright.providers.vendors.google.login import Client, consent_link, log_in
from shotwright.testing.emulators import RunningEmulator, run_emulator
from shotwright.testing.emulators.google import GoogleEmulator


@pytest.fixture
def google() -> Iterator[RunningEmulator]:
    with run_emulator("google") as running:
        yield running


def client(google: RunningEmulator) -> Client:
    return Client("film-app", "no-secret-at-all", f"{google.url}/o/oauth2/v2/auth", f"{google.url}/token")


class Person:
    """Opens the page as a browser would, following it back to the loopback address."""

    def __init__(self) -> None:
        self.pages: list[httpx2.Response] = []
        self.tasks: list[asyncio.Task[None]] = []

    def __call__(self, link: str) -> None:
        self.tasks.append(asyncio.ensure_future(self.visit(link)))

    async def visit(self, link: str) -> None:
        async with httpx2.AsyncClient(follow_redirects=True, trust_env=False) as browser:
            self.pages.append(await browser.get(link))


async def test_a_login_is_stored_and_gives_tokens_that_are_renewed(google: RunningEmulator, tmp_path: Path) -> None:
    person, kept = Person(), list[Any]()
    await log_in(client(google), show=person, store=kept.append, quota_project="demo")
    await asyncio.gather(*person.tasks)
    assert "Shotwright is logged in" in person.pages[0].text
    assert kept[0]["type"] == "authorized_user"
    tokens = Tokens({"login": json.dumps(kept[0])})
    first = await tokens.headers()
    assert first["x-goog-user-project"] == await tokens.project() == "demo"
    assert await tokens.headers() == first
    tokens.drop()
    assert (await tokens.headers())["authorization"] != first["authorization"]
    assert set(tokens.secrets) >= {first["authorization"].removeprefix("Bearer ")}


async def test_a_person_who_says_no_is_believed(google: RunningEmulator) -> None:
    person, kept = Person(), list[Any]()
    assert isinstance(google.emulator, GoogleEmulator)
    google.emulator.logins.denied = True
    with pytest.raises(Refused, match="access_denied") as caught:
        await log_in(client(google), show=person, store=kept.append)
    await asyncio.gather(*person.tasks)
    assert caught.value.reason == "credentials"
    assert "did not let" in person.pages[0].text
    assert kept == []


async def test_answers_of_another_login_are_not_taken(google: RunningEmulator) -> None:
    intruders: list[asyncio.Task[None]] = []
    kept: list[Any] = []

    def show(link: str) -> None:
        intruders.append(asyncio.ensure_future(intrude(link)))

    with pytest.raises(Unavailable, match="nobody logged in"):
        await log_in(client(google), show=show, store=kept.append, deadline=1.0)
    await intruders[0]
    assert kept == []


async def intrude(link: str) -> None:
    back = parse_qs(urlsplit(link).query)["redirect_uri"][0]
    async with httpx2.AsyncClient(trust_env=False) as browser:
        answer = await browser.get(back, params={"code": "4/stolen", "state": "guessed"})
        assert answer.status_code == 400
        assert (await browser.get(f"{back}favicon.ico")).status_code == 404
        assert (await browser.post(back, params={"code": "4/stolen"})).status_code == 404


async def test_a_code_is_worth_nothing_without_its_verifier(google: RunningEmulator) -> None:
    asked = client(google)
    link = consent_link(asked, "http://127.0.0.1:1/", "state", "the-right-verifier")
    async with httpx2.AsyncClient(trust_env=False) as browser:
        back = parse_qs(urlsplit((await browser.get(link)).headers["location"]).query)
        form = {
            "grant_type": "authorization_code",
            "code": back["code"][0],
            "client_id": "film-app",
            "redirect_uri": "http://127.0.0.1:1/",
            "code_verifier": "another-verifier",
        }
        refused = await browser.post(asked.token_server, data=form)
    assert refused.json()["error"] == "invalid_grant"


async def test_without_a_client_of_ones_own_the_remedy_is_named() -> None:
    with pytest.raises(SettingsError) as caught:
        await log_in(Client(""), show=print, store=print)
    assert "gcloud auth application-default login" in str(caught.value.hint)
