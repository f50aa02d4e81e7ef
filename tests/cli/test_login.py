"""`shotwright login google`, with a person who says yes to an emulated consent page."""

from __future__ import annotations

import json
import stat
import urllib.request

from shotwright.testing.emulators import run_emulator
from tests.cli.person import PATIENCE, Person

TOML = """[providers.google]
client_id = "film-app"
client_secret = "none"
project = "demo"
consent_page = "{url}/o/oauth2/v2/auth"
token_server = "{url}/token"
"""


def test_the_login_is_kept_for_this_person_alone(person: Person) -> None:
    with run_emulator("google") as google:
        (person.folder / "shotwright.toml").write_text(TOML.format(url=google.url))
        with person.start("--google-login", "--no-browser") as process:
            try:
                assert process.stderr is not None
                process.stderr.readline()
                with urllib.request.urlopen(process.stderr.readline().strip(), timeout=10) as page:
                    assert "logged in" in page.read().decode()
                out, err = process.communicate(timeout=PATIENCE)
            finally:
                process.kill()
    assert (process.returncode, err) == (0, "")
    assert out.startswith("logged in to google")
    file = person.home / "shotwright" / "logins" / "google.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["type"] == "authorized_user"
    [check] = [item for item in person.run("doctor", "--json").document if item["name"] == "google"]
    assert check["detail"] == "ready" or "shotwright[google]" in check["detail"]


def test_without_a_client_it_says_what_to_set(person: Person) -> None:
    done = person.run("login", "google", "--no-browser")
    assert done.status == 2
    assert "GOOGLE_OAUTH_CLIENT_ID" in done.err
