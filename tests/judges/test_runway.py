from collections.abc import Callable
from typing import Any

import pytest

from shotwright.testing.emulators import run_emulator

KEY = "key_" + "0a" * 64


@pytest.mark.slow
def test_runways_own_sdk_takes_the_emulator_for_the_service(judge: Callable[[str, str], dict[str, Any]]) -> None:
    with run_emulator("runway", key=KEY, job_seconds=0.3) as emulator:
        saw = judge("runway", emulator.url)
        accepted = [job for job in emulator.bill()["jobs"] if job["prompt"] == "twice"]
    assert saw["quoted"] == 24
    assert saw["running"] == ["RUNNING", "AwaitableRunning", True]
    assert saw["ended"] == ["SUCCEEDED", 24]
    assert saw["clip"] == "ftyp"
    assert saw["upload"] == "runway"
    assert saw["framed"] == [40, "SUCCEEDED"]
    assert saw["restyled"] == saw["waited"] == "SUCCEEDED"
    assert saw["wrong ratio"] == saw["wrong model"] == saw["no upload"] == saw["no=quota@submit"] == "BadRequestError"
    assert saw["wrong key"] == "AuthenticationError"
    assert saw["unknown"] == saw["after delete"] == "NotFoundError"
    assert saw["no=busy@submit"] == saw["429=1@submit"] == "RateLimitError"
    assert saw["error=503@submit"] == "InternalServerError"
    assert saw["drop@submit"] == "APIConnectionError"
    assert saw["failed"] == ["FAILED", "INPUT_PREPROCESSING.SAFETY.TEXT", 0]
    assert saw["balance"] is True
    assert saw["resends a paid request"] is True
    assert len(accepted) == 2
