"""Photos by their random names, whole or small."""

from __future__ import annotations

import io
from functools import lru_cache
from secrets import compare_digest
from urllib.parse import urlsplit

import anyio
import anyio.to_thread
from PIL import Image, ImageOps
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hub.images import MEDIA_TYPE
from hub.store.blobs import Blobs
from hub.store.views_photos import find_photo
from hub.web.access import Routes
from hub.web.pages import hub_of
from hub.web.visitors import visitor_of

SHOWN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
"""What browsers are shown as it is; anything else is handed over as a file."""
SMALL = (256, 256)
KEEP_SECONDS = 24 * 3600
_resizing = anyio.CapacityLimiter(2)


def add_routes(routes: Routes) -> None:
    """Add the photos. Public ones are open to everybody, so the rule for each stands with the query."""
    routes.add("/foto/{name}", show_photo, access="public")


async def show_photo(request: Request) -> Response:
    """Give the bytes; 410 once erased, 404 for what the reader may not know of."""
    hub, name, visitor = hub_of(request), request.path_params["name"], visitor_of(request)
    sight = visitor.sight if visitor.account is not None else None
    signed = _is_signed(hub.photo_link(name), request)
    photo = await hub.store.read(lambda connection: find_photo(connection, name, sight, signed=signed))
    if photo is None or (photo.state != "erased" and not photo.content):
        raise HTTPException(404)
    if photo.state == "erased":
        raise HTTPException(410)
    content = photo.copy or photo.content
    try:
        if request.query_params.get("kecil") == "1" and photo.kind == "photo":
            body = await anyio.to_thread.run_sync(_small, hub.store.blobs, content, limiter=_resizing)
            return _answer(request, body, "image/webp", f"{content}-s")
        body = await anyio.to_thread.run_sync(hub.store.blobs.get, content)
    except (OSError, ValueError):
        raise HTTPException(410) from None
    return _answer(request, body, MEDIA_TYPE if photo.copy else photo.media_type, content)


def _is_signed(link: str, request: Request) -> bool:
    """Say whether the signature is the one in the link that the hub hands out for this photo."""
    proof = urlsplit(link).query.removeprefix("s=")
    return compare_digest(proof.encode(), request.query_params.get("s", "").encode())


def _answer(request: Request, body: bytes, media_type: str, tag: str) -> Response:
    headers = {
        "Cache-Control": f"private, max-age={KEEP_SECONDS}",
        "ETag": f'"{tag}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if media_type not in SHOWN:
        headers["Content-Disposition"] = "attachment"
        media_type = "application/octet-stream"
    return Response(body, media_type=media_type, headers=headers)


@lru_cache(maxsize=512)
def _small(blobs: Blobs, content: str) -> bytes:
    """Shrink a photo. Raises OSError where the file is gone or is no picture."""
    with Image.open(io.BytesIO(blobs.get(content))) as picture:
        picture.draft("RGB", SMALL)
        upright = ImageOps.exif_transpose(picture).convert("RGB")
        upright.thumbnail(SMALL)
        out = io.BytesIO()
        upright.save(out, "WEBP", quality=72)
    return out.getvalue()
