"""How large the demo shop is."""

from dataclasses import dataclass


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
        """A world of so many orders, with goods and people in proportion, within reason."""
        if orders == cls().orders:
            return cls()
        return cls(
            orders=orders,
            products=max(12, min(8_000, orders * 240 // 20_000))
            if orders < 20_000
            else min(8_000, 240 + orders // 100),
            variants=max(30, min(20_000, orders * 600 // 20_000)),
            customers=max(20, min(200_000, orders * 3 // 10 if orders < 200_000 else 50_000 + orders // 10)),
            recent=min(300, max(0, orders // 4)),
        )
