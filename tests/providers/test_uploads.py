import asyncio
import time
from pathlib import Path

import pytest

from shotwright.errors import Refused
from shotwright.providers.uploads import Uploaded, Uploads

DIGEST = "a" * 64


class Vendor:
    def __init__(self, expires: float = 4e9) -> None:
        self.count = 0
        self.expires = expires

    async def upload(self) -> Uploaded:
        self.count += 1
        await asyncio.sleep(0)
        return Uploaded(f"vendor://{self.count}", self.expires)


async def test_a_picture_is_uploaded_once_also_for_many_and_for_another_process(tmp_path: Path) -> None:
    vendor = Vendor(time.time() + 86400)
    uploads = Uploads(tmp_path, "acme-1")
    uris = await asyncio.gather(*(uploads.uri(DIGEST, vendor.upload) for _ in range(5)))
    assert set(uris) == {"vendor://1"}
    assert await Uploads(tmp_path, "acme-1").uri(DIGEST, vendor.upload) == "vendor://1"
    assert vendor.count == 1


async def test_accounts_do_not_share(tmp_path: Path) -> None:
    vendor = Vendor()
    await Uploads(tmp_path, "acme-1").uri(DIGEST, vendor.upload)
    await Uploads(tmp_path, "acme-2").uri(DIGEST, vendor.upload)
    assert vendor.count == 2


@pytest.mark.parametrize("left", [-10.0, 60.0])
async def test_what_ends_soon_is_uploaded_again(tmp_path: Path, left: float) -> None:
    vendor = Vendor(time.time() + left)
    uploads = Uploads(tmp_path, "a")
    assert [await uploads.uri(DIGEST, vendor.upload) for _ in range(2)] == ["vendor://1", "vendor://2"]


async def test_a_failed_upload_is_not_remembered(tmp_path: Path) -> None:
    async def fails() -> Uploaded:
        raise Refused("busy", reason="busy")

    vendor = Vendor()
    uploads = Uploads(tmp_path, "a")
    with pytest.raises(Refused):
        await uploads.uri(DIGEST, fails)
    assert await uploads.uri(DIGEST, vendor.upload) == "vendor://1"
    await uploads.forget(DIGEST)
    await uploads.forget(DIGEST)
    assert await uploads.uri(DIGEST, vendor.upload) == "vendor://2"


async def test_a_torn_note_is_no_note(tmp_path: Path) -> None:
    vendor = Vendor()
    uploads = Uploads(tmp_path, "a")
    await uploads.uri(DIGEST, vendor.upload)
    next(tmp_path.rglob("*.json")).write_text("{")
    assert await uploads.uri(DIGEST, vendor.upload) == "vendor://2"
