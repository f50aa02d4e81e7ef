"""Public names: one sorted list in each package, and what the list says can be imported."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "shotwright"


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def listed_names(path: Path) -> list[str] | None:
    """What a module's `__all__` says, read from the source without running it; None where there is no list."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            assert isinstance(value, ast.List | ast.Tuple), f"{path}: write __all__ out, so that it can be read"
            return [str(ast.literal_eval(item)) for item in value.elts]
    return None


LISTS = {
    module_name(path): names for path in sorted(PACKAGE.rglob("*.py")) if (names := listed_names(path)) is not None
}


def test_the_package_lists_its_names() -> None:
    assert LISTS.get("shotwright"), "shotwright/__init__.py has no __all__"


def reading_order(name: str) -> tuple[int, str]:
    """CONSTANTS, then Classes, then functions: the order that ruff writes."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


@pytest.mark.parametrize("module", LISTS)
def test_list_is_sorted_and_without_doubles(module: str) -> None:
    assert LISTS[module] == sorted(set(LISTS[module]), key=reading_order)


@pytest.mark.parametrize("module", LISTS)
def test_each_listed_name_can_be_imported(module: str) -> None:
    loaded = importlib.import_module(module)
    assert [name for name in LISTS[module] if not hasattr(loaded, name)] == []


def test_dir_of_the_package_shows_its_names() -> None:
    package = importlib.import_module("shotwright")
    assert set(LISTS["shotwright"]) <= set(dir(package))
