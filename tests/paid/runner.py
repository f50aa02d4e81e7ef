"""A studio in a process of its own, to be killed: python -m tests.paid.runner SETTINGS.json render|work [OUTPUT]."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from shotwright import Studio
from shotwright.config import load_settings, logs
from shotwright.errors import ShotwrightError
from tests.paid.rig import QUICK, board


async def render(studio: Studio, wish: dict[str, Any], output: str) -> int:
    try:
        film = await studio.render(board(*wish["prompts"], model=wish["model"], chain=wish["chain"]), output)
    except ShotwrightError as error:
        print(json.dumps(error.as_json()))
        return error.exit_status
    print(json.dumps(film.as_json()))
    return 0


async def work(studio: Studio) -> int:
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, studio.detach)
    print("up", flush=True)
    await studio.work()
    return 0


async def main() -> int:
    told = json.loads(Path(sys.argv[1]).read_text())
    settings = load_settings(cwd=Path(told["cwd"]), overrides=told["overrides"], environment={})
    logs.set_up(settings)
    async with Studio(settings, options=QUICK) as studio:
        if sys.argv[2] == "render":
            return await render(studio, told["wish"], sys.argv[3])
        return await work(studio)


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
