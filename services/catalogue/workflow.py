"""When a product may be sold: the moves between draft, active and archived."""

from dataclasses import dataclass

from models import ProductStatus
from services.core.machine import Machine, Move
from services.core.permissions import Permission
from services.core.text import Said, Text

S = ProductStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFacts:
    """What decides whether a product may be sold."""

    variant_count: int
    unpriced: int
    missing_attributes: tuple[Text, ...] = ()


def has_variants(facts: ProductFacts) -> Said | None:
    """A product is sold by its variants."""
    return None if facts.variant_count else Said(Text("还没有规格", "It has no variant yet"))


def has_prices(facts: ProductFacts) -> Said | None:
    """Nothing is sold for nothing."""
    text = Text("{n} 个规格还没有售价", "{n} variants have no price yet")
    return Said(text, n=facts.unpriced) if facts.unpriced else None


def has_required_attributes(facts: ProductFacts) -> Said | None:
    """The category's template says what buyers must be told."""
    if not facts.missing_attributes:
        return None
    zh = "、".join(text.zh for text in facts.missing_attributes)
    en = ", ".join(text.en for text in facts.missing_attributes)
    return Said(Text("缺少必填属性:{names}", "Required attributes are missing: {names}"), names=Text(zh, en))


PRODUCT = Machine(
    "product",
    ProductStatus,
    initial=S.DRAFT,
    moves=(
        Move(
            "activate",
            S.DRAFT,
            S.ACTIVE,
            Permission.CATALOGUE_EDIT,
            (has_variants, has_prices, has_required_attributes),
            text=Text("上架", "go on sale"),
        ),
        Move(
            "withdraw", S.ACTIVE, S.DRAFT, Permission.CATALOGUE_EDIT, text=Text("下架", "be taken off sale")
        ),
        Move(
            "archive",
            (S.DRAFT, S.ACTIVE),
            S.ARCHIVED,
            Permission.CATALOGUE_ARCHIVE,
            text=Text("归档", "be archived"),
        ),
        Move("restore", S.ARCHIVED, S.DRAFT, Permission.CATALOGUE_ARCHIVE, text=Text("恢复", "be restored")),
    ),
)
