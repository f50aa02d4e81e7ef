"""What Runway's endpoints take, model by model: from its OpenAPI types (SDK 5.24.0) and documents, read 2026-11-21.

A line is `field[*][=rule]`, * for required. What a rule means goes with the field: see `runway.py`. Lengths that only
resellers state, and the refusal of unknown fields, are stricter than what is documented.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping
from fractions import Fraction

from shotwright.domain.units import Size

_SIX = "1280:720|720:1280|1104:832|960:960|832:1104|1584:672"
_HD = "1280:720|720:1280|1080:1920|1920:1080"
_OMNI = "640:360|360:640|1280:720|720:1280|1920:1080|1080:1920|3840:2160|2160:3840"
_S480 = "992:432|864:496|752:560|640:640|560:752|496:864"
_S480_25 = "992:432|854:480|752:560|640:640|560:752|480:854"
_S720 = "1470:630|1280:720|1112:834|960:960|834:1112|720:1280"
_S1080 = "2206:946|1920:1080|1664:1248|1440:1440|1248:1664|1080:1920"
_S4K = "3840:1646|3840:2160|3840:2880|3840:3840|2880:3840|2160:3840"
_WAN = (
    "832:480|720:544|624:624|544:720|480:832|1280:720|1104:832|960:960|832:1104|720:1280"
    "|1920:1080|1648:1248|1440:1440|1248:1648|1080:1920|auto_480p|auto_720p|auto_1080p"
)
_WORDS = "adaptive|21:9|16:9|4:3|1:1|3:4|9:16"
_EXTRA = "references referenceAudio referenceVideos"


def _veo() -> dict[str, str]:
    rest = f"ratio*={_HD} audio duration=4|6|8 negativePrompt=1000 seed"
    return {"text": f"promptText*=1000 {rest}", "image": f"promptImage*=last promptText=1000 {rest}"}


def _seedance(ratios: str) -> dict[str, str]:
    rest = f"audio duration=4..15|auto ratio={ratios} seed"
    return {
        "text": f"promptText*=3500 {rest} {_EXTRA}",
        "image": f"promptImage*=any promptText=3500 {rest} referenceAudio",
        "video": f"promptVideo* promptText=3500 {rest} {_EXTRA}",
    }


def _kling(ratios: str) -> dict[str, str]:
    rest = "audio cfgScale duration=3..15 promptText providerSettings"
    return {"text": f"ratio*={ratios} {rest}", "image": f"promptImage*=last ratio={ratios} {rest}"}


def _kling_omni(ratios: str) -> dict[str, str]:
    rest = "audio duration=3..15 promptText providerSettings"
    return {
        "text": f"ratio*={ratios} {rest}",
        "image": f"promptImage*=last ratio={ratios} {rest} references",
        "video": "promptVideo* promptText* providerSettings references",
    }


def _wan() -> dict[str, str]:
    rest = f"promptText* audio duration=1..30 ratio={_WAN} referenceAudio referenceVideos"
    return {"text": f"{rest} references", "image": f"promptImage*=any {rest}"}


_GEN = "seed contentModeration outputFormat"
_SEEDANCE_25 = (
    "promptText=15000 audio draft duration=4..30|auto outputFormat seed referenceAudio"
    f" ratio={_S480_25}|{_S720}|{_S1080}"
)
_HAILUO = f"promptText* duration=4..15 ratio={_WORDS} resolution=768p|2k|768P|2K referenceAudio"

SCHEMA: Mapping[str, Mapping[str, str]] = {
    "gen4.5": {
        "text": f"promptText*=1000 duration*=2..10 ratio*=1280:720|720:1280 {_GEN}",
        "image": f"promptText*=1000 promptImage*=first duration*=2..10 ratio*={_SIX} {_GEN}",
    },
    "gen4_turbo": {
        "image": f"promptText=1000 promptImage*=first duration=2..10 ratio*={_SIX} seed contentModeration",
    },
    "aleph2": {"video": f"promptText=1000 videoUri* keyframes ratio targetAspectRatio {_GEN}"},
    "veo3.1": _veo(),
    "veo3.1_fast": _veo(),
    "gemini_omni_flash_1.1": {
        "text": f"promptText* duration=3..10|auto ratio={_OMNI} references referenceVideos",
        "image": f"promptText* promptImage*=last duration=3..10|auto ratio={_OMNI}",
        "video": f"promptText* videoUri* duration=3..10|auto mode ratio={_OMNI} references",
    },
    "gemini_omni_flash": {
        "text": "promptText* duration=3..10 ratio=1280:720|720:1280",
        "image": "promptText promptImage*=first duration=3..10 ratio=1280:720|720:1280",
        "video": "promptText* videoUri* references",
    },
    "seedance2": _seedance(f"{_S480}|{_S720}|{_S1080}|{_S4K}"),
    "seedance2_fast": _seedance(f"{_S480}|{_S720}"),
    "seedance2_mini": _seedance(f"{_S480}|{_S720}"),
    "seedance2_5": {
        "text": f"{_SEEDANCE_25} draftTaskId references referenceVideos",
        "image": f"promptImage*=any {_SEEDANCE_25}",
        "video": f"promptVideo* {_SEEDANCE_25} mode references referenceVideos",
    },
    "kling2.5_turbo_pro": {
        "text": "promptText* cfgScale duration=5|10 ratio=1920:1080|1440:1440|1080:1920|1280:720|720:720|720:1280",
        "image": "promptText* promptImage*=last cfgScale duration=5|10",
    },
    "kling3.0_standard": _kling("1280:720|720:1280|960:960"),
    "kling3.0_pro": _kling("1920:1080|1080:1920|1440:1440"),
    "kling3.0_4k": _kling("3840:2160|2160:3840|2880:2880"),
    "klingO3_standard": _kling_omni("1280:720|720:1280|960:960"),
    "klingO3_pro": _kling_omni("1920:1080|1080:1920|1440:1440"),
    "klingO3_4k": _kling_omni("3840:2160|2160:3840|2880:2880"),
    "kling_4": {
        "text": "promptText* duration=3..30 references referenceVideos ratio=1280:720|720:1280|940:940|1460:624"
        "|1920:1080|1080:1920|1440:1440|2200:940|auto_720p|auto_1080p",
        "image": "promptText promptImage*=any duration=3..30 ratio=auto_720p|auto_1080p references referenceVideos",
        "video": "promptText* videoUri* ratio=auto_720p|auto_1080p references",
    },
    "hailuo3": {
        "text": f"{_HAILUO} references referenceVideos",
        "image": f"promptImage*=any {_HAILUO}",
        "video": f"promptVideo* {_HAILUO} references referenceVideos",
    },
    "wan3": _wan(),
    "wan3_prime": _wan(),
    "h3_max": {
        "text": "promptText* duration=1..30 promptExpansionMode resolution=480p|768p seed",
        "image": "promptText* promptImage*=last duration=1..30 promptExpansionMode resolution=480p|768p seed",
    },
    "happyhorse_1_0": {
        "text": "promptText*=2500 duration=1..30 ratio=1280:720|720:1280|960:960|1108:832|832:1108|1920:1080|1080:1920"
        "|1440:1440|1662:1248|1248:1662",
        "image": "promptText=2500 promptImage*=first duration=1..30 resolution=720p|1080p|720P|1080P",
    },
    "grok_imagine_1_5": {
        "text": "promptText* duration=1..30 ratio=1:1|16:9|9:16|4:3|3:4|3:2|2:3 resolution=480p|720p|1080p"
        " references referenceAudio",
        "image": "promptText promptImage*=first duration=1..30 resolution=480p|720p|1080p",
    },
    "grok_imagine_1_5_lite": {
        "text": "promptText* duration=1..30 ratio=848:480|480:848|480:480|640:480|480:640|720:480|480:720|1280:720"
        "|720:1280|720:720|960:720|720:960|1088:720|720:1088|1904:1072|1072:1904|1424:1424|1648:1232|1232:1648"
        "|1744:1152|1152:1744",
        "image": "promptText promptImage*=first duration=1..30 ratio=auto_480p|auto_720p|auto_1080p",
    },
}

WITHOUT_SOUND = frozenset(
    {"gen4.5", "gen4_turbo", "kling2.5_turbo_pro", "happyhorse_1_0", "grok_imagine_1_5", "grok_imagine_1_5_lite"}
)


def credits_per_second(model: str, size: Size, audio: bool) -> Fraction | None:
    """Credits (0.01 USD) for a second at this size in pixels; None where no price is published."""
    tier = bisect([500_000, 1_000_000, 2_500_000], size.pixels)
    prices: Mapping[str, int] = {
        "gen4.5": 12,
        "gen4_turbo": 5,
        "aleph2": 28,
        "veo3.1": 40 if audio else 20,
        "veo3.1_fast": 15 if audio else 10,
        "gemini_omni_flash": 10,
        "seedance2": (36, 36, 40, 150)[tier],
        "seedance2_fast": 29,
        "seedance2_mini": 16,
        "seedance2_5": (20, 30, 68, 68)[tier],
        "hailuo3": 10 if min(size.width, size.height) <= 768 else 15,
    }
    return Fraction(prices[model]) if model in prices else None


LEAST_CREDITS = {"aleph2": 56, "seedance2_mini": 64, "seedance2_5": 80}
