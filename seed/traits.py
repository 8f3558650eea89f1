"""What the goods are sorted and described by: the category tree, typed attributes with their templates, collections."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from models import ProductAttribute
from services import catalogue
from services.catalogue import AttributeInput, Choice, CollectionRules, RuleTerm, TemplateLine
from services.core.db import bulk_insert
from services.core.permissions import SYSTEM

# root → (Chinese, English, [(leaf, Chinese, English, kinds)])
TREE: tuple[tuple[str, str, str, tuple[tuple[str, str, str, tuple[str, ...]], ...]], ...] = (
    ("kitchen", "厨房餐具", "Kitchen & tableware", (
        ("cups", "杯壶", "Cups & pots", ("mug", "teapot", "kettle")),
        ("dishes", "碗盘", "Bowls & plates", ("plate", "bowl", "tray")),
        ("cooking", "烹饪", "Cooking", ("pan", "knife", "board", "apron")),
        ("jars", "密封储存", "Jars", ("jar",)),
    )),
    ("textile", "家纺布艺", "Textiles", (
        ("blankets", "毯与抱枕", "Blankets & cushions", ("blanket", "cushion")),
        ("slippers", "家居鞋", "Slippers", ("slippers",)),
    )),
    ("light", "灯具香氛", "Light & scent", (
        ("lamps", "灯具", "Lamps", ("lamp",)),
        ("scents", "香氛", "Scents", ("candle", "diffuser")),
    )),
    ("stationery", "文具手帐", "Stationery", (
        ("books", "本册", "Notebooks", ("notebook",)),
        ("pens", "书写", "Writing", ("pen",)),
    )),
    ("storage", "收纳清洁", "Storage & cleaning", (
        ("storing", "收纳", "Storage", ("basket", "box")),
        ("cleaning", "清洁", "Cleaning", ("broom", "brush")),
    )),
    ("furniture", "小家具", "Small furniture", (
        ("seats", "坐具", "Seats", ("chair", "stool")),
        ("walls", "墙面", "Walls", ("mirror", "frame", "clock")),
        ("plants", "花器绿植", "Vases & plants", ("vase", "plant")),
    )),
    ("outing", "出行穿戴", "Outing & wear", (
        ("carrying", "随行", "To carry", ("bottle", "bag", "umbrella")),
        ("wearing", "穿戴", "To wear", ("scarf",)),
    )),
    ("bath", "浴室用品", "Bath", (
        ("towels", "毛巾", "Towels", ("towel",)),
        ("soaps", "洗护", "Soaps", ("soap",)),
    )),
)  # fmt: skip
MATERIALS = (
    ("stoneware", "粗陶", "Stoneware"), ("porcelain", "白瓷", "Porcelain"), ("glass", "高硼硅玻璃", "Borosilicate glass"),
    ("steel", "304 不锈钢", "Stainless steel"), ("iron", "铸铁", "Cast iron"), ("oak", "橡木", "Oak"),
    ("walnut", "胡桃木", "Walnut"), ("bamboo", "竹", "Bamboo"), ("cotton", "纯棉", "Cotton"), ("linen", "亚麻", "Linen"),
    ("wool", "羊毛", "Wool"), ("rattan", "藤编", "Rattan"), ("paper", "再生纸", "Recycled paper"),
    ("wax", "大豆蜡", "Soy wax"),
    ("oil", "植物精油", "Plant oils"), ("plastic", "PP 树脂", "PP resin"), ("living", "鲜活植物", "Living plant"),
)  # fmt: skip
ORIGINS = (
    ("jingdezhen", "江西景德镇", "Jingdezhen"), ("dehua", "福建德化", "Dehua"), ("nantong", "江苏南通", "Nantong"),
    ("anji", "浙江安吉", "Anji"), ("yongkang", "浙江永康", "Yongkang"), ("dongguan", "广东东莞", "Dongguan"),
    ("caoxian", "山东曹县", "Caoxian"), ("dali", "云南大理", "Dali"),
)  # fmt: skip
MADE_OF: dict[str, tuple[str, ...]] = {
    "mug": ("stoneware", "porcelain"), "teapot": ("stoneware", "porcelain"), "kettle": ("steel",),
    "plate": ("porcelain", "stoneware"), "bowl": ("porcelain", "stoneware"), "tray": ("oak", "bamboo"),
    "pan": ("iron", "steel"), "knife": ("steel",), "board": ("oak", "walnut", "bamboo"), "apron": ("cotton", "linen"),
    "jar": ("glass",), "blanket": ("wool", "cotton"), "cushion": ("cotton", "linen"), "slippers": ("cotton", "linen"),
    "lamp": ("oak", "steel"), "candle": ("wax",), "diffuser": ("oil",), "notebook": ("paper",),
    "pen": ("plastic", "steel"), "basket": ("rattan", "bamboo"), "box": ("plastic", "bamboo"),
    "broom": ("bamboo",), "brush": ("oak", "bamboo"),
    "chair": ("oak", "walnut"), "stool": ("oak", "bamboo"), "mirror": ("oak", "steel"), "frame": ("oak", "walnut"),
    "clock": ("walnut", "steel"), "vase": ("stoneware", "glass"), "plant": ("living",), "bottle": ("steel",),
    "bag": ("cotton", "linen"), "umbrella": ("plastic", "bamboo"), "scarf": ("wool", "cotton"), "towel": ("cotton",),
    "soap": ("oil",),
}  # fmt: skip
CAPACITIES = {
    "mug": (280, 420),
    "teapot": (500, 900),
    "kettle": (600, 1_000),
    "jar": (350, 1_500),
    "bottle": (350, 750),
}
WASHABLE = {
    "apron": True,
    "blanket": False,
    "cushion": True,
    "slippers": False,
    "scarf": False,
    "towel": True,
    "bag": True,
}
BURNING = {"candle": (30, 60)}
WEIGHTS: dict[str, tuple[int, int]] = {
    "mug": (280, 420), "teapot": (500, 900), "kettle": (420, 780), "plate": (300, 900), "bowl": (220, 480),
    "tray": (600, 1_400), "pan": (900, 2_200), "knife": (160, 320), "board": (700, 2_400), "apron": (180, 320),
    "jar": (300, 900), "blanket": (900, 2_000), "cushion": (350, 700), "slippers": (180, 320), "lamp": (900, 2_400),
    "candle": (280, 520), "diffuser": (260, 480), "notebook": (140, 380), "pen": (10, 60), "basket": (300, 900),
    "box": (350, 1_100), "broom": (500, 900), "brush": (60, 180), "chair": (4_200, 7_500), "stool": (2_200, 4_200),
    "mirror": (1_800, 4_800), "frame": (300, 900), "clock": (600, 1_400), "vase": (500, 1_600), "plant": (900, 2_600),
    "bottle": (240, 420), "bag": (180, 420), "umbrella": (320, 520), "scarf": (140, 320), "towel": (90, 380),
    "soap": (90, 160),
}  # fmt: skip
COLLECTIONS = (
    ("gifts", "送礼之选", (("tag", "has", "礼盒"), ("price", "at_most", "30000"))),
    ("new-in", "本季上新", (("tag", "has", "新品"), ("status", "is", "active"))),
    ("handmade", "手作陶器", (("tag", "has", "手作"),)),
)


@dataclass(frozen=True, slots=True)
class Traits:
    """Ids of what goods are described by."""

    category_by_kind: dict[str, int]
    attribute_by_code: dict[str, int]


def plant_traits() -> Traits:
    """Write the category tree, the attributes and which category asks for which."""
    attributes = {
        given.code: catalogue.create_attribute(given, actor=SYSTEM).id
        for given in (
            AttributeInput(
                code="material",
                name_zh="材质",
                name_en="Material",
                kind="choice",
                choices=_choices(MATERIALS),
            ),
            AttributeInput(
                code="origin", name_zh="产地", name_en="Origin", kind="choice", choices=_choices(ORIGINS)
            ),
            AttributeInput(code="capacity", name_zh="容量", name_en="Capacity", kind="number", unit="ml"),
            AttributeInput(code="washable", name_zh="可机洗", name_en="Machine washable", kind="bool"),
            AttributeInput(
                code="burning", name_zh="燃烧时长", name_en="Burning time", kind="number", unit="h"
            ),
            AttributeInput(code="launched", name_zh="上市日期", name_en="Launched", kind="date"),
        )
    }
    kinds: dict[str, int] = {}
    for code, zh, en, leaves in TREE:
        root = catalogue.create_category(zh, en, code=code, actor=SYSTEM)
        lines = [TemplateLine(attribute_id=attributes[name]) for name in ("material", "origin", "launched")]
        catalogue.set_template(root.id, root.version, lines, actor=SYSTEM)
        for leaf_code, leaf_zh, leaf_en, of in leaves:
            leaf = catalogue.create_category(
                leaf_zh, leaf_en, parent_id=root.id, code=leaf_code, actor=SYSTEM
            )
            own = [
                TemplateLine(attribute_id=attributes[name])
                for name, known in (("capacity", CAPACITIES), ("washable", WASHABLE), ("burning", BURNING))
                if any(kind in known for kind in of)
            ]
            if own:
                catalogue.set_template(leaf.id, leaf.version, own, actor=SYSTEM)
            kinds |= dict.fromkeys(of, leaf.id)
    return Traits(kinds, attributes)


def describe(traits: Traits, products: list[tuple[int, str]], first: date, rng: Random) -> list[str]:
    """Write the attributes of (product id, kind); returns each product's material in Chinese."""
    names = {code: zh for code, zh, _ in MATERIALS}
    rows, told = [], []
    for product_id, kind in products:
        material = rng.choice(MADE_OF[kind])
        told.append(names[material])
        values: list[tuple[str, str, object]] = [
            ("material", "value_text", material),
            ("origin", "value_text", rng.choice(ORIGINS)[0]),
            ("launched", "value_on", first - timedelta(days=rng.randrange(600))),
        ]
        for code, known in (("capacity", CAPACITIES), ("burning", BURNING)):
            if kind in known:
                low, high = known[kind]
                values.append((code, "value_number", rng.randrange(low, high + 1, 10) * 1_000))
        if kind in WASHABLE:
            values.append(("washable", "value_number", int(WASHABLE[kind])))
        rows += [
            {
                "product_id": product_id,
                "attribute_id": traits.attribute_by_code[code],
                "value_text": None,
                "value_number": None,
                "value_on": None,
                column: value,
            }
            for code, column, value in values
        ]
    bulk_insert(ProductAttribute, rows, ids=False)
    return told


def plant_collections() -> None:
    """Three collections by rule."""
    for code, name, terms in COLLECTIONS:
        rules = CollectionRules(
            terms=tuple(RuleTerm(field=field, op=op, value=value) for field, op, value in terms)
        )
        catalogue.create_collection(name, rules, code=code, actor=SYSTEM)


def _choices(words: tuple[tuple[str, str, str], ...]) -> tuple[Choice, ...]:
    return tuple(Choice(code=code, zh=zh, en=en) for code, zh, en in words)
