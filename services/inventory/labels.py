"""Words, tones and icons for the inventory enumerations."""

from models import MovementKind, Text
from services.core.text import Label, register_labels

register_labels(
    {
        MovementKind.OPENING: Label(Text("期初", "Opening"), "mute", "flag"),
        MovementKind.RECEIPT: Label(Text("入库", "Receipt"), "ok", "package-plus"),
        MovementKind.SALE: Label(Text("销售出库", "Sale"), "info", "truck"),
        MovementKind.RETURN: Label(Text("退货入库", "Return"), "warn", "undo-2"),
        MovementKind.ADJUSTMENT: Label(Text("调整", "Adjustment"), "warn", "pencil"),
        MovementKind.WRITE_OFF: Label(Text("报损", "Write-off"), "bad", "trash-2"),
        MovementKind.TRANSFER_OUT: Label(Text("调拨出库", "Transfer out"), "mute", "arrow-right"),
        MovementKind.TRANSFER_IN: Label(Text("调拨入库", "Transfer in"), "mute", "arrow-left"),
        MovementKind.COUNT: Label(Text("盘点", "Count"), "warn", "clipboard-list"),
        MovementKind.RESERVE: Label(Text("占用", "Reserved"), "mute", "lock"),
        MovementKind.RELEASE: Label(Text("释放", "Released"), "mute", "lock-open"),
        MovementKind.REVERSAL: Label(Text("冲正", "Reversal"), "warn", "undo-2"),
    }
)
