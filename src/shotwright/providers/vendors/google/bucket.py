"""The bucket of Cloud Storage where Vertex AI leaves clips and finds large inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from shotwright.domain.asset import Digest
from shotwright.providers.base import Sink
from shotwright.providers.http import ASK_DEADLINE, DOWNLOAD_DEADLINE, Call

if TYPE_CHECKING:
    from shotwright.providers.vendors.google.places import Places


class Bucket:
    """Calls to Cloud Storage with the account's token."""

    def __init__(self, places: Places) -> None:
        self._places = places

    async def clips(self, prefix: str, deadline: float = ASK_DEADLINE) -> list[str]:
        """The clips below a gs:// address. Raises Unavailable."""
        bucket, name = split(prefix)
        http = self._places.http("storage")
        path = f"/storage/v1/b/{quote(bucket, safe='')}/o"
        reply = await http.ask(Call("GET", path, params={"prefix": name}), deadline=deadline)
        items = reply.table().get("items", [])
        if not reply.ok or not isinstance(items, list):
            raise http.unavailable(f"the bucket {bucket} can't be listed: {reply.excerpt()}", reply)
        return [
            f"gs://{bucket}/{item['name']}"
            for item in items
            if isinstance(item, dict) and _is_clip(str(item.get("name", "")), str(item.get("contentType", "")))
        ]

    async def download(self, address: str, sink: Sink) -> None:
        """Raises LinkExpired or Unavailable."""
        bucket, name = split(address)
        http = self._places.http("storage")
        path = f"/download/storage/v1/b/{quote(bucket, safe='')}/o/{quote(name, safe='')}?alt=media"
        await http.download(http.base_url + path, sink)

    async def put(self, digest: Digest, data: bytes, media_type: str) -> str:
        """Stores an input under its digest; gives its address. Raises Refused."""
        bucket, folder = split(self._places.storage)
        name = "/".join(filter(None, (folder, "inputs", digest)))
        call = Call(
            "POST",
            f"/upload/storage/v1/b/{quote(bucket, safe='')}/o",
            content=data,
            params={"uploadType": "media", "name": name},
            headers={"content-type": media_type},
        )
        await self._places.http("storage").prepare(call, deadline=DOWNLOAD_DEADLINE)
        return f"gs://{bucket}/{name}"


def split(address: str) -> tuple[str, str]:
    """Bucket and name of a gs:// address."""
    bucket, _, name = address.removeprefix("gs://").partition("/")
    return bucket, name


def _is_clip(name: str, media_type: str) -> bool:
    return media_type.startswith("video/") or name.lower().endswith((".mp4", ".mov", ".webm"))
