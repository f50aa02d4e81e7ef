from collections.abc import Callable
from typing import Any

import pytest

from shotwright.testing.emulators import run_emulator


@pytest.mark.slow
def test_openais_own_sdk_takes_the_emulator_for_the_service(judge: Callable[[str, str], dict[str, Any]]) -> None:
    with run_emulator("openai", key="test-key-0123456789", job_seconds=0.3) as emulator:
        saw = judge("openai", emulator.url)
        accepted = [job for job in emulator.bill()["jobs"] if job["prompt"] == "twice"]
    assert saw["created"] == ["video", "queued", "4", "1280x720"]
    assert saw["ended"] == ["completed", 100]
    assert saw["clip"] == "ftyp"
    assert saw["listed"] == [True]
    assert saw["polled"] == "completed"
    assert saw["wrong picture"] == saw["wrong seconds"] == saw["no=policy@submit"] == "BadRequestError"
    assert saw["wrong key"] == "AuthenticationError"
    assert saw["unknown"] == "NotFoundError"
    assert saw["no=quota@submit"] == saw["429=1@submit"] == "RateLimitError"
    assert saw["error=503@submit"] == "InternalServerError"
    assert saw["drop@submit"] == "APIConnectionError"
    assert saw["failed"] == ["failed", "moderation_blocked"]
    assert saw["deleted"] is True
    assert saw["resends a paid request"] is True
    assert len(accepted) == 2
