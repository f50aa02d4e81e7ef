"""Money has one door: `submit` of a provider is called in one place, in the engine, and nothing repeats it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "shotwright"
CONFORMANCE = "testing"  # the public suites try providers themselves, and are never part of a film
WORKER_POOLS = ("pool", "executor")
REPEATERS = ("retry", "retries", "stamina", "tenacity", "backoff")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Use:
    """One mention of `something.submit`, called or handed on, inside the functions around it (innermost last)."""

    path: Path
    line: int
    functions: tuple[Function, ...]


def uses_of_submit(path: Path) -> Iterator[Use]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield from walk(path, tree, ())


def walk(path: Path, node: ast.AST, functions: tuple[Function, ...]) -> Iterator[Use]:
    if isinstance(node, Function):
        functions = (*functions, node)
    if isinstance(node, ast.Attribute) and node.attr == "submit" and not last_name(node.value).endswith(WORKER_POOLS):
        yield Use(path, node.lineno, functions)
    for child in ast.iter_child_nodes(node):
        yield from walk(path, child, functions)


def last_name(node: ast.expr) -> str:
    """`pool` of `self._pool`, `pool` of `pool`; empty where there is no name."""
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name.lower()


def uses_in_the_package() -> list[Use]:
    paths = [path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] != CONFORMANCE]
    return [use for path in sorted(paths) for use in uses_of_submit(path)]


def test_one_caller_and_it_is_the_engine() -> None:
    places = [f"{use.path.relative_to(PACKAGE)}:{use.line}" for use in uses_in_the_package()]
    assert len(places) == 1, places
    assert places[0].startswith("engine/")


def test_nothing_repeats_the_caller() -> None:
    for use in uses_in_the_package():
        written = " ".join(ast.unparse(part) for function in use.functions for part in function.decorator_list)
        assert not [word for word in REPEATERS if word in written.lower()], f"{use.path}:{use.line}: {written}"
        innermost = use.functions[-1]
        loops = [node for node in ast.walk(innermost) if isinstance(node, ast.For | ast.AsyncFor | ast.While)]
        inside = [loop for loop in loops if loop.lineno <= use.line <= (loop.end_lineno or loop.lineno)]
        assert inside == [], f"{use.path}:{use.line}: submit stands in a loop"


def test_a_second_caller_would_be_seen(tmp_path: Path) -> None:
    source = tmp_path / "other.py"
    source.write_text(
        "async def again(provider, order, pool):\n"
        "    await provider.submit(order)\n"
        "    await wait_for(self.providers['x'].submit(order), 3)\n"
        "    retry(provider.submit, order)\n"
        "    pool.submit(print)\n"
        "    self._thread_pool.submit(print)\n",
        encoding="utf-8",
    )
    assert [use.line for use in uses_of_submit(source)] == [2, 3, 4]
