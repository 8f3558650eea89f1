"""Words for the identity enumerations."""

from models import ScopeKind, Text, Theme
from services.core.text import Label, register_labels

register_labels(
    {
        ScopeKind.WAREHOUSE: Label(Text("仓库", "Warehouse"), icon="warehouse"),
        ScopeKind.CHANNEL: Label(Text("渠道", "Channel"), icon="store"),
        Theme.SYSTEM: Label(Text("跟随系统", "Like the system")),
        Theme.LIGHT: Label(Text("浅色", "Light")),
        Theme.DARK: Label(Text("深色", "Dark")),
    }
)
