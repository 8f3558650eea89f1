"""The figures of the business: a warehouse beside the database, metrics over it, and the rows behind each."""

from services.analytics.asking import Question, ask, change_bps, course, figure
from services.analytics.charts import Numbers, draw_china, draw_steps, draw_trend, numbers, short_name
from services.analytics.checking import check_everything
from services.analytics.facts import DIMENSIONS
from services.analytics.invariants import warehouse_differences
from services.analytics.metrics import METRICS, Kind, Metric, Unit, dimensions_of
from services.analytics.overview import (
    Card,
    Share,
    Slice,
    Trend,
    breakdown,
    cards,
    funnel,
    local_now,
    slices,
    trend_of,
)
from services.analytics.periods import PRESETS, Period, buckets_of, period_from, period_of, previous
from services.analytics.remote import differences_at_server
from services.analytics.rows import SIZE as ROWS_A_PAGE
from services.analytics.rows import Behind, BehindRow, narrowed, question_from, rows_behind, rows_url
from services.analytics.warehouse.feeding import (
    Freshness,
    follow_changes,
    freshness,
    rebuild_warehouse,
    refresh_warehouse,
)
from services.analytics.warehouse.store import close_warehouse, open_warehouse
from services.analytics.words import filter_words, words_of
from services.analytics.work import WORK, Waiting, waiting_for

__all__ = [
    "DIMENSIONS",
    "METRICS",
    "PRESETS",
    "ROWS_A_PAGE",
    "WORK",
    "Behind",
    "BehindRow",
    "Card",
    "Freshness",
    "Kind",
    "Metric",
    "Numbers",
    "Period",
    "Question",
    "Share",
    "Slice",
    "Trend",
    "Unit",
    "Waiting",
    "ask",
    "breakdown",
    "buckets_of",
    "cards",
    "change_bps",
    "check_everything",
    "close_warehouse",
    "course",
    "differences_at_server",
    "dimensions_of",
    "draw_china",
    "draw_steps",
    "draw_trend",
    "figure",
    "filter_words",
    "follow_changes",
    "freshness",
    "funnel",
    "local_now",
    "narrowed",
    "numbers",
    "open_warehouse",
    "period_from",
    "period_of",
    "previous",
    "question_from",
    "rebuild_warehouse",
    "refresh_warehouse",
    "rows_behind",
    "rows_url",
    "short_name",
    "slices",
    "trend_of",
    "waiting_for",
    "warehouse_differences",
    "words_of",
]
