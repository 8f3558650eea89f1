"""How rows of the shop become facts.

A `Feed` belongs to one entity of core/schema.py's WATCHED list. Its sources are SELECTs on the shop's database,
limited to ids; its statements turn the staged rows (registered under the source's name) into rows of the warehouse.
The same feeds serve the refresh (some ids) and the rebuild (ranges of ids), so both give the same warehouse.
"""

from dataclasses import dataclass

from services.analytics.warehouse.tables import COUNTED


@dataclass(frozen=True, slots=True)
class Source:
    """A SELECT whose `{ids}` becomes a condition on `id_column`: whole numbers (? = nullable) first, then texts."""

    name: str
    id_column: str
    numbers: tuple[str, ...]
    texts: tuple[str, ...]
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """How one entity's rows come into the warehouse; `tables` names what is replaced, by which column."""

    entity: str
    id_table: str
    sources: tuple[Source, ...]
    tables: tuple[tuple[str, str], ...]
    statements: tuple[str, ...]


def local(at: str) -> str:
    """SQL: the business-local timestamp of an instant in microseconds; `{zone}` is filled in when it runs."""
    return f"((make_timestamp({at}) AT TIME ZONE 'UTC') AT TIME ZONE '{{zone}}')"


def day_of(at: str) -> str:
    """SQL: the business day of an instant."""
    return f"CAST({local(at)} AS DATE)"


def minute_of(at: str) -> str:
    """SQL: the minute of the business day, 0 to 1439."""
    return f"CAST(hour({local(at)}) * 60 + minute({local(at)}) AS SMALLINT)"


def base(amount: str, rate: str = "rate_ppm") -> str:
    """SQL: an amount in base currency, HALF_UP away from zero as core/money.convert_minor does."""
    exact = f"CAST({amount} AS HUGEINT) * {rate}"
    return (
        f"CAST(CASE WHEN {rate} = 1000000 THEN {amount} "
        f"ELSE sign({amount}) * ((2 * abs({exact}) + 1000000) // 2000000) END AS BIGINT)"
    )


def money_back(key: str, head: str, lines: str, owner: str, order: str) -> str:
    """SQL: refunds or credit notes as lines; what belongs to no line (shipping, say) is a line without a product."""
    return f"""INSERT INTO fact_refund
        WITH head AS (SELECT *, {base("amount")} AS total FROM {head}),
        part AS (
            SELECT l.id AS line_id, l.{owner}, l.variant_id, l.quantity, {base("l.amount", "h.rate_ppm")} AS amount
            FROM {lines} l JOIN head h ON h.id = l.{owner}),
        rest AS (
            SELECT -h.id AS line_id, h.id AS {owner}, CAST(NULL AS BIGINT) AS variant_id, CAST(0 AS BIGINT) AS quantity,
                h.total - coalesce(CAST(sum(p.amount) AS BIGINT), 0) AS amount
            FROM head h LEFT JOIN part p ON p.{owner} = h.id GROUP BY h.id, h.total),
        pieces AS (SELECT * FROM part UNION ALL SELECT * FROM rest WHERE amount <> 0)
        SELECT {key}, p.line_id, {order}, p.variant_id, p.quantity, p.amount
        FROM head h JOIN pieces p ON p.{owner} = h.id"""


COUNTED_SQL = "status IN ({})".format(", ".join(f"'{status}'" for status in COUNTED))
OF_ORDER = "o.order_id, o.day, o.minute, o.channel_id, o.customer_id, o.country, o.province, o.is_counted"
ORDER_MONEY = ("subtotal", "discount", "shipping", "charges", "tax", "total")

