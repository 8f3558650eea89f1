"""Product pictures drawn with Pillow."""

from io import BytesIO

from PIL import Image, ImageDraw

COLOURS: dict[str, tuple[int, int, int]] = {
    "米白": (236, 228, 212),
    "墨黑": (48, 48, 50),
    "雾蓝": (138, 160, 180),
}


def draw(kind: str, colour: str, seed: int, size: int = 640) -> bytes:
    """A picture of one kind of goods as WebP bytes."""
    base = COLOURS[colour]
    image = Image.new("RGB", (size, size), tuple(min(255, part + 18) for part in base))
    inset = size // 4 + (len(kind) + seed) % 9
    ImageDraw.Draw(image).rounded_rectangle((inset, inset, size - inset, size - inset), size // 12, fill=base)
    out = BytesIO()
    image.save(out, "WEBP", quality=82)
    return out.getvalue()
