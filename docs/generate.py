"""Writes the pages of docs/ that come from the code; `--check` only says which are out of date, and ends with 1."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from shotwright import errors

DOCS = Path(__file__).resolve().parent
TREE_LINE = re.compile(r"^[ │├└─]*(?P<name>[A-Z]\w+)(?: {2,}(?P<words>\S.*))?$")


def words_of_errors() -> dict[str, str]:
    """What the tree at the top of errors.py says about each class."""
    tree = (errors.__doc__ or "").split("\n\n")[1]
    found = (TREE_LINE.match(line) for line in tree.splitlines())
    return {match["name"]: match["words"] or "something that nobody foresaw" for match in found if match}


def error_classes(
    root: type[errors.ShotwrightError] = errors.ShotwrightError,
) -> Iterator[type[errors.ShotwrightError]]:
    """The root and all below it, in the order of their definition."""
    yield root
    for child in root.__subclasses__():
        yield from error_classes(child)


def exit_codes() -> str:
    words = words_of_errors()
    rows = sorted(error_classes(), key=lambda kind: kind.exit_status)
    table = [
        f"| {kind.exit_status} | `{kind.code}` | `{kind.__name__}` | {kind.http_status} | {words[kind.__name__]} |"
        for kind in rows
    ]
    return "\n".join([EXIT_CODES_HEAD, *table, "", EXIT_CODES_FOOT])


EXIT_CODES_HEAD = """\
# Exit codes

Written by `./dev docs` from `src/shotwright/errors.py`; edit that file, not this page.

`shotwright` ends with 0 when it did what was asked, which includes finding that nothing had to be made. Otherwise the
exit status, the `code` in `--json` output, the exception of the library and the HTTP status of the server say the same
thing in four languages.

| exit | code | exception | HTTP | what happened |
| ---: | --- | --- | ---: | --- |"""

EXIT_CODES_FOOT = """\
Exit status 1 with `error` is for what nobody foresaw: the log under the home folder's `logs/` has the details. A
command line that can't be parsed (an unknown flag, a missing argument) is status 2 as well.

Each error also says whether money moved (`charged`: `no`, `yes` or `unknown`), whether the same command may be tried
again as it is (`retry`), and what to do next (`hint`). In scripts:

```sh
shotwright render film.yaml --json > result.json
case $? in
  0) echo "made, or nothing to do" ;;
  5) echo "over budget: nothing was ordered" ;;
  7) shotwright jobs list ;;        # may have been charged: look before asking again
  8|130) shotwright jobs list ;;    # what was made is kept; resume it
  *) exit 1 ;;
esac
```
"""

PAGES: dict[str, Callable[[], str]] = {"exit-codes.md": exit_codes}


def main(check_only: bool) -> int:
    stale = [name for name, write in PAGES.items() if not same(DOCS / name, write())]
    for name in stale:
        if check_only:
            print(f"docs/{name} is out of date: write it anew with  ./dev docs")
        else:
            (DOCS / name).write_text(PAGES[name](), encoding="utf-8")
            print(f"docs/{name} written")
    return 1 if stale and check_only else 0


def same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
