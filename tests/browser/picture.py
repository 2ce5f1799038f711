"""The picture of the statistics page in docs/: an invented year, photographed.

python -m tests.browser.picture docs/statistics.png
"""

import shutil
import sys
import tempfile
from pathlib import Path

from click.testing import CliRunner
from playwright.sync_api import sync_playwright

import main
from tests.browser.conftest import FLAGS, NAMES
from tests.engine.statistics.year import Year, stored


def take(picture: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        database, page_file = Path(folder) / "year.db", Path(folder) / "page.html"
        stored(database, Year(7, per_day=5))
        environment = {"OTMENA_DATABASE_URL": f"sqlite:///{database}", "OTMENA_TIMEZONE": "Europe/Berlin"}
        told = CliRunner().invoke(main.commands(), ["stats", "--format", "html"], env=environment)
        page_file.write_text(told.stdout, encoding="utf-8")
        path = next(filter(None, map(shutil.which, NAMES)))
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1180, "height": 900}, color_scheme="light")
        page.goto(page_file.as_uri())
        page.screenshot(path=picture, full_page=True)
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]))
