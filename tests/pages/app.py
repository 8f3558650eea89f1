"""The application as the page tests run it: main.compose() on the shop that the test has opened.

NiceGUI runs this file anew for each test (runpy), inside a running loop; tests/pages/conftest.py says on which shop.
"""

from nicegui import ui

import main
from tests.conftest import off_loop
from tests.pages import opened
from ui_pages.kit import theme

off_loop(main.compose, opened.settings)
ui.run(**theme.RUN)
