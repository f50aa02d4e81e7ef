"""Settings: read here and above only; the rooms below are handed values."""

from shotwright.config.settings import Settings, load_settings

__all__ = ["Settings", "load_settings"]
