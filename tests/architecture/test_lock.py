"""The lock serves what pyproject.toml asks for: every requirement is in it, at an allowed version, with digests."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ENTRY = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)(?P<rest>(?:[^\n]*\\\n)*[^\n]*)", re.MULTILINE
)
LOCKED = list(ENTRY.finditer((ROOT / "requirements.lock").read_text(encoding="utf-8")))
VERSIONS = {canonicalize_name(entry["name"]): Version(entry["version"]) for entry in LOCKED}

REQUIREMENTS = [
    Requirement(text)
    for group in (
        PROJECT["build-system"]["requires"],
        PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"].values(),
        PROJECT["dependency-groups"]["dev"],
    )
    for text in group
]


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=str)
def test_requirement_is_locked_at_an_allowed_version(requirement: Requirement) -> None:
    version = VERSIONS.get(canonicalize_name(requirement.name))
    assert version is not None, "make the lock anew:  ./dev lock"
    assert version in requirement.specifier


def test_every_entry_has_digests() -> None:
    assert LOCKED
    assert [entry["name"] for entry in LOCKED if "--hash=sha256:" not in entry["rest"]] == []


def test_each_package_is_locked_once() -> None:
    names = [canonicalize_name(entry["name"]) for entry in LOCKED]
    assert sorted(names) == sorted(set(names))
