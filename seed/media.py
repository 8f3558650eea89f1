"""The goods' pictures: drawn ahead by two threads, stored and hung up in short transactions."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from models import MediaKind, Product, ProductMedia
from seed import words
from seed.pictures import COLOURS, draw
from services.core import files
from services.core.db import bulk_insert, chunks, transaction

PICTURE_PX, THUMBNAIL_PX = 640, 240
PICTURED = 240
# What is drawn in when a product comes in one colour only.
PLAIN_COLOURS = ("米白", "原木", "豆绿", "雾蓝", "焦糖", "藕粉", "湖青")
OWN_COLOURS = {
    "board": ("原木", "胡桃木", "焦糖"),
    "pan": ("墨黑", "深灰", "砖红"),
    "knife": ("胡桃木", "墨黑", "原木"),
}


@dataclass(frozen=True, slots=True)
class Sitter:
    """A product to be drawn; without a colour it gets one."""

    product_id: int
    name: str
    kind: str
    colour: str


def hang_pictures(sitters: list[Sitter]) -> None:
    """Give the first PICTURED products a picture, with its thumbnail as cover."""
    chosen = sitters[:PICTURED]
    with ThreadPoolExecutor(2) as painters:
        drawn = painters.map(_draw, range(len(chosen)), chosen)
        for part in chunks(chosen, 20):
            ready = [next(drawn) for _ in part]
            with transaction():
                for sitter, (large, small) in zip(part, ready, strict=True):
                    _hang(sitter, large, small)


def _draw(number: int, sitter: Sitter) -> tuple[bytes, bytes]:
    usual = OWN_COLOURS.get(sitter.kind, PLAIN_COLOURS)
    plain = usual[number // len(words.KINDS) % len(usual)]
    colour = sitter.colour if sitter.colour in COLOURS else plain
    return draw(sitter.kind, colour, number, PICTURE_PX), draw(sitter.kind, colour, number, THUMBNAIL_PX)


def _hang(sitter: Sitter, large: bytes, small: bytes) -> None:
    name = sitter.name
    picture = files.store(large, f"{name}.webp", "image/webp", width=PICTURE_PX, height=PICTURE_PX)
    thumbnail = files.store(small, f"{name}-s.webp", "image/webp", width=THUMBNAIL_PX, height=THUMBNAIL_PX)
    row = {
        "product_id": sitter.product_id,
        "kind": MediaKind.IMAGE,
        "file_id": picture.id,
        "thumbnail_id": thumbnail.id,
        "alt": name,
    }
    bulk_insert(ProductMedia, [row], ids=False)
    Product.update(cover=thumbnail.id).where(Product.id == sitter.product_id).execute()
