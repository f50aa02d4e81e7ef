from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.cli.person import Person, person_in


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return person_in(tmp_path)


@pytest.fixture(scope="module")
def regular(tmp_path_factory: pytest.TempPathFactory) -> Person:
    """The same person for all tests of a module."""
    return person_in(tmp_path_factory.mktemp("regular"))
