"""The settings and commands on the vendors' pages work as they stand there, against the emulators that they name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shotwright import Studio
from shotwright.config import load_settings
from shotwright.providers.registry import Providers
from shotwright.providers.vendor import Tools
from shotwright.studio.workshop import named_connections, vendor_tables
from shotwright.testing.doubles import MappedInputs
from shotwright.testing.emulators import run_emulator
from tests.docs.pages import blocks, files

SHOTWRIGHT = str(Path(sys.executable).with_name("shotwright"))
PORT = "http://127.0.0.1:8700"
EXTRAS: dict[str, dict[str, Any]] = {"openai": {"dialect": "vllm-omni"}, "azure": {"key": "demo"}}


@pytest.mark.parametrize(("page", "model"), [("openai", "gpubox/wan"), ("azure", "sweden/sora-prod")])
async def test_a_connection_of_ones_own(page: str, model: str, tmp_path: Path) -> None:
    (tmp_path / "shotwright.toml").write_text(files(f"providers/{page}.md")["shotwright.toml"])
    settings = load_settings(cwd=tmp_path, overrides={"home": str(tmp_path / "home")}, environment={})
    async with Studio(settings) as studio:
        board = studio.board_for("fog over a pier", model=model, seconds=4, size="1280x720", fps=24, sound=False)
        plan = await studio.plan(board)
    assert plan.shots[0].model == model
    assert plan.total.micros > 0
    assert not any("not in the catalogue" in said or "price" in said for said in plan.shots[0].warnings)
    tools = Tools(MappedInputs(), tmp_path / "spool")
    named = named_connections(settings, tools)
    providers = Providers(vendor_tables(settings, Providers({}, tools, named)), tools, named)
    assert providers.get(model.partition("/")[0]).name == model.partition("/")[0]
    await providers.aclose()


@pytest.mark.parametrize("page", ["openai", "azure"])
def test_a_clip_from_the_emulator(page: str, tmp_path: Path) -> None:
    line = next(code for code in blocks(f"providers/{page}.md", "sh") if "generate" in code)
    with run_emulator(page, **EXTRAS[page]) as emulator:
        assert PORT in line
        command = re.sub(r"\bshotwright ", f"{SHOTWRIGHT} ", line.replace(PORT, emulator.url).strip(), count=1)
        done = subprocess.run(
            ["/bin/sh", "-c", f"{command} -o clip.mp4"],
            cwd=tmp_path,
            env={"PATH": os.defpath, "HOME": str(tmp_path), "SHOTWRIGHT_HOME": str(tmp_path / "home")},
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        bill = emulator.bill()
    assert done.returncode == 0, done.stdout + done.stderr
    assert (bill["accepted"], bill["unfetched"]) == (1, [])
    assert (tmp_path / "clip.mp4").stat().st_size > 1000
