"""Where settings come from, and what never shows."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from shotwright.config import Settings, load_settings, logs
from shotwright.config.secret import Secret
from shotwright.config.settings import VENDOR_VARIABLES
from shotwright.domain.units import Money
from shotwright.errors import EnvironmentProblem, SettingsError


def load(folder: Path, **environment: str) -> Settings:
    return load_settings(cwd=folder, environment={"HOME": str(folder / "user"), **environment})


def test_flag_beats_environment_beats_dotenv_beats_project_beats_user(tmp_path: Path) -> None:
    user = tmp_path / "user" / ".config" / "shotwright"
    user.mkdir(parents=True)
    (user / "config.toml").write_text('project = "user"\nmodel = "user/model"\nbudget_per_day = "1.00 USD"\n')
    assert load(tmp_path).project == "user"
    (tmp_path / "shotwright.toml").write_text('project = "file"\n')
    assert load(tmp_path).project == "file"
    (tmp_path / ".env").write_text("SHOTWRIGHT_PROJECT=dotenv\n")
    assert load(tmp_path).project == "dotenv"
    settings = load(tmp_path, SHOTWRIGHT_PROJECT="environment")
    assert settings.project == "environment"
    assert (settings.model, settings.budget_per_day) == ("user/model", Money.usd("1.00"))
    told = load_settings(cwd=tmp_path, overrides={"project": "flag"}, environment={"SHOTWRIGHT_PROJECT": "x"})
    assert told.project == "flag"


def test_the_home_follows_the_platform_and_its_own_variable(tmp_path: Path) -> None:
    assert load(tmp_path, XDG_DATA_HOME=str(tmp_path / "data")).home == tmp_path / "data" / "shotwright"
    settings = load(tmp_path, SHOTWRIGHT_HOME=str(tmp_path / "own"))
    assert settings.home == tmp_path / "own"
    assert settings.database_url == f"sqlite:///{tmp_path / 'own' / 'shotwright.db'}"


@pytest.mark.parametrize(
    ("text", "field", "hint"),
    [
        ('projekt = "x"\n', "projekt", "project"),
        ('unclear = "guess"\n', "unclear", "resubmit"),
        ('budget_per_day = "4 EUR"\n', "budget_per_day", "USD"),
        ("takes_at_once = 0\n", "takes_at_once", "1 to 64"),
        ("project = \n", "shotwright.toml", "mend"),
    ],
)
def test_a_wrong_file_names_field_and_remedy(tmp_path: Path, text: str, field: str, hint: str) -> None:
    (tmp_path / "shotwright.toml").write_text(text)
    with pytest.raises(Exception, match=field) as wrong:
        load(tmp_path)
    assert hint in str(getattr(wrong.value, "hint", ""))


def test_keys_are_read_by_the_names_that_vendors_use_and_never_printed(tmp_path: Path) -> None:
    settings = load(tmp_path, RUNWAYML_API_SECRET="key_canary_1234", OPENAI_BASE_URL="http://gpu:8000/v1")
    assert settings.vendors["RUNWAYML_API_SECRET"] == Secret("key_canary_1234")
    assert settings.vendors["OPENAI_BASE_URL"] == "http://gpu:8000/v1"
    assert "canary" not in repr(settings)
    assert settings.secrets() == ("key_canary_1234",)


def test_every_variable_of_every_vendor_is_known_and_secret_where_it_is_one() -> None:
    from shotwright.providers.registry import Providers, built_in_names
    from shotwright.providers.vendor import Tools
    from shotwright.testing.doubles import MappedInputs

    providers = Providers({}, Tools(inputs=MappedInputs({}), spool=Path("spool")))
    for name in built_in_names():
        for key in providers.vendor(name).keys:
            for variable in key.variables:
                assert variable in VENDOR_VARIABLES, (name, variable)
                found = load_settings(environment={variable: "x"}).vendors[variable]
                assert isinstance(found, Secret) == key.secret, (name, variable)


def test_secrets_and_pictures_stay_out_of_the_log(tmp_path: Path) -> None:
    settings = load(tmp_path, SHOTWRIGHT_HOME=str(tmp_path / "home"), KLING_SECRET_KEY="canary-secret-1")
    logs.set_up(settings)
    log = logging.getLogger("shotwright.test")
    log.debug(
        "sent canary-secret-1 with Authorization: Bearer abcdefgh12345678 and data:image/png;base64,%s", "A" * 400
    )
    try:
        int("canary-secret-1")
    except ValueError:
        log.exception("it failed")
    text = (settings.log_dir / "shotwright.log").read_text()
    assert "it failed" in text
    assert "ValueError" in text
    assert "canary" not in text
    assert "abcdefgh12345678" not in text
    assert "AAAA" not in text


def test_a_home_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentProblem) as problem:
        logs.set_up(load(tmp_path, SHOTWRIGHT_HOME=str(tmp_path / "file" / "home")))
    assert "SHOTWRIGHT_HOME" in str(problem.value.hint)


def test_a_database_of_another_kind_is_refused() -> None:
    from shotwright.storage.database import Database

    with pytest.raises(SettingsError, match="mysql"):
        Database("mysql://somewhere/db")
