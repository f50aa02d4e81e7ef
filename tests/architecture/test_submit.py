"""Money has one door: `submit` of a provider is called in one place, in the engine, and nothing repeats it.

Two things share the verb and are told apart by what a module binds: worker pools of concurrent.futures, and `Http`, the
providers' client, whose `submit` sends the one request of an adapter's `submit`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "shotwright"
CONFORMANCE = "testing"  # the public suites try providers themselves, and are never part of a film
EXECUTORS = {"Executor", "ThreadPoolExecutor", "ProcessPoolExecutor"}
HTTP_CLIENT = {"Http"}
REPEATERS = ("retry", "retries", "stamina", "tenacity", "backoff")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Use:
    """One mention of `something.submit`, called or handed on, inside the functions around it (innermost last)."""

    path: Path
    line: int
    functions: tuple[Function, ...]


def uses_of_submit(path: Path, besides: set[str] = EXECUTORS | HTTP_CLIENT) -> Iterator[Use]:
    """Uses in one file, but for those on names that are bound to a class of `besides`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield from walk(path, tree, (), bound_to(tree, besides))


def walk(path: Path, node: ast.AST, functions: tuple[Function, ...], others: set[str]) -> Iterator[Use]:
    if isinstance(node, Function):
        functions = (*functions, node)
    if isinstance(node, ast.Attribute) and node.attr == "submit" and ast.unparse(node.value) not in others:
        yield Use(path, node.lineno, functions)
    for child in ast.iter_child_nodes(node):
        yield from walk(path, child, functions, others)


def bound_to(tree: ast.AST, classes: set[str]) -> set[str]:
    """Names that the module itself binds to one of the classes: `pool`, `self._http`. Follows plain assignments."""
    makers: dict[str, set[str]] = {}
    for name, maker in bindings(tree):
        makers.setdefault(name, set()).add(maker)
    found: set[str] = set()
    while more := {name for name, made in makers.items() if made <= classes | found} - found:
        found |= more
    return found


def bindings(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Each bound name with what it is bound to: a class that is called or annotated, or another name."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                yield from ((ast.unparse(target), maker_name(value)) for target in targets)
            case ast.AnnAssign(target=target, annotation=annotation):
                yield ast.unparse(target), maker_name(annotation)
            case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
                yield ast.unparse(target), maker_name(value)
            case ast.arg(arg=name, annotation=ast.expr() as annotation):
                yield name, maker_name(annotation)


def maker_name(maker: ast.expr) -> str:
    if isinstance(maker, ast.Call):
        return ast.unparse(maker.func).rpartition(".")[2]
    return ast.unparse(maker)


def uses_in_the_package() -> list[Use]:
    paths = [path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] != CONFORMANCE]
    return [use for path in sorted(paths) for use in uses_of_submit(path)]


def test_one_caller_and_it_is_the_engine() -> None:
    places = [f"{use.path.relative_to(PACKAGE)}:{use.line}" for use in uses_in_the_package()]
    assert len(places) == 1, places
    assert places[0].startswith("engine/")


def test_nothing_repeats_the_caller() -> None:
    for use in uses_in_the_package():
        assert loops_around(use) == [], f"{use.path}:{use.line}: submit stands in a loop"
        assert repeaters(use) == [], f"{use.path}: nothing in this file may repeat a call by itself"


def test_an_adapter_sends_one_request_for_a_submit() -> None:
    for path in sorted((PACKAGE / "providers").rglob("*.py")):
        uses = list(uses_of_submit(path, besides=EXECUTORS))
        callers = [use.functions[-1].name for use in uses]
        assert len(callers) == len(set(callers)), f"{path}: two requests in one function: {callers}"
        for use in uses:
            assert loops_around(use) == [], f"{path}:{use.line}: a billable request stands in a loop"
            assert repeaters(use) == [], f"{path}: nothing in this file may repeat a call by itself"


def loops_around(use: Use) -> list[int]:
    """Lines of the loops around a use, within its function."""
    loops = [node for node in ast.walk(use.functions[-1]) if isinstance(node, ast.For | ast.AsyncFor | ast.While)]
    return [loop.lineno for loop in loops if loop.lineno <= use.line <= (loop.end_lineno or loop.lineno)]


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
        "    self._threads.submit(print)\n"
        "    self._http = Http('x')\n"
        "    self._http.submit(call)\n",
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
