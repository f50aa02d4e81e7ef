from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from shotwright.domain.asset import Digest
from shotwright.domain.take import Done, Output, Progress, Ticket
from shotwright.errors import NotFound, SettingsError, UnknownModel
from shotwright.providers.base import Attempt, Guarantees, Provider, Sink
from shotwright.providers.registry import Providers
from shotwright.providers.vendor import Key, Tools, Vendor


class NoInputs:
    async def path(self, digest: Digest) -> Path:
        raise NotFound(f"no asset {digest}")


class Painter:
    name = "painter"
    guarantees = Guarantees()
    closed = 0

    async def submit(self, order: object, attempt: Attempt) -> Ticket:
        return Ticket("painter", attempt.ref)

    async def check(self, ticket: Ticket) -> Progress:
        return Done((Output("x"),))

    async def fetch(self, output: Output, sink: Sink) -> None:
        await sink.write(b"x")

    async def aclose(self) -> None:
        self.closed += 1


def build(settings: Mapping[str, Any], tools: Tools) -> Provider:
    return Painter()


PAINTER = Vendor("painter", build, keys=(Key("api_key", ("PAINTER_KEY",), secret=True, required=True, about="a key"),))


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    return Tools(inputs=NoInputs(), spool=tmp_path)


def test_the_vendors_are_found_by_their_folders(tools: Tools) -> None:
    assert "animatic" in Providers({}, tools).names()


def test_a_missing_key_is_named_by_its_variable(tools: Tools) -> None:
    providers = Providers({}, tools, extra=(PAINTER,))
    assert providers.missing("painter") == ("a key: set PAINTER_KEY",)
    with pytest.raises(SettingsError) as caught:
        providers.get("painter")
    assert "PAINTER_KEY" in (caught.value.hint or "")


async def test_an_adapter_is_built_once_and_closed(tools: Tools) -> None:
    providers = Providers({"painter": {"api_key": "k"}}, tools, extra=(PAINTER,))
    painter = providers.get("painter")
    assert isinstance(painter, Painter)
    assert providers.get("painter") is painter
    await providers.aclose()
    assert painter.closed == 1


def test_credentials_have_names_that_tell_nothing(tools: Tools) -> None:
    def name(key: str) -> str:
        return Providers({"painter": {"api_key": key}}, tools, extra=(PAINTER,)).credential("painter")

    assert name("") == "default"
    assert name("secret-one") == name("secret-one") != name("secret-two")
    assert "secret" not in name("secret-one")


def test_an_unknown_provider_gets_the_nearest(tools: Tools) -> None:
    with pytest.raises(UnknownModel) as caught:
        Providers({}, tools).get("animatik")
    assert "animatic" in (caught.value.hint or "")


def test_a_broken_plugin_is_reported_and_the_others_go_on(
    tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "site" / "bad_plugin-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bad-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[shotwright.providers]\nbad = bad_plugin:VENDOR\n")
    (tmp_path / "site" / "bad_plugin.py").write_text("raise RuntimeError('no licence')\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    providers = Providers({}, tools)
    assert "bad" in providers.names()
    loaded = {vendor.name for vendor in providers.load_all()}
    assert "animatic" in loaded
    assert "bad" not in loaded
    assert "no licence" in providers.broken["bad"]
