"""How the catalogue's enumerations are shown."""

from models import AttributeKind, MediaKind, ProductStatus
from services.core.text import Label, Text, register_labels

register_labels(
    {
        ProductStatus.DRAFT: Label(Text("草稿", "Draft"), "mute", "pencil"),
        ProductStatus.ACTIVE: Label(Text("在售", "Active"), "ok", "check"),
        ProductStatus.ARCHIVED: Label(Text("已归档", "Archived"), "mute", "archive"),
        AttributeKind.TEXT: Label(Text("文字", "Text"), "mute", "type"),
        AttributeKind.NUMBER: Label(Text("数字", "Number"), "mute", "hash"),
        AttributeKind.BOOL: Label(Text("是/否", "Yes/no"), "mute", "toggle-left"),
        AttributeKind.CHOICE: Label(Text("选项", "Choice"), "mute", "list"),
        AttributeKind.DATE: Label(Text("日期", "Date"), "mute", "calendar"),
        MediaKind.IMAGE: Label(Text("图片", "Image"), "mute", "image"),
        MediaKind.VIDEO: Label(Text("视频", "Video"), "mute", "video"),
    }
)
