"""Pictures and videos: re-encoded, ordered, one of them the cover."""

from io import BytesIO

import pytest
from PIL import Image

from models import Product, ProductMedia, StoredFile
from services import catalogue
from services.catalogue import ProductInput
from services.core import files
from services.core.errors import Invalid, NotFound, NotPermitted
from services.core.invariants import check_all

pytestmark = pytest.mark.engine
MP4 = b"\x00\x00\x00\x18ftypisom" + b"\x00" * 64


def picture(colour="red", size=(900, 600), kind="PNG"):
    out = BytesIO()
    image = Image.new("RGB", size, colour)
    exif = Image.Exif()
    exif[0x010F] = "SecretCameraMaker"
    image.save(out, kind, exif=exif)
    return out.getvalue()


@pytest.fixture
def product(owner, shop):
    files.open_store(shop.data_dir)
    return catalogue.create_product(ProductInput(name="花瓶"), actor=owner)


def add(product, owner, colour):
    medium = catalogue.prepare_image(picture(colour), f"{colour}.png")
    return catalogue.add_medium(product.id, medium, alt=colour, actor=owner)


def test_a_picture_is_written_anew_with_a_thumbnail_and_becomes_the_cover(product, owner):
    row = add(product, owner, "red")
    big, small = StoredFile.get_by_id(row.file_id), StoredFile.get_by_id(row.thumbnail_id)
    assert (big.mime, big.width, big.height, big.original_name) == ("image/webp", 900, 600, "red.png")
    assert (small.width, small.height) == (480, 320)
    assert b"SecretCameraMaker" not in files.path_of(big).read_bytes()
    assert Product.get_by_id(product.id).cover_id == small.id
    assert catalogue.shown_file(big.id, owner) == big and catalogue.shown_file(small.id, owner) == small
    assert catalogue.shown_file(big.id + 999, owner) is None


def test_the_order_decides_the_cover(product, owner):
    first, second, third = (add(product, owner, colour) for colour in ("red", "green", "blue"))
    catalogue.order_media(product.id, [third.id, first.id, second.id], actor=owner)
    assert [row.alt for row in catalogue.media_of(product.id)] == ["blue", "red", "green"]
    assert Product.get_by_id(product.id).cover_id == third.thumbnail_id
    with pytest.raises(Invalid):
        catalogue.order_media(product.id, [first.id, second.id], actor=owner)
    catalogue.remove_medium(third.id, actor=owner)
    assert Product.get_by_id(product.id).cover_id == first.thumbnail_id
    catalogue.remove_medium(first.id, actor=owner)
    catalogue.remove_medium(second.id, actor=owner)
    assert Product.get_by_id(product.id).cover_id is None
    assert all(verdict.holds for verdict in check_all())


def test_a_video_has_a_poster(product, owner):
    medium = catalogue.prepare_video(MP4, "clip.mp4", poster=picture("green"))
    row = catalogue.add_medium(product.id, medium, actor=owner)
    assert (row.kind, StoredFile.get_by_id(row.file_id).mime) == ("video", "video/mp4")
    assert Product.get_by_id(product.id).cover_id == row.thumbnail_id
    other = catalogue.set_poster(row.id, catalogue.prepare_image(picture("blue"), "poster.png"), actor=owner)
    assert Product.get_by_id(product.id).cover_id == other.thumbnail_id != row.thumbnail_id


def test_what_is_no_picture_is_refused(product):
    for data in (b"<svg onload=alert(1)>", b"%PDF-1.7", MP4, b"", b"\x89PNG\r\n\x1a\n broken"):
        with pytest.raises(Invalid):
            catalogue.prepare_image(data, "x.png")
    with pytest.raises(Invalid):
        catalogue.prepare_video(picture(), "x.mp4")


def test_alt_texts_have_a_limit_and_media_a_right(product, owner, actor_of):
    row = add(product, owner, "red")
    assert catalogue.describe_medium(row.id, " 红色花瓶 ", actor=owner).alt == "红色花瓶"
    medium = catalogue.prepare_image(picture(), "x.png")
    with pytest.raises(Invalid):
        catalogue.describe_medium(row.id, "x" * 121, actor=owner)
    with pytest.raises(NotPermitted):
        catalogue.add_medium(product.id, medium, actor=actor_of("warehouse"))
    with pytest.raises(NotFound):
        catalogue.remove_medium(999, actor=owner)
    assert ProductMedia.select().count() == 1
    once = owner.asking("upload-1")
    again = [catalogue.add_medium(product.id, medium, actor=once).id for _ in range(2)]
    assert again[0] == again[1] and ProductMedia.select().count() == 2
