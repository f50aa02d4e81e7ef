"""A provider that is down is reported once, its takes wait, and the first answer opens the gate for all."""

from __future__ import annotations

import asyncio
import logging
import time

import pytest

from shotwright.engine.gates import ILL_AFTER, Gate, Gates


async def test_an_open_gate_lets_everybody_through_at_once() -> None:
    gate = Gate("kling")
    async with asyncio.timeout(1):
        await asyncio.gather(*(gate.passage() for _ in range(200)))


async def test_a_provider_that_is_down_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    gate = Gate("kling")
    with caplog.at_level(logging.WARNING, "shotwright.engine"):
        for _ in range(3 * ILL_AFTER):
            gate.ill("connection refused")
        gate.well()
    assert [record.message.split(" ")[:3] for record in caplog.records] == [
        ["kling", "is", "down"],
        ["kling", "answers", "again"],
    ]


async def test_a_shut_gate_holds_callers_until_one_gets_an_answer() -> None:
    gate = Gate("kling")
    for _ in range(ILL_AFTER):
        gate.ill("down")
    assert gate.shut
    passed: list[float] = []

    async def call() -> None:
        await gate.passage()
        passed.append(time.monotonic())
        gate.well()

    async with asyncio.timeout(10):
        await asyncio.gather(*(call() for _ in range(5)))
    assert not gate.shut
    assert len(passed) == 5


async def test_a_caller_that_is_wanted_elsewhere_leaves_a_shut_gate() -> None:
    gate = Gate("kling")
    for _ in range(ILL_AFTER):
        gate.ill("down")
    async with asyncio.timeout(1):
        await gate.passage(lambda: True)
    assert gate.shut


async def test_requests_are_spread_over_the_minute() -> None:
    gate = Gates({"kling": 1200}).of("kling")
    began = time.monotonic()
    for _ in range(5):
        await gate.passage()
    assert time.monotonic() - began >= 0.2  # the fifth may leave four twentieths of a second after the first


def test_each_credential_has_a_gate_of_its_own() -> None:
    gates = Gates()
    assert gates.of("kling", "a") is gates.of("kling", "a")
    assert gates.of("kling", "a") is not gates.of("kling", "b")
