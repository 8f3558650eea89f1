"""Pictures and videos of products, in order; the first one with a thumbnail is the cover.

Decoding is slow and no query: `prepare_image` and `prepare_video` run on their own threads (`await slow(…)`), the verbs
take what they made. Pictures are always written anew as WebP; videos are kept as they are, with a poster.
"""

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from peewee import fn

from models import MediaKind, Product, ProductMedia, StoredFile
from services.catalogue.events import ProductChanged
from services.catalogue.queries import get_product
from services.core import audit, editing
from services.core.db import insert_row, transaction
from services.core.errors import Invalid, NotFound
from services.core.events import emit
from services.core.files import Picture, check_size, clean_name, reencode, sniff, store
from services.core.permissions import Actor, Permission, requires
from services.core.text import Said, Text

MAX_MEDIA = 30
LONGEST, THUMBNAIL = 2000, 480
POSTER_TIMEOUT_S = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedMedium:
    """A picture or video that was checked and re-encoded, ready to be stored."""

    kind: MediaKind
    name: str
    mime: str
    sha256: str
    data: bytes = field(repr=False)
    width: int | None = None
    height: int | None = None
    thumbnail: Picture | None = field(default=None, repr=False)


def prepare_image(data: bytes, name: str) -> PreparedMedium:
    """Check a picture and write it anew, with a thumbnail. Raises Invalid."""
    if not sniff(data).startswith("image/"):
        raise Invalid(Text("请上传图片(PNG、JPEG、WebP、GIF)", "Upload a picture (PNG, JPEG, WebP, GIF)"))
    check_size(data, "image/webp")
    picture = reencode(data, longest=LONGEST)
    return PreparedMedium(
        kind=MediaKind.IMAGE,
        name=clean_name(name),
        mime="image/webp",
        sha256=hashlib.sha256(picture.data).hexdigest(),
        data=picture.data,
        width=picture.width,
        height=picture.height,
        thumbnail=reencode(data, longest=THUMBNAIL, quality=80),
    )


def prepare_video(data: bytes, name: str, poster: bytes = b"") -> PreparedMedium:
    """Check a video (MP4, WebM) and make its poster: from `poster`, else by ffmpeg where there is one. Raises Invalid."""
    mime = sniff(data)
    if not mime.startswith("video/"):
        raise Invalid(Text("请上传视频(MP4、WebM)", "Upload a video (MP4, WebM)"))
    check_size(data, mime)
    poster = poster or _first_frame(data)
    return PreparedMedium(
        kind=MediaKind.VIDEO,
        name=clean_name(name),
        mime=mime,
        sha256=hashlib.sha256(data).hexdigest(),
        data=data,
        thumbnail=reencode(poster, longest=THUMBNAIL, quality=80) if poster else None,
    )


@requires(Permission.CATALOGUE_EDIT)
def add_medium(product_id: int, medium: PreparedMedium, *, alt: str = "", actor: Actor) -> ProductMedia:
    """Add a prepared picture or video at the end. Raises Invalid, NotFound."""
    with transaction():
        product = get_product(product_id)
        mine = ProductMedia.product == product_id
        number, last = (
            ProductMedia.select(fn.COUNT(ProductMedia.id), fn.MAX(ProductMedia.position))
            .where(mine)
            .scalar(as_tuple=True)
        )
        if number >= MAX_MEDIA:
            raise Invalid(Said(Text("最多 {n} 个图片或视频", "At most {n} pictures and videos"), n=MAX_MEDIA))
        file = store(medium.data, medium.name, medium.mime, width=medium.width, height=medium.height)
        thumbnail = _store_thumbnail(medium)
        row_id = insert_row(
            ProductMedia,
            product_id=product_id,
            kind=medium.kind,
            file_id=file.id,
            thumbnail_id=thumbnail.id if thumbnail else None,
            alt=alt.strip()[:120],
            position=0 if last is None else last + 1,
        )
        _finish(product, actor, "product.media_add", {"file": medium.name})
        return ProductMedia.get_by_id(row_id)