CHANNEL = Feed(
    entity="channel",
    id_table="channel",
    sources=(
        Source(
            "in_channel",
            "id",
            ("id",),
            ("code", "name_zh", "name_en"),
            "SELECT id, code, name_zh, name_en FROM channel WHERE {ids}",
        ),
    ),
    tables=(("dim_channel", "channel_id"),),
    statements=("INSERT INTO dim_channel SELECT id, code, name_zh, name_en FROM in_channel",),
)
PLACE = Feed(
    entity="place",
    id_table="warehouse",
    sources=(
        Source(
            "in_place",
            "id",
            ("id",),
            ("code", "name"),
            "SELECT id, code, name FROM warehouse WHERE {ids}",
        ),
    ),
    tables=(("dim_warehouse", "warehouse_id"),),
    statements=("INSERT INTO dim_warehouse SELECT id, code, name FROM in_place",),
)
CATEGORY = Feed(
    entity="category",
    id_table="category",
    sources=(
        Source(
            "in_category",
            "id",
            ("id", "parent_id?"),
            ("path", "name_zh", "name_en"),
            "SELECT id, parent_id, path, name_zh, name_en FROM category WHERE {ids}",
        ),
    ),
    tables=(("dim_category", "category_id"),),
    statements=(
        "INSERT INTO dim_category SELECT id, parent_id, "
        "coalesce(try_cast(split_part(path, '/', 2) AS BIGINT), id), name_zh, name_en FROM in_category",
    ),
)
PRODUCT = Feed(
    entity="product",
    id_table="product",
    sources=(
        Source(
            "in_product",
            "id",
            ("id", "category_id?", "brand_id?"),
            ("code", "name", "name_en"),
            "SELECT id, category_id, brand_id, code, name, name_en FROM product WHERE {ids}",
        ),
    ),
    tables=(("dim_product", "product_id"),),
    statements=(
        "INSERT INTO dim_product SELECT id, code, name, name_en, category_id, brand_id FROM in_product",
    ),
)
VARIANT = Feed(
    entity="variant",
    id_table="variant",
    sources=(
        Source(
            "in_variant",
            "v.id",
            ("id", "product_id", "category_id?", "cost_minor", "price_minor"),
            ("sku", "title"),
            "SELECT v.id, v.product_id, p.category_id, v.cost_minor, v.price_minor, v.sku, v.title "
            "FROM variant v JOIN product p ON p.id = v.product_id WHERE {ids}",
        ),
    ),
    tables=(("dim_variant", "variant_id"),),
    statements=(
        "INSERT INTO dim_variant SELECT id, product_id, category_id, sku, title, cost_minor, price_minor FROM in_variant",
    ),
)
CUSTOMER = Feed(
    entity="customer",
    id_table="customer",
    sources=(
        Source(
            "in_customer",
            "id",
            ("id", "first_order_at?"),
            ("country", "province"),
            "SELECT id, first_order_at, country, province_code FROM customer WHERE {ids}",
        ),
    ),
    tables=(("dim_customer", "customer_id"),),
    statements=(
        f"INSERT INTO dim_customer SELECT id, country, province, {day_of('first_order_at')} FROM in_customer",
    ),
)
ORDER = Feed(
    entity="order",
    id_table="sales_order",
    sources=(
        Source(
            "in_order",
            "id",
            ("id", "placed_at", "channel_id", "customer_id?", "rate_ppm", "item_count", *ORDER_MONEY),
            ("country", "province", "source", "currency", "status", "payment_state", "fulfilment_state"),
            "SELECT id, placed_at, channel_id, customer_id, rate_ppm, item_count, subtotal_minor, discount_minor, "
            "shipping_minor, charges_minor, tax_minor, total_minor, ship_country, ship_province_code, source, currency, "
            "status, payment_state, fulfilment_state FROM sales_order WHERE {ids}",
        ),
        Source(
            "in_line",
            "order_id",
            ("id", "order_id", "variant_id?", "quantity", "net", "discount", "unit_cost"),
            (),
            "SELECT id, order_id, variant_id, quantity, net_minor, discount_minor, unit_cost_minor "
            "FROM order_line WHERE {ids}",
        ),
        Source(
            "in_parcel",
            "order_id",
            ("order_id", "warehouse_id"),
            (),
            "SELECT DISTINCT order_id, warehouse_id FROM shipment "
            "WHERE warehouse_id IS NOT NULL AND status <> 'cancelled' AND {ids}",
        ),
    ),
    tables=(("fact_order", "order_id"), ("fact_order_line", "order_id"), ("order_place", "order_id")),
    statements=(
        f"""INSERT INTO fact_order
            SELECT id, placed_at, {day_of("placed_at")}, {minute_of("placed_at")}, channel_id, customer_id, country,
                province, {COUNTED_SQL}, FALSE, source, currency, status, payment_state, fulfilment_state, item_count,
                {", ".join(base(column) for column in ORDER_MONEY)}
            FROM in_order""",
        f"""INSERT INTO fact_order_line
            SELECT l.id, {OF_ORDER}, l.variant_id, l.quantity, {base("l.net", "i.rate_ppm")},
                {base("l.discount", "i.rate_ppm")}, l.quantity * l.unit_cost
            FROM in_line l JOIN in_order i ON i.id = l.order_id JOIN fact_order o ON o.order_id = l.order_id""",
        # What an order owes beyond its goods (shipping, charges, rounding of the conversion) is a line without a
        # product, so that revenue by product adds up to revenue.
        f"""INSERT INTO fact_order_line
            WITH goods AS (
                SELECT l.order_id, CAST(sum(l.amount_minor) AS BIGINT) AS amount
                FROM fact_order_line l JOIN in_order i ON i.id = l.order_id GROUP BY 1)
            SELECT -o.order_id, {OF_ORDER}, NULL, 0, o.total_minor - coalesce(g.amount, 0), 0, 0
            FROM fact_order o JOIN in_order i ON i.id = o.order_id LEFT JOIN goods g ON g.order_id = o.order_id
            WHERE o.total_minor <> coalesce(g.amount, 0)""",
        "INSERT INTO order_place SELECT order_id, warehouse_id FROM in_parcel",
    ),
)
REFUND = Feed(
    entity="refund",
    id_table="refund",
    sources=(
        Source(
            "in_refund",
            "r.id",
            (
                "id",
                "order_id",
                "happened_at",
                "placed_at",
                "channel_id",
                "customer_id?",
                "rate_ppm",
                "amount",
            ),
            ("country", "province", "status", "refund_status"),
            "SELECT r.id, r.order_id, r.refunded_at, o.placed_at, o.channel_id, o.customer_id, o.rate_ppm, "
            "r.amount_minor, o.ship_country, o.ship_province_code, o.status, r.status "
            "FROM refund r JOIN sales_order o ON o.id = r.order_id WHERE {ids}",
        ),
        Source(
            "in_refund_line",
            "r.refund_id",
            ("id", "refund_id", "variant_id?", "quantity", "amount"),
            (),
            "SELECT r.id, r.refund_id, l.variant_id, r.quantity, r.amount_minor "
            "FROM refund_line r JOIN order_line l ON l.id = r.line_id WHERE {ids}",
        ),
    ),
    tables=(("fact_refund", "refund_id"),),
    statements=(
        money_back(
            "h.id, NULL",
            "in_refund",
            "in_refund_line",
            "refund_id",
            f"h.order_id, h.happened_at, {day_of('h.happened_at')}, {minute_of('h.happened_at')}, "
            f"{day_of('h.placed_at')}, h.channel_id, h.customer_id, h.country, h.province, "
            f"h.refund_status = 'paid' AND h.{COUNTED_SQL}",
        ),
    ),
)
CREDIT_NOTE = Feed(
    entity="credit_note",
    id_table="credit_note",
    sources=(
        Source(
            "in_note",
            "id",
            ("id", "happened_at", "channel_id", "customer_id?", "rate_ppm", "amount"),
            ("country",),
            "SELECT id, issued_at, channel_id, customer_id, rate_ppm, amount_minor, country FROM credit_note WHERE {ids}",
        ),
        Source(
            "in_note_line",
            "note_id",
            ("id", "note_id", "variant_id?", "quantity", "amount"),
            (),
            "SELECT id, note_id, variant_id, quantity, amount_minor FROM credit_note_line WHERE {ids}",
        ),
    ),
    tables=(("fact_refund", "note_id"),),
    statements=(
        money_back(
            "NULL, h.id",
            "in_note",
            "in_note_line",
            "note_id",
            f"NULL, h.happened_at, {day_of('h.happened_at')}, {minute_of('h.happened_at')}, NULL, h.channel_id, "
            "h.customer_id, h.country, '', TRUE",
        ),
    ),
)
MOVEMENT = Feed(
    entity="movement",
    id_table="stock_movement",
    sources=(
        Source(
            "in_movement",
            "id",
            ("id", "happened_at", "variant_id", "warehouse_id", "quantity"),
            ("kind",),
            "SELECT id, at, variant_id, warehouse_id, on_hand_delta, kind FROM stock_movement "
            "WHERE on_hand_delta <> 0 AND {ids}",
        ),
    ),
    tables=(("fact_stock_movement", "movement_id"),),
    statements=(
        f"""INSERT INTO fact_stock_movement
            SELECT id, happened_at, {day_of("happened_at")}, {minute_of("happened_at")}, variant_id, warehouse_id, kind,
                quantity
            FROM in_movement""",
    ),
)

FEEDS: dict[str, Feed] = {
    feed.entity: feed
    for feed in (
        CHANNEL,
        PLACE,
        CATEGORY,
        PRODUCT,
        VARIANT,
        CUSTOMER,
        ORDER,
        REFUND,
        CREDIT_NOTE,
        MOVEMENT,
    )
}
# Facts that repeat a fact of another entity: (entity, its follower, the follower's table, its column with the entity's
# id). When a row of the entity changes, the followers are read again too.
FOLLOWERS: tuple[tuple[str, str, str, str], ...] = (
    ("order", "refund", "refund", "order_id"),
    ("product", "variant", "variant", "product_id"),
)
