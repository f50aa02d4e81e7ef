"""Azure's `/openai/v1/videos`: the OpenAI emulator in its `azure` dialect, with the same options."""

from __future__ import annotations

from dataclasses import replace

from shotwright.testing.emulators.base import Setup
from shotwright.testing.emulators.openai import OpenAIEmulator


class AzureEmulator(OpenAIEmulator):
    name = "azure"

    def __init__(self, setup: Setup | None = None) -> None:
        given = setup or Setup()
        super().__init__(replace(given, options={"dialect": "azure", **given.options}))

    def new_id(self) -> str:
        return f"video_{super().new_id().removeprefix('video_azure-')}"


EMULATOR = AzureEmulator
