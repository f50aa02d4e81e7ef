from __future__ import annotations

from pathlib import Path

import pytest

from shotwright.config import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home of the test's own, and nothing from the machine's files or environment."""
    return load_settings(cwd=tmp_path, overrides={"home": str(tmp_path / "home"), "takes_at_once": 2}, environment={})
