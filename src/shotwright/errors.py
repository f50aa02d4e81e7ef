"""Every error that Shotwright raises.

    ShotwrightError
    ├── InvalidInput                 what was asked for can't be done as it stands
    │   ├── StoryboardError          a film.yaml (or the values for one): file, line, field, remedy
    │   ├── PictureError             a picture that can't be found, read or safely decoded
    │   ├── UnknownModel             no provider has it; the nearest names are given
    │   ├── ModelCannot              the model exists, but not with these settings
    │   └── SettingsError            a settings file or environment variable is wrong
    ├── NotFound                     no such job, take or asset
    ├── OutputExists                 the output file is there and Shotwright did not make it
    ├── EnvironmentProblem           this machine: read-only home, full disk, no such program
    ├── MediaError                   a clip or sound that can't be decoded, or cut as asked
    │   └── MixedStreams             clips that can't be joined without a new encode
    ├── OverBudget                   the next take would pass a limit; nothing was ordered
    ├── ProviderError                whoever runs the model: provider, request_id
    │   ├── Refused                  nothing was charged; reason says why
    │   ├── Unclear                  may have been charged, so it is never sent again by itself
    │   ├── Unavailable              no answer to a free call; trying again is safe
    │   └── LinkExpired              the link to a result is over; ask for the status again
    ├── JobFailed                    a film that ended without all its shots
    └── JobStopped                   a job that was cancelled or interrupted

Each error answers four questions: what happened (the message), was I charged (`charged`), may it be tried again
(`retry`), and what can I do (`hint`). Exit codes and HTTP statuses stand beside the classes and nowhere else.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar, Literal


class Charged(StrEnum):
    """Whether money moved. `UNKNOWN` is an answer of its own, never a guess."""

    NO = "no"
    YES = "yes"
    UNKNOWN = "unknown"


RefusalReason = Literal["invalid", "policy", "credentials", "quota", "retired", "busy"]


class ShotwrightError(Exception):
    """Root of the tree. `code` names the kind in JSON; `exit_status` and `http_status` are its faces elsewhere."""

    code: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        charged: Charged = Charged.NO,
        retry: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.charged = charged
        self.retry = retry

    def __str__(self) -> str:
        return self.message

    def as_json(self) -> dict[str, Any]:
        """The four answers as plain data, the same on the command line, over HTTP and in a job's record."""
        return {
            "code": self.code,
            "message": self.message,
            "charged": self.charged.value,
            "retry": self.retry,
            "hint": self.hint,
        }


class InvalidInput(ShotwrightError):
    """Names the `field`, the `value` that was given, and in `hint` the remedy."""

    code = "invalid"
    exit_status = 2
    http_status = 422

    def __init__(
        self, message: str, *, field: str | None = None, value: object = None, hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.field = field
        self.value = value

    def as_json(self) -> dict[str, Any]:
        return super().as_json() | {"field": self.field}


class StoryboardError(InvalidInput):
    """A storyboard that can't be read. `file` and `line` (from 1) are None for values that came from no file."""

    code = "storyboard"

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        field: str | None = None,
        value: object = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, field=field, value=value, hint=hint)
        self.file = file
        self.line = line

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        return f"{place}: {self.message}" if place else self.message

    def as_json(self) -> dict[str, Any]:
        return super().as_json() | {"file": self.file, "line": self.line}


class PictureError(InvalidInput):
    code = "picture"


class UnknownModel(InvalidInput):
    code = "unknown_model"


class ModelCannot(InvalidInput):
    code = "model_cannot"


class SettingsError(InvalidInput):
    code = "settings"


class NotFound(ShotwrightError):
    code = "not_found"
    exit_status = 3
    http_status = 404


class OutputExists(ShotwrightError):
    code = "output_exists"
    exit_status = 4
    http_status = 409


class EnvironmentProblem(ShotwrightError):
    code = "environment"
    exit_status = 9
    http_status = 507


class MediaError(ShotwrightError):
    code = "media"
    exit_status = 10
    http_status = 422


class MixedStreams(MediaError):
    code = "mixed_streams"


class OverBudget(ShotwrightError):
    code = "over_budget"
    exit_status = 5
    http_status = 402


class ProviderError(ShotwrightError):
    """Carries `provider` and, where the vendor gave one, `request_id` for a question to its support."""

    code = "provider"
    exit_status = 6
    http_status = 502

    def __init__(
        self,
        message: str,
        *,
        provider: str = "",
        request_id: str | None = None,
        hint: str | None = None,
        charged: Charged = Charged.NO,
        retry: bool = False,
    ) -> None:
        super().__init__(message, hint=hint, charged=charged, retry=retry)
        self.provider = provider
        self.request_id = request_id

    def as_json(self) -> dict[str, Any]:
        return super().as_json() | {"provider": self.provider, "request_id": self.request_id}


class Refused(ProviderError):
    """Proven not accepted: nothing was charged. `retry_after` in seconds, only with reason `busy`."""

    code = "refused"

    def __init__(
        self,
        message: str,
        *,
        reason: RefusalReason,
        retry_after: float | None = None,
        provider: str = "",
        request_id: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, provider=provider, request_id=request_id, hint=hint, retry=reason == "busy")
        self.reason: RefusalReason = reason
        self.retry_after = retry_after

    def as_json(self) -> dict[str, Any]:
        return super().as_json() | {"reason": self.reason, "retry_after": self.retry_after}


class Unclear(ProviderError):
    code = "unclear"
    exit_status = 7

    def __init__(
        self, message: str, *, provider: str = "", request_id: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(
            message, provider=provider, request_id=request_id, hint=hint, charged=Charged.UNKNOWN, retry=False
        )


class Unavailable(ProviderError):
    """No usable answer to a call that costs nothing. `retry_after` in seconds where the vendor named it."""

    code = "unavailable"
    http_status = 503

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        provider: str = "",
        request_id: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, provider=provider, request_id=request_id, hint=hint, retry=True)
        self.retry_after = retry_after


class LinkExpired(ProviderError):
    code = "link_expired"


class JobFailed(ShotwrightError):
    """A film without all its shots. `job` can be resumed; what was made is kept and costs nothing again."""

    code = "job_failed"
    exit_status = 8

    def __init__(
        self,
        message: str,
        *,
        job: str,
        hint: str | None = None,
        charged: Charged = Charged.NO,
        causes: tuple[dict[str, Any], ...] = (),
    ) -> None:
        super().__init__(message, hint=hint, charged=charged, retry=True)
        self.job = job
        self.causes = causes

    def as_json(self) -> dict[str, Any]:
        return super().as_json() | {"job": self.job, "causes": list(self.causes)}


class JobStopped(ShotwrightError):
    code = "job_stopped"
    exit_status = 130
    http_status = 409

    def __init__(self, message: str, *, job: str, hint: str | None = None, charged: Charged = Charged.NO) -> None:
        super().__init__(message, hint=hint, charged=charged, retry=True)
        self.job = job
