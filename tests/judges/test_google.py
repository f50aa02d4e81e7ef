from collections.abc import Callable
from typing import Any

import pytest

from shotwright.testing.emulators import run_emulator

KEY = "test-key-0123456789"


@pytest.mark.slow
def test_googles_own_sdk_takes_the_emulator_for_the_service(judge: Callable[[str, str], dict[str, Any]]) -> None:
    with run_emulator("google", key=KEY, token=KEY, job_seconds=0.3) as emulator:
        saw = judge("google", emulator.url)
        accepted = [job for job in emulator.bill()["jobs"] if job["prompt"] == "twice"]
    assert saw["created"] == ["in_progress", "gemini-omni-1.2-flash"]
    assert saw["ended"] == ["completed", "video/mp4", "video"]
    assert saw["clip"] == "ftyp"
    assert saw["framed"] == saw["older version"] == saw["by link"] == "completed"
    assert saw["uploaded"] == ["ACTIVE", True]
    assert saw["wrong seconds"] == saw["wrong key"] == saw["unknown"] == saw["no=policy@submit"] == "BadRequestError"
    assert saw["no=retired@submit"] == "NotFoundError"
    assert saw["429=1@submit"] == "RateLimitError"
    assert saw["error=503@submit"] == "InternalServerError"
    assert saw["drop@submit"] == "APIConnectionError"
    assert saw["refused"] == ["completed", "I can't create a video of that person."]
    assert saw["failed"] == ["failed", "Generation failed."]
    assert saw["cancelled"] == "cancelled"
    assert saw["on vertex"] == ["completed", "ftyp"]
    assert saw["operation"].endswith("/publishers/google/models/veo-3.1-fast-generate-001")
    assert saw["veo clip"] == "ftyp"
    assert saw["veo filtered"] == 1
    assert saw["veo wrong"] == "ClientError"
    assert saw["resends a paid request"] == "in_progress"
    assert len(accepted) == 2
