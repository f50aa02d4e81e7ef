"""What `--json` prints: one document, the same names as in the library, money as text in US dollars."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from shotwright.cli.text import say

if TYPE_CHECKING:
    from shotwright.domain.asset import Asset
    from shotwright.domain.model import ModelSpec
    from shotwright.studio import Check


def print_json(data: object) -> None:
    say(json.dumps(data, indent=2, ensure_ascii=False))


def model(spec: ModelSpec) -> dict[str, Any]:
    can, life = spec.capabilities, spec.lifecycle
    return {
        "name": spec.full_name,
        "title": spec.title,
        "provider": spec.provider,
        "default": spec.default,
        "modes": sorted(mode.value for mode in can.modes),
        "seconds": {
            "choices": [float(choice) for choice in can.lengths.choices],
            "least": float(can.lengths.least),
            "most": float(can.lengths.most),
            "step": float(can.lengths.step),
        },
        "sizes": [str(size) for size in can.sizes],
        "resolutions": list(can.resolutions),
        "aspects": list(can.aspects),
        "fps": [str(rate) for rate in can.fps],
        "audio": can.audio,
        "seed": can.seed,
        "negative": can.negative,
        "max_pictures": can.max_pictures,
        "prompt_max": can.prompt_max,
        "price": _price(spec),
        "lifecycle": {
            "announced": _day(life.announced),
            "deprecated": _day(life.deprecated),
            "retired": _day(life.retired),
            "successor": life.successor,
            "note": life.note,
        },
        "origin": spec.origin,
        "note": spec.note,
    }


def _price(spec: ModelSpec) -> dict[str, Any] | None:
    if spec.price is None:
        return None
    return {
        "rules": [{"usd": str(rule.usd.amount), "per": rule.per, "when": dict(rule.when)} for rule in spec.price.rules],
        "least_usd": str(spec.price.least.amount),
        "read": spec.price.read.isoformat(),
        "source": spec.price.source,
        "note": spec.price.note,
    }


def _day(day: object) -> str | None:
    return str(day) if day else None


def asset(item: Asset) -> dict[str, Any]:
    return {
        "digest": item.digest,
        "kind": item.kind.value,
        "media_type": item.media_type,
        "bytes": item.bytes,
        "origin": item.origin,
        "facts": item.facts,
    }


def check(item: Check) -> dict[str, Any]:
    return {"name": item.name, "ok": item.ok, "detail": item.detail, "hint": item.hint}
