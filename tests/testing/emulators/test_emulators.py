import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from shotwright.domain.units import FrameRate, Size
from shotwright.errors import InvalidInput
from shotwright.media.probing import probe
from shotwright.testing.doubles import mp4_boxes
from shotwright.testing.emulators import RunningEmulator, emulator_names, run_emulator
from shotwright.testing.emulators.clips import make_clip


def call(url: str, method: str = "GET", body: bytes | None = None, kind: str = "application/json") -> tuple[int, Any]:
    request = urllib.request.Request(url, data=body, method=method, headers={"content-type": kind})
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, json.loads(reply.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


def submit(emulator: RunningEmulator, **fields: Any) -> tuple[int, Any]:
    values = {"prompt": "a boat", "model": "m", "seconds": "4", "size": "1280x720"} | fields
    return call(f"{emulator.url}/v1/videos", "POST", json.dumps(values).encode())


def test_every_vendors_module_is_found() -> None:
    assert {"openai", "azure"} <= set(emulator_names())
    with pytest.raises(InvalidInput, match="no emulator"), run_emulator("acme"):
        pass


def test_clips_are_real_and_unlike_each_other(tmp_path: Path) -> None:
    one = make_clip(Size(160, 90), Fraction(2), FrameRate(Fraction(24)), audio=True, name="one")
    two = make_clip(Size(160, 90), Fraction(2), FrameRate(Fraction(24)), audio=True, name="two")
    assert one != two
    assert {"ftyp", "moov", "mdat"} <= set(mp4_boxes(one))
    path = tmp_path / "one.mp4"
    path.write_bytes(one)
    found = probe(path)
    assert (str(found.size), found.frames, found.seconds) == ("160x90", 48, Fraction(2))
    assert found.sound_codec == "aac"


def test_the_bill_knows_what_was_accepted_and_charged() -> None:
    with run_emulator("openai", price="0.25") as emulator:
        for faults in ("", "no=policy@submit", "fail=policy", "drop-after@submit"):
            emulator.misbehave(faults)
            try:
                submit(emulator)
            except OSError:
                assert faults.startswith("drop-after")
        status, bill = call(f"{emulator.url}/_bill")
    assert status == 200
    assert (bill["accepted"], bill["charged"], bill["total_usd"]) == (3, 2, "2")
    assert bill["requests"] == {"submit": 4}
    assert bill["faults"] == {"no@submit": 1, "fail@submit": 1, "drop-after@submit": 1}


def test_faults_are_changed_over_http() -> None:
    with run_emulator("openai") as emulator:
        assert call(f"{emulator.url}/_faults", "PUT", b"429=3@submit*1")[1]["faults"] == "429=3@submit*1"
        assert call(f"{emulator.url}/_faults", "PUT", b"nonsense")[0] == 400
        assert [submit(emulator)[0] for _ in range(2)] == [429, 200]
        assert call(f"{emulator.url}/_faults", "DELETE")[1]["faults"] == ""


def test_a_restart_forgets_the_jobs_and_not_the_bill() -> None:
    with run_emulator("openai") as emulator:
        made = submit(emulator)[1]["id"]
        assert call(f"{emulator.url}/v1/videos/{made}")[0] == 200
        call(f"{emulator.url}/_restart", "POST", b"")
        assert call(f"{emulator.url}/v1/videos/{made}")[0] == 404
        assert emulator.bill()["charged"] == 1


def test_jobs_take_their_known_time_and_wait_for_a_slot() -> None:
    now = [0.0]
    with run_emulator("openai", job_seconds=10.0, slots=1, clock=lambda: now[0]) as emulator:
        names = [submit(emulator)[1]["id"] for _ in range(2)]

        def states(moment: float) -> list[tuple[str, int]]:
            now[0] = moment
            shown = [call(f"{emulator.url}/v1/videos/{name}")[1] for name in names]
            return [(item["status"], item["progress"]) for item in shown]

        assert states(5.0) == [("in_progress", 50), ("queued", 0)]
        assert states(12.5) == [("completed", 100), ("in_progress", 25)]
        assert states(20.0) == [("completed", 100), ("completed", 100)]


def test_submits_a_minute() -> None:
    now = [0.0]
    with run_emulator("openai", per_minute=2, clock=lambda: now[0]) as emulator:
        assert [submit(emulator)[0] for _ in range(3)] == [200, 200, 429]
        now[0] = 61.0
        assert submit(emulator)[0] == 200


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"seconds": 4}, 400),
        ({"seconds": "5"}, 400),
        ({"size": "640x480"}, 400),
        ({"size": "big"}, 400),
        ({"prompt": ""}, 400),
        ({"seconds": "12", "size": "1920x1080"}, 200),
    ],
)
def test_the_emulator_is_as_strict_as_the_sheet(fields: dict[str, Any], status: int) -> None:
    with run_emulator("openai") as emulator:
        assert submit(emulator, **fields)[0] == status


@pytest.mark.parametrize(("dialect", "status"), [("sglang", 200), ("vllm-omni", 422), ("litellm", 200)])
def test_dialects_differ_in_what_they_take(dialect: str, status: int) -> None:
    with run_emulator("openai", dialect=dialect) as emulator:
        assert submit(emulator)[0] == status


def test_the_command_answers_and_ends_cleanly() -> None:
    command = [sys.executable, "-m", "shotwright.testing.emulators", "openai", "--port", "0", "--seed", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        line = process.stdout.readline()
        url = next(word for word in line.split() if word.startswith("http://"))
        assert call(f"{url}/_faults")[1]["seed"] == 3
        process.send_signal(signal.SIGINT)
        process.wait(10)
    assert process.returncode in (0, 130, -signal.SIGINT)


def test_the_command_refuses_wrong_faults() -> None:
    command = [sys.executable, "-m", "shotwright.testing.emulators", "openai", "--faults", "bang"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "bang" in done.stderr
