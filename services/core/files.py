"""Stored uploads: kept by content hash under <data_dir>/files/ab/cd/<sha256>, outside every static folder.

Pictures are always decoded and written anew (drops EXIF, GPS and polyglots). Nothing is trusted but the bytes: the type
is read from magic numbers and the structure, the given name is only shown.
"""

import hashlib
import os
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from models import Attachment, Row, StoredFile, Text
from services.core import audit
from services.core.clock import now
from services.core.db import insert_row, transaction
from services.core.errors import Invalid, NotFound
from services.core.events import touch
from services.core.permissions import Actor
from services.core.text import Said

MEGABYTE = 1024 * 1024
MAX_PIXELS = 40_000_000
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MAGIC: tuple[tuple[bytes, int, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"%PDF-", 0, "application/pdf"),
    (b"ftyp", 4, "video/mp4"),
    (b"\x1aE\xdf\xa3", 0, "video/webm"),
)
LIMITS_MB = {"image": 10, "video": 200, "application": 50, "text": 50}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Picture:
    """A re-encoded picture ready to store."""

    data: bytes
    width: int
    height: int


_root: Path | None = None


def open_store(data_dir: Path) -> None:
    """Say where uploads live; called once at start."""
    global _root
    _root = data_dir / "files"
    _root.mkdir(parents=True, exist_ok=True, mode=0o700)


def path_of(file: StoredFile) -> Path:
    """Where a stored file's bytes are."""
    return _place(file.sha256)


def sniff(data: bytes) -> str:
    """The MIME type read from the content; '' when it is none we take."""
    for magic, offset, mime in MAGIC:
        if data[offset : offset + len(magic)] == magic:
            return mime
    if data[:2] == b"PK" and zipfile.is_zipfile(BytesIO(data)):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return XLSX if "xl/workbook.xml" in archive.namelist() else ""
    if b"\x00" not in data[:4096] and not data.lstrip()[:5].lower().startswith((b"<", b"{")):
        return "text/plain"
    return ""


def reencode(data: bytes, *, longest: int = 2000, quality: int = 84) -> Picture:
    """Decode a picture and write it as WebP of at most `longest` pixels a side. Raises Invalid."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=FORMATS) as opened:
                opened.load()
                picture = opened.convert(
                    "RGBA" if "A" in opened.getbands() or "transparency" in opened.info else "RGB"
                )
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):
        text = Text(
            "这不是可用的图片(支持 PNG、JPEG、WebP、GIF)",
            "This is no picture we can use (PNG, JPEG, WebP, GIF)",
        )
        raise Invalid(Said(text)) from None
    picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    out = BytesIO()
    picture.save(out, "WEBP", quality=quality, method=3)
    return Picture(out.getvalue(), picture.width, picture.height)


def store(
    data: bytes, name: str, mime: str, *, width: int | None = None, height: int | None = None
) -> StoredFile:
    """Keep bytes (once per content) and return their row; call inside the transaction that refers to it."""
    digest = hashlib.sha256(data).hexdigest()
    known = StoredFile.get_or_none(StoredFile.sha256 == digest)
    path = _place(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    if known is not None:
        return known
    with transaction():
        row_id = insert_row(
            StoredFile,
            sha256=digest,
            original_name=clean_name(name),
            mime=mime,
            size=len(data),
            width=width,
            height=height,
            at=now(),
        )
        return StoredFile.get_by_id(row_id)


def check_size(data: bytes, mime: str) -> None:
    """Refuse what is larger than its type allows. Raises Invalid."""
    limit = LIMITS_MB.get(mime.split("/")[0], 50)
    if len(data) > limit * MEGABYTE:
        raise Invalid(Said(Text("文件超过 {limit} MB", "The file is larger than {limit} MB"), limit=limit))


def clean_name(name: str) -> str:
    """A file name that is only shown: no path, no control characters, at most 200 characters."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    return re.sub(r"[\x00-\x1f\x7f]", "", base)[-200:] or "file"


# ── attachments ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Upload:
    """A checked file, ready to be pinned to a row."""

    data: bytes
    mime: str
    width: int | None = None
    height: int | None = None


def prepare(data: bytes) -> Upload:
    """Check a file, and write a picture anew: takes a while, so before the transaction. Raises Invalid."""
    mime = sniff(data)
    if not mime:
        raise Invalid(Text("不支持这种文件", "This kind of file is not accepted"))
    check_size(data, mime)
    if not mime.startswith("image/"):
        return Upload(data, mime)
    picture = reencode(data)
    return Upload(picture.data, "image/webp", picture.width, picture.height)


def attach(subject: Row, upload: Upload, name: str, actor: Actor) -> Attachment:
    """Pin a prepared file to a row; the caller (a domain verb) has checked the right."""
    with transaction():
        file = store(upload.data, name, upload.mime, width=upload.width, height=upload.height)
        kind = audit.kind_of(subject)
        row_id = insert_row(
            Attachment,
            file_id=file.id,
            subject_kind=kind,
            subject_id=subject.id,
            name=clean_name(name),
            added_by=actor.name,
            at=now(),
        )
        audit.record(actor, "attachment.add", subject, after={"file": clean_name(name)})
        touch(kind, subject.id)
        return Attachment.get_by_id(row_id)


def detach(attachment_id: int, actor: Actor) -> Attachment:
    """Unpin a file; its bytes stay for the audit. Raises NotFound."""
    with transaction():
        row = Attachment.get_or_none(Attachment.id == attachment_id)
        if row is None:
            raise NotFound()
        Attachment.delete().where(Attachment.id == attachment_id).execute()
        audit.record(
            actor, "attachment.remove", (row.subject_kind, row.subject_id), before={"file": row.name}
        )
        touch(row.subject_kind, row.subject_id)
        return row


def attachments_of(subject: Row) -> Sequence[Attachment]:
    """The files pinned to a row, oldest first, with their StoredFile joined."""
    return list(
        Attachment.select(Attachment, StoredFile)
        .join(StoredFile)
        .where(Attachment.subject_kind == audit.kind_of(subject), Attachment.subject_id == subject.id)
        .order_by(Attachment.id)
    )


def root() -> Path:
    """The folder of the uploads. Raises RuntimeError before open_store()."""
    if _root is None:
        raise RuntimeError("no file store: call open_store() first")
    return _root


def find_attachment(attachment_id: int) -> Attachment | None:
    """One attachment with its StoredFile, or None; the caller checks who may see it."""
    joined = Attachment.select(Attachment, StoredFile).join(StoredFile)
    return joined.where(Attachment.id == attachment_id).first()


def _place(digest: str) -> Path:
    return root() / digest[:2] / digest[2:4] / digest
