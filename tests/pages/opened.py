"""Which shop the page tests' application stands on; set by tests/pages/conftest.py for each test."""

from services.core.settings import Settings

settings = Settings()
