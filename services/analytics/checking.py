"""Every rule's verdict, the figures included: beside a running server, the server compares the figures."""

from dataclasses import replace

from models import Text
from services.analytics.invariants import KEY
from services.analytics.remote import differences_at_server
from services.analytics.warehouse.store import open_warehouse
from services.core.invariants import Verdict, check_all
from services.core.settings import Settings
from services.core.startup import is_server_running

SILENT = Text("服务器没有应答,经营数据未检查", "The server does not answer: the figures were not checked")


def check_everything(settings: Settings) -> list[Verdict]:
    """Check all rules on opened data; a server that does not answer breaks the rule of the figures."""
    if not is_server_running(settings):
        open_warehouse(settings.data_dir)
        return check_all()
    theirs = differences_at_server(settings)
    offenders = [SILENT.en] if theirs is None else theirs
    return [
        replace(verdict, offenders=offenders) if verdict.invariant.key == KEY else verdict
        for verdict in check_all()
    ]
