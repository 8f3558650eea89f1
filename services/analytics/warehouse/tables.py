"""What the warehouse holds.

A customer here is a number; there is no name, phone, e-mail, address or free text of a person (decision 25). Days and
minutes are local to the business time zone. Amounts are in minor units of the base currency, at the order's rate.
"""

SCHEMA = 1
# An order counts when it was placed and not cancelled; a refund counts when it was paid and its order counts.
COUNTED = ("placed", "confirmed", "completed")
# The columns that every fact of an order repeats, so that questions need no join.
ABOUT_ORDER = "channel_id BIGINT, customer_id BIGINT, country VARCHAR, province VARCHAR, is_counted BOOLEAN"

DDL = (
    """CREATE TABLE state (
        schema INTEGER, source VARCHAR, zone VARCHAR, currency VARCHAR, version BIGINT, built_at BIGINT)""",
    "CREATE TABLE dim_channel (channel_id BIGINT, code VARCHAR, name_zh VARCHAR, name_en VARCHAR)",
    "CREATE TABLE dim_warehouse (warehouse_id BIGINT, code VARCHAR, name VARCHAR)",
    """CREATE TABLE dim_category (
        category_id BIGINT, parent_id BIGINT, root_id BIGINT, name_zh VARCHAR, name_en VARCHAR)""",
    """CREATE TABLE dim_product (
        product_id BIGINT, code VARCHAR, name VARCHAR, name_en VARCHAR, category_id BIGINT, brand_id BIGINT)""",
    """CREATE TABLE dim_variant (
        variant_id BIGINT, product_id BIGINT, category_id BIGINT, sku VARCHAR, title VARCHAR,
        cost_minor BIGINT, price_minor BIGINT)""",
    "CREATE TABLE dim_customer (customer_id BIGINT, country VARCHAR, province VARCHAR, first_order_day DATE)",
    f"""CREATE TABLE fact_order (
        order_id BIGINT, placed_at BIGINT, day DATE, minute SMALLINT, {ABOUT_ORDER}, is_first BOOLEAN,
        source VARCHAR, currency VARCHAR, status VARCHAR, payment_state VARCHAR, fulfilment_state VARCHAR,
        item_count BIGINT, goods_minor BIGINT, discount_minor BIGINT, shipping_minor BIGINT, charges_minor BIGINT,
        tax_minor BIGINT, total_minor BIGINT)""",
    f"""CREATE TABLE fact_order_line (
        line_id BIGINT, order_id BIGINT, day DATE, minute SMALLINT, {ABOUT_ORDER}, variant_id BIGINT,
        quantity BIGINT, amount_minor BIGINT, discount_minor BIGINT, cost_minor BIGINT)""",
    "CREATE TABLE order_place (order_id BIGINT, warehouse_id BIGINT)",
    f"""CREATE TABLE fact_refund (
        refund_id BIGINT, note_id BIGINT, line_id BIGINT, order_id BIGINT, refunded_at BIGINT, day DATE,
        minute SMALLINT, order_day DATE, {ABOUT_ORDER}, variant_id BIGINT, quantity BIGINT, amount_minor BIGINT)""",
    """CREATE TABLE fact_stock_movement (
        movement_id BIGINT, moved_at BIGINT, day DATE, minute SMALLINT, variant_id BIGINT, warehouse_id BIGINT,
        kind VARCHAR, quantity BIGINT)""",
)
TABLES = (
    "dim_category",
    "dim_channel",
    "dim_customer",
    "dim_product",
    "dim_variant",
    "dim_warehouse",
    "fact_order",
    "fact_order_line",
    "fact_refund",
    "fact_stock_movement",
    "order_place",
)
