"""The words of imports: states and outcomes."""

from models import ImportStatus, Text
from services.core.importing import Outcome
from services.core.text import Label, register_labels

register_labels(
    {
        ImportStatus.CHECKED: Label(Text("已试运行", "Checked"), "info", "check"),
        ImportStatus.QUEUED: Label(Text("排队中", "Queued"), "mute", "clock"),
        ImportStatus.RUNNING: Label(Text("导入中", "Running"), "info", "loader-circle"),
        ImportStatus.INTERRUPTED: Label(Text("已中断", "Interrupted"), "warn", "pause"),
        ImportStatus.FINISHED: Label(Text("已完成", "Finished"), "ok", "check"),
        ImportStatus.FAILED: Label(Text("失败", "Failed"), "bad", "x"),
        ImportStatus.UNDONE: Label(Text("已撤销", "Undone"), "mute", "undo-2"),
        Outcome.NEW: Label(Text("新建", "New"), "ok", "plus"),
        Outcome.UPDATE: Label(Text("更新", "Update"), "info", "pencil"),
        Outcome.UNCHANGED: Label(Text("未变", "Unchanged"), "mute", "minus"),
        Outcome.REJECTED: Label(Text("拒绝", "Rejected"), "bad", "x"),
    }
)
