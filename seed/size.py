"""How large the demo shop is."""

from dataclasses import dataclass

MOST_VARIANTS, MOST_CUSTOMERS = 20_000, 50_000
LARGE = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedSize:
    """Counts of the world; `recent` orders go through the façades, the others are written in bulk."""

    orders: int = 20_000
    products: int = 240
    variants: int = 600
    customers: int = 6_000
    recent: int = 300
    months: int = 18

    @classmethod
    def of(cls, orders: int) -> "SeedSize":
        """A world of so many orders, goods and people in proportion; from 100,000 on, 20,000 SKUs and 50,000 people."""
        if orders >= LARGE:
            return cls(orders=orders, products=8_000, variants=MOST_VARIANTS, customers=MOST_CUSTOMERS)
        usual = cls()
        share = orders / usual.orders
        return cls(
            orders=orders,
            products=max(48, round(usual.products * share)),
            variants=max(120, round(usual.variants * share)),
            customers=max(30, round(usual.customers * share)),
            recent=min(usual.recent, orders // 4),
        )
