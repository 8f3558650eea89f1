"""The kit: everything a page is made of. Usage: docs/pages.md."""

from ui_pages.kit.action import Intent, action_button, attempt, button, refusals, toast
from ui_pages.kit.action_words import name_actions, name_keys, words_for
from ui_pages.kit.attachments import attachments
from ui_pages.kit.blocks import (
    badge,
    card,
    chip,
    chip_markup,
    columns,
    empty_state,
    facts,
    link,
    list_row,
    note,
    page_title,
    print_button,
    shown,
    simple_table,
    skeleton,
    two_columns,
)
from ui_pages.kit.bulk import Bulk
from ui_pages.kit.charts import Chart, bar_list, chart_card, echart, line_series
from ui_pages.kit.choose import check_group, segmented
from ui_pages.kit.ctx import Ctx
from ui_pages.kit.dialogs import ask_reason, confirm, dialog_foot, drawer, window
from ui_pages.kit.draft import Draft, draft
from ui_pages.kit.fields import Bound, captioned, field
from ui_pages.kit.form import Form, form_for
from ui_pages.kit.grid import EditGrid, GridAnswer, GridColumn, GridEdit, GridRow, edit_grid
from ui_pages.kit.kpi import Kpi, kpi_card, kpi_row, sparkline
from ui_pages.kit.live import Scope
from ui_pages.kit.markup import Markup, el, html, icon
from ui_pages.kit.picker import Picker, search_select
from ui_pages.kit.table import DataTable, Empty, data_table
from ui_pages.kit.timeline import timeline
from ui_pages.kit.wizard import Step, Wizard, wizard

__all__ = [
    "Bound",
    "Bulk",
    "Chart",
    "Ctx",
    "DataTable",
    "Draft",
    "EditGrid",
    "Empty",
    "Form",
    "GridAnswer",
    "GridColumn",
    "GridEdit",
    "GridRow",
    "Intent",
    "Kpi",
    "Markup",
    "Picker",
    "Scope",
    "Step",
    "Wizard",
    "action_button",
    "ask_reason",
    "attachments",
    "attempt",
    "badge",
    "bar_list",
    "button",
    "captioned",
    "card",
    "chart_card",
    "check_group",
    "chip",
    "chip_markup",
    "columns",
    "confirm",
    "data_table",
    "dialog_foot",
    "draft",
    "drawer",
    "echart",
    "edit_grid",
    "el",
    "empty_state",
    "facts",
    "field",
    "form_for",
    "html",
    "icon",
    "kpi_card",
    "kpi_row",
    "line_series",
    "link",
    "list_row",
    "name_actions",
    "name_keys",
    "note",
    "page_title",
    "print_button",
    "refusals",
    "search_select",
    "segmented",
    "shown",
    "simple_table",
    "skeleton",
    "sparkline",
    "timeline",
    "toast",
    "two_columns",
    "window",
    "wizard",
    "words_for",
]
