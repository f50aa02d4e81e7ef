import hashlib
import io
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from shotwright.domain.order import Input, Order, Role
from shotwright.domain.units import FrameRate, Size
from shotwright.providers.vendor import Tools
from shotwright.providers.vendors.runway import VENDOR
from shotwright.providers.vendors.runway.adapter import Runway
from shotwright.testing.doubles import MappedInputs
from shotwright.testing.emulators.clips import make_clip

KEY = "key_" + "0a" * 64


class Desk:
    """Inputs as files, orders from them, and providers that share one spool."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inputs = MappedInputs()
        self.tools = Tools(self.inputs, folder / "spool", allow_private=True)

    def provider(self, url: str, **settings: Any) -> Runway:
        made = VENDOR.create({"base_url": url, "api_key": KEY, **settings}, self.tools)
        assert isinstance(made, Runway)
        return made

    def picture(self, role: Role = Role.FIRST, *, noise: int = 0, kind: str = "PNG", colour: int = 0) -> Input:
        """A picture of 64 by 36, or of `noise` by `noise` random pixels for one that won't pack."""
        if noise:
            pixels = np.random.default_rng(colour).integers(0, 255, (noise, noise, 3), np.uint8)
        else:
            pixels = np.full((36, 64, 3), colour, np.uint8)
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, kind)
        return self.keep(role, file.getvalue(), f"image/{kind.lower()}", pixels.shape[1], pixels.shape[0])

    def clip(self, seconds: int) -> Input:
        length = Fraction(seconds)
        data = make_clip(Size(64, 36), length, FrameRate(Fraction(8)), name="source")
        return self.keep(Role.VIDEO, data, "video/mp4", 64, 36, length)

    def keep(
        self, role: Role, data: bytes, kind: str, width: int = 0, height: int = 0, seconds: Fraction = Fraction(0)
    ) -> Input:
        digest = hashlib.sha256(data).hexdigest()
        path = self.folder / digest
        path.write_bytes(data)
        self.inputs.files[digest] = path
        return Input(role, digest, kind, width, height, seconds)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def make_order() -> Callable[..., Order]:
    """An order of 5 s at 1280x720 of a model, with whatever else is given."""

    def make(model: str = "gen4.5", *inputs: Input, **fields: Any) -> Order:
        given: dict[str, Any] = {"prompt": "fog over a pier", "seconds": Fraction(5), "size": Size(1280, 720), **fields}
        return Order("runway", model, fps=FrameRate(Fraction(24)), inputs=inputs, **given)

    return make
