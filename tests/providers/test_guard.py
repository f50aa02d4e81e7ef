import ipaddress

import pytest

from shotwright.errors import InvalidInput
from shotwright.providers.guard import Guard, is_public

PRIVATE_HOSTS = [
    "localhost",
    "LOCALHOST",
    "localhost.",
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7f.1",
    "0177.0.0.1",
    "0177.0.0.01",
    "017700000001",
    "00000177.1",
    "0",
    "0.0.0.0",
    "0.0.0.1",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.1.254",
    "3232235777",
    "0xc0a80101",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[0:0:0:0:0:ffff:192.168.1.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:7f00:0001::1]",
    "[2002:a9fe:a9fe::]",
    "[2002:0a00:0001::]",
    "[2001::1]",
    "[2001:0:7f00:1::]",
    "[2001:db8::1]",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[100::1]",
    "\uff11\uff12\uff17.0.0.1",
    "\u2460\u2461\u2466.0.0.1",
    "127\u30020\u30020\u30021",
    "127%2e0%2e0%2e1",
    "%31%32%37.0.0.1",
    "127.0.0.1.",
    "127.0.0.1%00.example.com",
]
ODD_LINKS = [
    "",
    "//127.0.0.1/",
    "http:///x",
    "http://",
    "http:127.0.0.1/",
    "http:/127.0.0.1/",
    "https:\\\\127.0.0.1\\",
    "http://example.com\\@127.0.0.1/",
    "http://127.0.0.1\\.example.com/",
    "http://example.com@127.0.0.1/",
    "http://a:b@127.0.0.1/",
    "http://@127.0.0.1/",
    "http://127.0.0.1#@example.com/",
    "http://127.0.0.1?@example.com/",
    "http://[::1",
    "http://[127.0.0.1]/",
    "http://127.0.0.1:22/",
    "http://93.184.216.34:22/",
    "http://93.184.216.34:8080/",
    "https://93.184.216.34:6379/",
    "http://93.184.216.34:99999/",
    "http://user@93.184.216.34/",
    "http://127.0.0.1 /",
    "http://127.0.0.1\t/",
    "http://127.0.0.1\n.example.com/",
    " http://93.184.216.34/",
    "file:///etc/passwd",
    "ftp://93.184.216.34/",
    "gopher://127.0.0.1:6379/_",
    "data:text/plain,hi",
    "javascript:alert(1)",
    "dict://127.0.0.1/",
    "unix:///var/run/docker.sock",
    "http://1.2.3/",
    "http://1.2.3.4.5/",
    "http://256.1.1.1/",
    "http://93.184.216.034/",
    "http://" + "a" * 9000,
]


@pytest.mark.parametrize("host", PRIVATE_HOSTS)
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_private_addresses_are_refused_however_they_are_spelt(scheme: str, host: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        await Guard().check(f"{scheme}://{host}/latest/meta-data")
    assert caught.value.field == "url"


@pytest.mark.parametrize("link", ODD_LINKS)
async def test_odd_links_are_refused(link: str) -> None:
    with pytest.raises(InvalidInput):
        await Guard().check(link)


@pytest.mark.parametrize(
    "host", ["93.184.216.34", "[2606:2800:220:1::1]", "[64:ff9b::5db8:d822]", "[2002:5db8:d822::]"]
)
async def test_the_open_internet_is_allowed(host: str) -> None:
    target = await Guard().check(f"https://{host}/clip.mp4?x=1")
    assert target.address == str(ipaddress.ip_address(host.strip("[]")))
    assert target.url.path == "/clip.mp4"


async def test_the_operators_own_origin_is_trusted_and_no_other() -> None:
    guard = Guard(trusted=frozenset({"http://127.0.0.1:8000"}))
    assert (await guard.check("http://127.0.0.1:8000/v1")).address is None
    for other in ("http://127.0.0.1:8001/", "https://127.0.0.1:8000/", "http://localhost:8000/", "http://127.0.0.1/"):
        with pytest.raises(InvalidInput):
            await guard.check(other)


async def test_private_addresses_can_be_allowed() -> None:
    assert (await Guard(allow_private=True).check("http://127.0.0.1:8000/v1")).address == "127.0.0.1"
    with pytest.raises(InvalidInput):
        await Guard(allow_private=True).check("http://a@127.0.0.1:8000/v1")


async def test_secrets_in_links_are_not_shown() -> None:
    with pytest.raises(InvalidInput) as caught:
        await Guard().check("http://127.0.0.1/x?token=abcdefgh12345")
    assert "abcdefgh12345" not in caught.value.message


@pytest.mark.parametrize(("text", "public"), [("8.8.8.8", True), ("::ffff:8.8.8.8", True), ("2001:4860::1", True)])
def test_is_public(text: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(text)) is public
