"""Money has one door: `submit` of a provider is called in one place, in the engine, and nothing repeats it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "shotwright"
CONFORMANCE = "testing"  # the public suites try providers themselves, and are never part of a film
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
    yield from walk(path, tree, (), worker_pools(tree))


def walk(path: Path, node: ast.AST, functions: tuple[Function, ...], pools: set[str]) -> Iterator[Use]:
    if isinstance(node, Function):
        functions = (*functions, node)
    if isinstance(node, ast.Attribute) and node.attr == "submit" and ast.unparse(node.value) not in pools:
        yield Use(path, node.lineno, functions)
    for child in ast.iter_child_nodes(node):
        yield from walk(path, child, functions, pools)


def worker_pools(tree: ast.AST) -> set[str]:
    """What the module itself binds to an executor of concurrent.futures: `pool`, `self._threads`."""
    bound: list[tuple[ast.expr | None, ast.expr | None]] = []
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                bound += [(target, value) for target in targets]
            case ast.AnnAssign(target=target, annotation=annotation):
                bound.append((target, annotation))
            case ast.withitem(context_expr=value, optional_vars=target):
                bound.append((target, value))
    return {ast.unparse(target) for target, maker in bound if target and maker and makes_executor(maker)}


def makes_executor(maker: ast.expr) -> bool:
    name = ast.unparse(maker.func if isinstance(maker, ast.Call) else maker)
    return name.rpartition(".")[2] in {"Executor", "ThreadPoolExecutor", "ProcessPoolExecutor"}


def uses_in_the_package() -> list[Use]:
    paths = [path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] != CONFORMANCE]
    return [use for path in sorted(paths) for use in uses_of_submit(path)]


def test_one_caller_and_it_is_the_engine() -> None:
    places = [f"{use.path.relative_to(PACKAGE)}:{use.line}" for use in uses_in_the_package()]
    assert len(places) == 1, places
    assert places[0].startswith("engine/")


def test_nothing_repeats_the_caller() -> None:
    for use in uses_in_the_package():
        innermost = use.functions[-1]
        loops = [node for node in ast.walk(innermost) if isinstance(node, ast.For | ast.AsyncFor | ast.While)]
        inside = [loop.lineno for loop in loops if loop.lineno <= use.line <= (loop.end_lineno or loop.lineno)]
        assert inside == [], f"{use.path}:{use.line}: submit stands in a loop"
        assert repeaters(use) == [], f"{use.path}: nothing in this file may repeat a call by itself"


def repeaters(use: Use) -> list[str]:
    """Names in the caller's file, and of the libraries it imports, that say that a call is made again."""
    tree = ast.parse(use.path.read_text(encoding="utf-8"))
    decorators = [
        ast.unparse(part) for node in ast.walk(tree) if isinstance(node, Function) for part in node.decorator_list
    ]
    imports = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    settings = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.keyword)]
    allowed = {"retries_allowed=False"}
    return [
        text
        for text in (*decorators, *imports, *settings)
        if text not in allowed and any(word in text.partition("=")[0].lower() for word in REPEATERS)
    ]


def test_a_second_caller_would_be_seen(tmp_path: Path) -> None:
    source = tmp_path / "other.py"
    source.write_text(
        "async def again(provider, order, pool):\n"
        "    await provider.submit(order)\n"
        "    await wait_for(self.providers['x'].submit(order), 3)\n"
        "    retry(provider.submit, order)\n"
        "    with ThreadPoolExecutor(2) as painters:\n"
        "        painters.submit(print)\n"
        "    self._threads = futures.ThreadPoolExecutor(2)\n"
        "    self._threads.submit(print)\n",
        encoding="utf-8",
    )
    assert [use.line for use in uses_of_submit(source)] == [2, 3, 4]


def test_what_repeats_would_be_seen(tmp_path: Path) -> None:
    source = tmp_path / "eager.py"
    source.write_text(
        "from stamina import retry\n"
        "@DBOS.step(retries_allowed=True)\n"
        "async def place(provider, order):\n"
        "    return await provider.submit(order)\n",
        encoding="utf-8",
    )
    (use,) = uses_of_submit(source)
    assert repeaters(use) == ["DBOS.step(retries_allowed=True)", "from stamina import retry", "retries_allowed=True"]
