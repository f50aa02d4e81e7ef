"""The command `shotwright`: quick answers first, then the parser, then one way to show an error."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from shotwright.cli import quick
from shotwright.cli.argv import normalised

if TYPE_CHECKING:
    from cyclopts import CycloptsError

MAY_ORDER = frozenset({"generate", "render", "demo", "jobs", "compare", "worker"})
"""Commands that can spend money."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line (without the program's name) and return its exit status. Shows every error itself."""
    tokens = normalised(sys.argv[1:] if argv is None else argv)
    try:
        answered = quick.answer(tokens)
        status = _run(tokens) if answered is None else answered
        sys.stdout.flush()
    except BrokenPipeError:
        return _reader_left()
    return status


def console() -> NoReturn:
    """The console script: `main`, then out at once. What was to be kept is on the disk by then, and a thread that still
    waits for a full disk or a dead network must not keep the terminal."""
    status = main()
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


def _run(tokens: Sequence[str]) -> int:
    from shotwright.errors import JobStopped, ShotwrightError

    as_json = "--json" in tokens
    try:
        return _parsed(tokens, as_json=as_json)
    except ShotwrightError as error:
        from shotwright.cli import failures

        return failures.show(error, as_json=as_json)
    except KeyboardInterrupt:
        from shotwright.cli import failures

        return failures.show(JobStopped("Stopped.", job=""), as_json=as_json)
    except BrokenPipeError:
        raise
    except Exception as error:
        from shotwright.cli import failures

        return failures.unexpected(error, as_json=as_json, may_order=tokens[0] in MAY_ORDER)


def _parsed(tokens: Sequence[str], *, as_json: bool) -> int:
    from cyclopts import CycloptsError

    from shotwright.cli.app import build

    app = build()
    try:
        result = app(list(tokens), exit_on_error=False, print_error=False)
    except CycloptsError as error:
        return _misunderstood(error, as_json=as_json)
    return result if isinstance(result, int) else 0


def _misunderstood(error: CycloptsError, *, as_json: bool) -> int:
    from shotwright.cli import failures

    chain = " ".join(error.command_chain or ())
    where = f"shotwright {chain} --help" if chain else "shotwright --help"
    return failures.usage(str(error).strip(), f"see {where}", as_json=as_json)


def _reader_left() -> int:
    """Whoever read our output (head, less) is gone: say nothing, as other commands do."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
