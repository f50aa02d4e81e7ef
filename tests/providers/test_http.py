import asyncio
import gzip
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest

from shotwright.errors import LinkExpired, Refused, Unavailable, Unclear
from shotwright.providers.http import Call, Http

KEY = "sk-verysecretkey-0123456789"
POST = Call("POST", "/jobs", json={"prompt": "boat"})
GET = Call("GET", "/jobs/1")
Answer = Callable[..., bytes]


async def auth() -> Mapping[str, str]:
    return {"authorization": f"Bearer {KEY}"}


@pytest.fixture
async def http(raw: Any) -> AsyncIterator[Http]:
    client = Http("acme", f"{raw.url}/v1/", auth=auth, secrets=[KEY], limit=10_000)
    yield client
    await client.aclose()


async def test_an_answer(raw: Any, answer: Answer, http: Http) -> None:
    raw.answers["/v1/jobs"] = answer("201 Created", b'{"id": "7"}', "x-request-id: r1")
    reply = await http.submit(POST)
    assert reply.table() == {"id": "7"}
    assert reply.request_id == "r1"
    assert f"authorization: Bearer {KEY}".encode() in raw.requests[0].replace(b"Authorization", b"authorization")


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        ("400 Bad Request", b'{"error": {"message": "no such size"}}', "invalid"),
        ("401 Unauthorized", b'{"detail": "bad key"}', "credentials"),
        ("403 Forbidden", b"<html>no</html>", "credentials"),
        ("402 Payment Required", b"", "quota"),
        ("404 Not Found", b"null", "invalid"),
        ("413 Too Large", b"[]", "invalid"),
        ("422 Unprocessable", b'{"detail": [{"loc": ["x"], "msg": "m"}]}', "invalid"),
        ("429 Too Many", b"{", "busy"),
        ("302 Found", b"", "invalid"),
    ],
)
async def test_a_proven_refusal(raw: Any, answer: Answer, http: Http, status: str, body: bytes, reason: str) -> None:
    raw.answers["/v1/jobs"] = answer(status, body)
    with pytest.raises(Refused) as caught:
        await http.submit(POST)
    assert caught.value.reason == reason
    assert len(raw.requests) == 1


@pytest.mark.parametrize("status", ["500 Oops", "502 Bad Gateway", "503 Later", "504 Timeout", "408 T", "409 C"])
async def test_an_answer_that_proves_nothing(raw: Any, answer: Answer, http: Http, status: str) -> None:
    raw.answers["/v1/jobs"] = answer(status, b"<html><h1>Bad Gateway</h1></html>")
    with pytest.raises(Unclear):
        await http.submit(POST)
    assert len(raw.requests) == 1


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\ncontent-length: 20000\r\n\r\n" + b"x" * 20_000,
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip, gzip\r\ncontent-length: 0\r\n\r\n",
    ],
    ids=["closed", "cut", "garbage", "not gzip", "huge", "twice gzip"],
)
async def test_a_broken_answer_is_unclear_for_a_submit_and_unavailable_for_a_question(
    raw: Any, http: Http, wire: bytes
) -> None:
    raw.answers["/v1/jobs"] = raw.answers["/v1/jobs/1"] = wire
    with pytest.raises(Unclear):
        await http.submit(POST)
    with pytest.raises(Unavailable):
        await http.ask(GET)
    assert len(raw.requests) == 2


async def test_a_bomb_is_not_unpacked(raw: Any, answer: Answer, http: Http) -> None:
    raw.answers["/v1/jobs/1"] = answer("200 OK", gzip.compress(b"\0" * (64 << 20)), "content-encoding: gzip")
    with pytest.raises(Unavailable, match="larger"):
        await http.ask(GET)


async def test_a_deadline_covers_everything(raw: Any, http: Http) -> None:
    async def drip(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    raw.answers["/v1/jobs"] = raw.answers["/v1/jobs/1"] = drip
    with pytest.raises(Unclear, match=r"within 0\.2 s"):
        await http.submit(POST, deadline=0.2)
    with pytest.raises(Unavailable, match=r"within 0\.2 s"):
        await http.ask(GET, deadline=0.2)


async def test_no_byte_sent_is_a_proof(unused_port: int) -> None:
    http = Http("acme", f"http://127.0.0.1:{unused_port}/v1")
    with pytest.raises(Refused) as caught:
        await http.submit(POST)
    assert (caught.value.reason, caught.value.retry) == ("busy", True)
    with pytest.raises(Unavailable):
        await http.ask(GET)
    await http.aclose()


@pytest.fixture
async def unused_port() -> int:
    server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("retry-after: 7", 7.0),
        ("retry-after-ms: 1500", 1.5),
        ("retry-after: Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("retry-after: soon", None),
        ("retry-after: nan", None),
        ("retry-after: 1e99", 86400.0),
        ("x-other: 1", None),
    ],
)
async def test_retry_after(raw: Any, answer: Answer, http: Http, header: str, wait: float | None) -> None:
    raw.answers["/v1/jobs"] = raw.answers["/v1/jobs/1"] = answer("429 Busy", b"{}", header)
    with pytest.raises(Refused) as refused:
        await http.submit(POST)
    assert refused.value.retry_after == wait
    with pytest.raises(Unavailable) as unavailable:
        await http.ask(GET)
    assert unavailable.value.retry_after == wait


