"""Photos' URLs are written by strangers: where the hub goes for them, and where not."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Network, ip_address, ip_network
from pathlib import Path

import anyio
import anyio.abc
import httpx2
import pytest
from anyio.streams.tls import TLSListener
from hypothesis import given
from hypothesis import strategies as st

from hub.fetch import Address, Fetched, FetchError, fetch, is_allowed

pytestmark = pytest.mark.anyio

LOOPBACK = [IPv4Network("127.0.0.0/8")]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Server:
    """Answers each request on loopback with the next of its answers, the last one again and again."""

    answers: list[bytes]
    port: int = 0
    seen: list[str] = field(default_factory=list)

    def url(self, path: str = "/photo.jpg", host: str = "photos.example.test", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    async def serve(self, stream: anyio.abc.ByteStream) -> None:
        async with stream:
            request = b""
            while b"\r\n\r\n" not in request:
                request += await stream.receive()
            self.seen.append(request.decode())
            await stream.send(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    if "content_length" not in headers:
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def local_port(listener: anyio.abc.Listener[anyio.abc.SocketStream]) -> int:
    return int(listener.extra(anyio.abc.SocketAttribute.local_port))  # noqa: S610 - anyio's, not Django's


@asynccontextmanager
async def serving(*answers: bytes, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    server = Server(list(answers))
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    server.port = local_port(listener)
    wrapped = TLSListener(listener, tls, standard_compatible=False) if tls else listener
    async with wrapped, anyio.create_task_group() as group:
        group.start_soon(wrapped.serve, server.serve)
        yield server
        group.cancel_scope.cancel()


class Names:
    """A name service that gives one list of addresses after another and counts the questions."""

    def __init__(self, *lists: Sequence[str]) -> None:
        self.lists = list(lists)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        self.asked.append(host)
        addresses = self.lists.pop(0) if len(self.lists) > 1 else self.lists[0]
        return [ip_address(address) for address in addresses]


async def get(url: str, names: Names | None = None, networks: Sequence[IPv4Network] = (), **limits: int) -> Fetched:
    async with httpx2.AsyncClient(cookies={"session": "hush"}, auth=("hub", "hush"), trust_env=False) as client:
        names = names or Names(["127.0.0.1"])
        return await fetch(client, url, networks=networks, resolve=names, timeout=5, **limits)


async def failure(
    url: str, names: Names | None = None, networks: Sequence[IPv4Network] = (), **limits: int
) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await get(url, names, networks, **limits)
    assert "example" not in str(caught.value)
    return caught.value


# --- what is fetched


async def test_a_photo_is_fetched_from_the_checked_address_in_its_hosts_name() -> None:
    async with serving(answer(b"\xff\xd8bytes", content_type="Image/JPEG; x=1")) as server:
        fetched = await get(server.url("/a?b=c#d"), networks=LOOPBACK)
    assert (fetched.body, fetched.media_type) == (b"\xff\xd8bytes", "image/jpeg")
    (request,) = server.seen
    assert request.startswith("GET /a?b=c HTTP/1.1\r\n")
    assert f"Host: photos.example.test:{server.port}\r\n" in request


async def test_nothing_of_the_clients_is_sent_to_strangers() -> None:
    async with serving(answer()) as server:
        await get(server.url(), networks=LOOPBACK)
    assert "hush" not in server.seen[0].lower()
    assert "authorization" not in server.seen[0].lower()


async def test_a_name_is_looked_up_once_so_that_it_cannot_change_after_the_check() -> None:
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    async with serving(answer(b"x")) as server:
        assert (await get(server.url(), names, LOOPBACK)).body == b"x"
    assert names.asked == ["photos.example.test"]


async def test_the_next_address_is_tried_where_one_does_not_answer() -> None:
    async with serving(answer(b"x")) as server:
        assert (await get(server.url(), Names(["127.0.0.9", "127.0.0.1"]), LOOPBACK)).body == b"x"


async def test_redirects_are_followed_and_every_one_is_checked() -> None:
    names = Names(["127.0.0.1"], ["127.0.0.1"], ["10.0.0.1"])
    async with serving(answer(status="302 Found", location="/next?x=1"), answer(b"x")) as server:
        assert (await get(server.url(), names, LOOPBACK)).body == b"x"
    assert server.seen[1].startswith("GET /next?x=1 ")
    async with serving(answer(status="302 Found", location="http://inside.example.test/")) as server:
        error = await failure(server.url(), Names(["127.0.0.1"], ["10.0.0.1"]), LOOPBACK)
    assert (error.reason, error.permanent) == ("leads into a private network", True)


async def test_a_circle_of_redirects_ends() -> None:
    async with serving(answer(status="301 Moved", location="/again")) as server:
        error = await failure(server.url(), networks=LOOPBACK)
    assert (error.reason, error.permanent, len(server.seen)) == ("was redirected more than 3 times", True, 4)


@pytest.mark.parametrize("location", ["file:///etc/passwd", "http://u:p@example.test/", "http://[::1", ""])
async def test_a_redirect_leads_nowhere_else(location: str) -> None:
    async with serving(answer(status="302 Found", location=location)) as server:
        assert (await failure(server.url(), networks=LOOPBACK)).permanent


# --- where the hub does not go


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - refused, not bound
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "::1",
        "::",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "fe80::1%eth0",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
    ],
)
async def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    error = await failure("http://photos.example.test/", Names([address]))
    assert (error.reason, error.permanent) == ("leads into a private network", True)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_allowed(ip_address(address))


async def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    assert (await failure("http://photos.example.test/", Names(["8.8.8.8", "10.0.0.1"]))).permanent


@given(st.ip_addresses(network="10.0.0.0/8"))
def test_an_allowed_network_opens_itself_alone_also_when_mapped(address: Address) -> None:
    mapped = ip_address(f"::ffff:{address}")
    for one in (address, mapped):
        assert is_allowed(one, [ip_network("10.0.0.0/8")])
        assert not is_allowed(one, [ip_network("192.168.0.0/16")])


@pytest.mark.parametrize(
    "url",
    ["ftp://example.test/x", "file:///etc/passwd", "//example.test/x", "photo.jpg", "", "http://", "http://[::1", "\0"],
)
async def test_other_addresses_are_no_urls_of_photos(url: str) -> None:
    assert (await failure(url)).permanent


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "localhost", "[::1]"])
async def test_every_spelling_of_loopback_is_refused_by_the_real_resolver(host: str) -> None:
    async with httpx2.AsyncClient(trust_env=False) as client:
        with pytest.raises(FetchError, match=r"private network|cannot be resolved"):
            await fetch(client, f"http://{host}:9/", timeout=5)


# --- limits and failures


async def test_a_body_beyond_the_limit_is_refused_however_it_is_announced() -> None:
    async with serving(answer(b"x" * 11)) as server:
        announced = await failure(server.url(), networks=LOOPBACK, max_bytes=10)
    chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nb\r\n" + b"x" * 11 + b"\r\n0\r\n\r\n"
    async with serving(chunked) as server:
        streamed = await failure(server.url(), networks=LOOPBACK, max_bytes=10)
    assert announced.reason == streamed.reason == "is larger than 10 bytes"
    assert announced.permanent


async def test_a_compressed_answer_is_refused() -> None:
    async with serving(answer(b"x", content_encoding="gzip")) as server:
        assert (await failure(server.url(), networks=LOOPBACK)).reason == "was answered compressed"


@pytest.mark.parametrize(
    ("status", "permanent"),
    [("404 Not Found", True), ("410 Gone", True), ("204 No Content", True), ("429 Slow", False), ("503 Busy", False)],
)
async def test_a_refusal_says_whether_it_is_final(status: str, permanent: bool) -> None:  # noqa: FBT001 - what is expected
    async with serving(answer(status=status)) as server:
        error = await failure(server.url(), networks=LOOPBACK)
    assert (error.reason, error.permanent) == (f"was answered with {status[:3]}", permanent)


@pytest.mark.parametrize("torn", [b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx", b"nonsense\r\n\r\n", b""])
async def test_a_torn_answer_may_be_tried_again(torn: bytes) -> None:
    async with serving(torn) as server:
        error = await failure(server.url(), networks=LOOPBACK)
    assert error.reason.startswith("broke off")
    assert not error.permanent


async def test_a_server_that_says_nothing_is_left_in_time() -> None:
    async with serving(b"") as server, httpx2.AsyncClient(trust_env=False) as client:
        silent = await anyio.create_tcp_listener(local_host="127.0.0.1")
        port = local_port(silent)
        with pytest.raises(FetchError, match="took longer than") as caught:
            await fetch(client, f"http://127.0.0.1:{port}/", networks=LOOPBACK, timeout=0.05)
        await silent.aclose()
    assert not caught.value.permanent
    assert server.seen == []


async def test_a_name_without_addresses_or_answer_may_be_tried_again() -> None:
    async def unknown(host: str, port: int) -> Sequence[Address]:
        raise OSError(f"{host}:{port} unknown")

    async with httpx2.AsyncClient(trust_env=False) as client:
        with pytest.raises(FetchError, match=r"^has a name that cannot be resolved$"):
            await fetch(client, "http://photos.example.test/", resolve=unknown)
    assert (await failure("http://photos.example.test/", Names([]))).reason == "has no address"
    assert (await failure("http://photos.example.test:9/", networks=LOOPBACK)).reason == "could not be reached"


# --- TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    path = tmp_path_factory.mktemp("tls") / "photos.pem"
    name = ["-subj", "/CN=photos.example.test", "-addext", "subjectAltName=DNS:photos.example.test"]
    made = [
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        str(path),
        "-out",
        f"{path}.crt",
    ]
    subprocess.run(["openssl", "req", "-x509", *made, *name], check=True, capture_output=True)  # noqa: S603, S607 - the system's openssl, fixed arguments
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


@pytest.mark.parametrize(("host", "trusted"), [("photos.example.test", True), ("other.example.test", False)])
async def test_the_certificate_must_be_that_of_the_name(certificate: Path, host: str, trusted: bool) -> None:  # noqa: FBT001 - what is expected
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(certificate)
    checked = ssl.create_default_context(cafile=f"{certificate}.crt")
    async with (
        serving(answer(b"x"), tls=served) as server,
        httpx2.AsyncClient(verify=checked, trust_env=False) as client,
    ):
        ask = fetch(client, server.url(host=host, scheme="https"), networks=LOOPBACK, resolve=Names(["127.0.0.1"]))
        if trusted:
            assert (await ask).body == b"x"
        else:
            with pytest.raises(FetchError, match="could not be reached"):
                await ask
    assert len(server.seen) == int(trusted)
