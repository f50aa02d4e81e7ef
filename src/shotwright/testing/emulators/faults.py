"""Misbehaviour on demand: a small language for faults, drawn with a seed so that every run can be repeated.

FAULT [=VALUE] [@OPERATION] [*TIMES | %PERCENT] , ...

429@submit%10            each tenth submit is told to come back later, without saying when
429=2@check*3            the first three status calls, with Retry-After: 2
error=503@submit         5xx before the job is accepted      error-after=502@submit    after it was
drop@submit              the connection closes before the job is accepted
drop-after@submit*1      ... after it was accepted
hang=5@check             no answer for 5 seconds             slow=2@check              the answer drips for 2
garbage html empty huge  a body that is none, with status 200; the job was accepted all the same
no=policy@submit         refused at once: policy, invalid, credentials, quota, retired or busy
fail=policy              accepted, and refused later: policy, invalid or vendor
no-file                  done, but without a result
status=dreaming@check    a status word that no documentation has
lag=2                    finished 2 seconds later than said
truncate@fetch           half of the clip                    expire@fetch              the link is over
forget@check             this job is no longer known         restart@check             no job is known any more
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, cast

import numpy as np

from shotwright.errors import InvalidInput

Operation = Literal["submit", "check", "fetch", "cancel", "find", "upload", "other"]

_WHERE: dict[str, Operation | Literal["any"]] = {
    "429": "any",
    "error": "any",
    "drop": "any",
    "hang": "any",
    "slow": "any",
    "garbage": "any",
    "html": "any",
    "empty": "any",
    "huge": "any",
    "error-after": "submit",
    "drop-after": "submit",
    "no": "submit",
    "fail": "submit",
    "no-file": "submit",
    "lag": "submit",
    "status": "check",
    "forget": "check",
    "restart": "check",
    "truncate": "fetch",
    "expire": "fetch",
}
_DEFAULT = {"error": "503", "error-after": "502", "hang": "5", "slow": "1", "no": "busy", "fail": "vendor", "lag": "1"}
_DEFAULT["status"] = "dreaming"
_NUMBERS = frozenset({"429", "error", "error-after", "hang", "slow", "lag"})
_OPERATIONS = ("submit", "check", "fetch", "cancel", "find", "upload", "other")
_FAULT = re.compile(r"^([a-z0-9-]+)(?:=([\w.-]+))?(?:@([a-z]+))?(?:\*(\d+)|%(\d+(?:\.\d+)?))?$")

BEFORE = frozenset({"429", "error", "drop", "hang", "no", "forget", "restart", "expire"})
"""Faults in place of an answer; what was asked for is not done."""
JOB = frozenset({"fail", "no-file", "lag"})
"""Faults that a job gets when it is accepted."""


@dataclass
class Fault:
    """One line of the language. `left` counts down for `*TIMES`; `chance` is from 0 to 1."""

    kind: str
    value: str = ""
    where: Operation | Literal["any"] = "any"
    left: int | None = None
    chance: float = 1.0

    def number(self, default: float) -> float:
        return float(self.value) if self.value else default


def parse_faults(text: str) -> tuple[Fault, ...]:
    """Raises InvalidInput naming the fault that can't be read."""
    return tuple(_parse(part.strip()) for part in text.split(",") if part.strip())


def _parse(text: str) -> Fault:
    match = _FAULT.match(text)
    kind = match[1] if match else ""
    if match is None or kind not in _WHERE:
        raise _wrong(text, f"faults are {', '.join(_WHERE)}")
    value = match[2] or _DEFAULT.get(kind, "")
    if kind in _NUMBERS and value and not re.fullmatch(r"\d+(\.\d+)?", value):
        raise _wrong(text, f"{kind} takes a number")
    where = match[3] or _WHERE[kind]
    if where not in (*_OPERATIONS, "any"):
        raise _wrong(text, f"operations are {', '.join(_OPERATIONS)}")
    return Fault(
        kind,
        value,
        cast(Operation, where),
        left=int(match[4]) if match[4] else None,
        chance=float(match[5]) / 100 if match[5] else 1.0,
    )


def _wrong(text: str, hint: str) -> InvalidInput:
    return InvalidInput(f"{text!r} is not a fault", field="faults", value=text, hint=hint)


@dataclass
class Faults:
    """The faults in force. `drawn` counts what happened, by "kind@operation"."""

    text: str = ""
    seed: int = 0
    drawn: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = np.random.default_rng(self.seed)
        self.set(self.text)

    def set(self, text: str) -> None:
        """Other faults from now on. Raises InvalidInput and keeps the old ones."""
        self._faults = parse_faults(text)
        self.text = text

    def draw(self, operation: Operation, kinds: Iterable[str] | None = None) -> Fault | None:
        """The first fault that strikes now, among `kinds` (None: all but those of jobs)."""
        for fault in self._faults:
            if fault.where not in (operation, "any") or fault.left == 0:
                continue
            if (fault.kind in JOB) if kinds is None else (fault.kind not in kinds):
                continue
            if fault.chance < 1 and self._random.random() >= fault.chance:
                continue
            if fault.left is not None:
                fault.left -= 1
            name = f"{fault.kind}@{operation}"
            self.drawn[name] = self.drawn.get(name, 0) + 1
            return fault
        return None
