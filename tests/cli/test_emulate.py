"""`shotwright emulate`: the words of a person, the address to use, a bill over HTTP, and a clean end."""

from __future__ import annotations

import json
import re
import signal
import urllib.request
from typing import Any

from shotwright.cli.faultwords import FAULTS
from shotwright.testing.emulators import faults
from tests.cli.person import PATIENCE, Person


def answer(url: str, method: str = "GET", body: bytes | None = None) -> Any:
    request = urllib.request.Request(url, data=body, method=method)
    with urllib.request.urlopen(request, timeout=10) as reply:
        return json.loads(reply.read())


def test_it_says_how_to_use_it_and_ends_cleanly(person: Person) -> None:
    (person.folder / "random.py").write_text("raise SystemExit('this folder is not searched for modules')")
    with person.start("emulate", "openai", "--port", "0", "--faults", "429%10", "--option", "key=k") as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline().strip() for _ in range(5)]
            url = lines[0].rpartition(" ")[2]
            assert answer(f"{url}/_bill")["accepted"] == 0
            assert answer(f"{url}/_faults")["faults"] == "429%10"
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert (process.returncode, err) == (0, "")
    assert lines[1:3] == [f"bill    {url}/_bill", f"faults  {url}/_faults"]
    assert lines[3:] == [f"export OPENAI_BASE_URL={url}/v1", "export OPENAI_API_KEY=k"]


def test_what_can_not_be_emulated_is_refused(person: Person) -> None:
    unknown = person.run("emulate", "acme")
    assert unknown.status == 2
    assert "openai" in unknown.err
    fault = person.run("emulate", "openai", "--faults", "laziness")
    assert fault.status == 2
    assert "not a fault" in fault.err


def test_the_help_knows_every_fault_and_operation() -> None:
    words = set(re.findall(r"[\w-]+", FAULTS))
    assert set(faults._WHERE) - words == set()
    assert set(faults._OPERATIONS) - words == set()