@requires(Permission.CATALOGUE_EDIT)
def set_poster(medium_id: int, poster: PreparedMedium, *, actor: Actor) -> ProductMedia:
    """Give a video another poster. Raises NotFound."""
    with transaction():
        row = _medium(medium_id)
        thumbnail = _store_thumbnail(poster)
        ProductMedia.update(thumbnail=thumbnail).where(ProductMedia.id == row.id).execute()
        _finish(get_product(row.product_id), actor, "product.media_poster", {"medium": medium_id})
        return ProductMedia.get_by_id(medium_id)


@requires(Permission.CATALOGUE_EDIT)
def describe_medium(medium_id: int, alt: str, *, actor: Actor) -> ProductMedia:
    """Say what a picture shows, for those who cannot see it. Raises Invalid, NotFound."""
    if len(alt.strip()) > 120:
        raise Invalid(fields={"alt": Said(Text("最多 120 个字", "At most 120 characters"))})
    with transaction():
        row = _medium(medium_id)
        ProductMedia.update(alt=alt.strip()).where(ProductMedia.id == row.id).execute()
        _finish(
            get_product(row.product_id),
            actor,
            "product.media_describe",
            {"medium": medium_id, "alt": alt.strip()},
        )
        return ProductMedia.get_by_id(medium_id)


@requires(Permission.CATALOGUE_EDIT)
def order_media(product_id: int, medium_ids: Sequence[int], *, actor: Actor) -> Product:
    """Put a product's media in this order; the first becomes the cover. Raises Invalid, NotFound."""
    with transaction():
        product = get_product(product_id)
        known = [
            row.id for row in ProductMedia.select(ProductMedia.id).where(ProductMedia.product == product_id)
        ]
        if sorted(known) != sorted(medium_ids):
            raise Invalid(
                Text(
                    "图片刚刚有变动,请刷新后再排", "The media changed in the meantime; reload and order again"
                )
            )
        for position, medium_id in enumerate(medium_ids):
            ProductMedia.update(position=position).where(ProductMedia.id == medium_id).execute()
        _finish(product, actor, "product.media_order", {"order": list(medium_ids)})
        return Product.get_by_id(product_id)


@requires(Permission.CATALOGUE_EDIT)
def remove_medium(medium_id: int, *, actor: Actor) -> Product:
    """Take a picture or video away from its product. Raises NotFound."""
    with transaction():
        row = _medium(medium_id)
        ProductMedia.delete().where(ProductMedia.id == medium_id).execute()
        name = StoredFile.get_by_id(row.file_id).original_name
        _finish(get_product(row.product_id), actor, "product.media_remove", {"file": name})
        return Product.get_by_id(row.product_id)


def _finish(product: Product, actor: Actor, action: str, after: dict[str, object]) -> None:
    """Refresh the cover, note who did it, tell everybody."""
    first = (
        ProductMedia.select(ProductMedia.thumbnail)
        .where(ProductMedia.product == product.id, ProductMedia.thumbnail.is_null(False))
        .order_by(ProductMedia.position, ProductMedia.id)
        .first()
    )
    Product.update(cover=first.thumbnail_id if first else None).where(Product.id == product.id).execute()
    editing.bump_version(Product, product.id)
    audit.record(actor, action, product, after=after)
    emit(ProductChanged(product.id))


def _store_thumbnail(medium: PreparedMedium) -> StoredFile | None:
    small = medium.thumbnail
    if small is None:
        return None
    return store(small.data, medium.name, "image/webp", width=small.width, height=small.height)


def _medium(medium_id: int) -> ProductMedia:
    row = ProductMedia.get_or_none(ProductMedia.id == medium_id)
    if row is None:
        raise NotFound()
    return row


def _first_frame(data: bytes) -> bytes:
    """A frame of a video as PNG; empty where ffmpeg is missing or does not understand it."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        return b""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video"
        path.write_bytes(data)
        command = [
            ffmpeg,
            "-v",
            "error",
            "-i",
            str(path),
            "-frames:v",
            "1",
            "-f",
            "image2pipe",
            "-c:v",
            "png",
            "-",
        ]
        try:
            made = subprocess.run(command, capture_output=True, timeout=POSTER_TIMEOUT_S, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            return b""
    return made.stdout if made.returncode == 0 else b""
