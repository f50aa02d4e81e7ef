"""Servers that speak each vendor's wire format, return small real clips, keep a bill, and misbehave on demand.

    with run_emulator("openai", faults="drop-after@submit*1") as emulator:
        ...  # point a client at emulator.url
        assert emulator.bill()["charged"] == 1

From a shell: `python -m shotwright.testing.emulators openai --port 8700 --faults 429%10 --seed 7`.
Needs the extra `emulate` (Starlette, python-multipart, uvicorn).
"""

from shotwright.testing.emulators.run import RunningEmulator, emulator_names, run_emulator, serve

__all__ = ["RunningEmulator", "emulator_names", "run_emulator", "serve"]