@pytest.mark.parametrize("status", ["500 Oops", "429 Busy", "401 No", "403 No", "302 Found"])
async def test_a_question_without_a_usable_answer(raw: Any, answer: Answer, http: Http, status: str) -> None:
    raw.answers["/v1/jobs/1"] = answer(status, b"<html>", "location: /elsewhere")
    with pytest.raises(Unavailable):
        await http.ask(GET)


@pytest.mark.parametrize(
    ("status", "reason"),
    [("500 Oops", "busy"), ("429 Busy", "busy"), ("401 No", "credentials"), ("413 Large", "invalid"), ("200 OK", None)],
)
async def test_what_a_submit_needs_first_is_refused_not_unclear(
    raw: Any, answer: Answer, http: Http, status: str, reason: str | None
) -> None:
    raw.answers["/v1/jobs"] = answer(status, b"{}")
    if reason is None:
        assert (await http.prepare(POST)).ok
        return
    with pytest.raises(Refused) as caught:
        await http.prepare(POST)
    assert caught.value.reason == reason


async def test_a_404_is_an_answer(raw: Any, http: Http) -> None:
    assert (await http.ask(GET)).status == 404


async def test_secrets_stay_in(raw: Any, answer: Answer, http: Http) -> None:
    body = f'{{"error": {{"message": "Incorrect API key provided: {KEY}"}}}}'.encode()
    raw.answers["/v1/jobs"] = answer("401 No", body)
    with pytest.raises(Refused) as caught:
        await http.submit(POST)
    assert KEY not in str(caught.value.as_json())
    assert "Incorrect API key" in caught.value.message


async def test_a_download(raw: Any, answer: Answer, http: Http, sink: Any) -> None:
    raw.answers["/v1/clip"] = answer("200 OK", b"clip" * 5000, "content-type: video/mp4")
    await http.download(f"{raw.url}/v1/clip", sink)
    assert sink.data == b"clip" * 5000
    assert KEY.encode() in raw.requests[0]


async def test_credentials_stay_with_their_origin(raw: Any, other: Any, answer: Answer, sink: Any) -> None:
    raw.answers["/v1/clip"] = answer("302 Found", b"", f"location: {other.url}/store?sig=1")
    other.answers["/store"] = answer("200 OK", b"clip")
    http = Http("acme", f"{raw.url}/v1", auth=auth, allow_private=True)
    await http.download(f"{raw.url}/v1/clip", sink)
    assert sink.data == b"clip"
    assert KEY.encode() in raw.requests[0]
    assert KEY.encode() not in other.requests[0]
    await http.aclose()


async def test_a_result_on_a_private_address_is_not_fetched(
    raw: Any, other: Any, answer: Answer, http: Http, sink: Any
) -> None:
    raw.answers["/v1/clip"] = answer("302 Found", b"", f"location: {other.url}/store")
    for link in (f"{raw.url}/v1/clip", f"{other.url}/store"):
        with pytest.raises(Unavailable, match="not followed"):
            await http.download(link, sink)
    assert other.requests == []


@pytest.mark.parametrize(
    ("wire", "error"),
    [
        (b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", LinkExpired),
        (b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n", LinkExpired),
        (b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n", LinkExpired),
        (b"HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n", Unavailable),
        (b"HTTP/1.1 429 Busy\r\ncontent-length: 0\r\n\r\n", Unavailable),
        (b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}", Unavailable),
        (b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nno", Unavailable),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf", Unavailable),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n", Unavailable),
        (b"", Unavailable),
    ],
)
async def test_a_download_that_fails(raw: Any, http: Http, sink: Any, wire: bytes, error: type[Exception]) -> None:
    raw.answers["/v1/clip"] = wire
    with pytest.raises(error):
        await http.download(f"{raw.url}/v1/clip", sink)


async def test_a_download_has_a_limit_and_a_deadline(raw: Any, answer: Answer, http: Http, sink: Any) -> None:
    async def hang(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\nx")
        await writer.drain()
        await asyncio.sleep(5)

    raw.answers["/v1/big"] = answer("200 OK", b"x" * 5000)
    raw.answers["/v1/hang"] = hang
    with pytest.raises(Unavailable, match="larger than 1000"):
        await http.download(f"{raw.url}/v1/big", sink, limit=1000)
    assert len(sink.data) <= 1000
    with pytest.raises(Unavailable, match="longer than"):
        await http.download(f"{raw.url}/v1/hang", sink, deadline=0.2)
