import hashlib
import io
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from shotwright.domain.order import Input, Order, Role
from shotwright.domain.units import FrameRate, Size
from shotwright.providers.vendor import Tools
from shotwright.providers.vendors.kling import VENDOR
from shotwright.providers.vendors.kling.adapter import Kling
from shotwright.testing.doubles import MappedInputs

KEY = "api-key-kling-0123456789"
PAIR: dict[str, Any] = {"access_key": "access-0123456789", "secret_key": "secret-of-the-pair-0123456789"}


class Desk:
    """Pictures as files, and providers that read them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inputs = MappedInputs()
        self.tools = Tools(self.inputs, folder / "spool", allow_private=True)

    def provider(self, url: str, **settings: Any) -> Kling:
        given = settings if "access_key" in settings else {"api_key": KEY, **settings}
        made = VENDOR.create({"base_url": url, **given}, self.tools)
        assert isinstance(made, Kling)
        return made

    def picture(
        self, role: Role = Role.FIRST, width: int = 400, height: int = 300, kind: str = "PNG", colour: int = 9
    ) -> Input:
        file = io.BytesIO()
        Image.new("RGB", (width, height), (colour, 40, 80)).save(file, kind)
        digest = hashlib.sha256(file.getvalue()).hexdigest()
        path = self.folder / digest
        path.write_bytes(file.getvalue())
        self.inputs.files[digest] = path
        return Input(role, digest, f"image/{kind.lower()}", width, height)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def make_order() -> Callable[..., Order]:
    """An order of 5 s at 1280x720 of a model, with whatever else is given."""

    def make(model: str = "kling-3.0", *inputs: Input, **fields: Any) -> Order:
        given: dict[str, Any] = {"prompt": "lanterns on a lake", "seconds": Fraction(5), "size": Size(1280, 720)}
        return Order("kling", model, fps=FrameRate(Fraction(24)), inputs=inputs, **{**given, **fields})

    return make
