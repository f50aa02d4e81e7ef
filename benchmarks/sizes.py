"""Lines of code by room, as a table. Ends with 1 where a file is too long to be read in one sitting."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "shotwright"
LONGEST_FILE = 500
BESIDE_THE_PACKAGE = ("tests", "benchmarks", "docs", "examples")


@dataclass(frozen=True)
class Room:
    """A folder (or single module) and its Python files with their numbers of lines."""

    name: str
    files: tuple[tuple[Path, int], ...]

    @property
    def lines(self) -> int:
        return sum(lines for _, lines in self.files)

    @property
    def longest(self) -> tuple[Path, int]:
        return max(self.files, key=lambda file: file[1])


def rooms() -> Iterator[Room]:
    """The rooms of the package in the order of their names, then what stands beside the package."""
    for place in sorted(PACKAGE.iterdir()):
        if place.is_dir() or place.suffix == ".py":
            yield room(place.stem, place)
    for name in BESIDE_THE_PACKAGE:
        yield room(f"({name})", ROOT / name)


def room(name: str, place: Path) -> Room:
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    return Room(name, tuple((file, len(file.read_bytes().splitlines())) for file in files))


def table(found: list[Room]) -> str:
    lines = [f"{'room':<14}{'files':>6}{'lines':>8}  longest file"]
    for item in found:
        path, longest = item.longest
        lines.append(f"{item.name:<14}{len(item.files):>6}{item.lines:>8}  {path.relative_to(ROOT)} ({longest})")
    inside = [item for item in found if not item.name.startswith("(")]
    files, total = sum(len(item.files) for item in inside), sum(item.lines for item in inside)
    return "\n".join([*lines, f"{'shotwright':<14}{files:>6}{total:>8}"])


def too_long(found: list[Room]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} has {lines} lines; {LONGEST_FILE} is the limit: split it by what it does"
        for item in found
        for path, lines in item.files
        if lines > LONGEST_FILE
    ]


def main() -> int:
    found = [item for item in rooms() if item.files]
    print(table(found))
    complaints = too_long(found)
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
