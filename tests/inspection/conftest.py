"""A headless Chromium, or a skip with the reason why there is none."""

import shutil

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="module")
def browser():
    """Yield a browser driven by playwright: the system's Chromium, or else playwright's own."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install playwright"
    )
    with sync_api.sync_playwright() as playwright:
        found = next(filter(None, map(shutil.which, _NAMES)), None)
        try:
            running = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        except sync_api.Error as error:
            pytest.skip(f"no Chromium could be started, apt-get install chromium: {error}")
        yield running
        running.close()


class Window:
    """A page in the browser, and whatever went wrong in it."""

    def __init__(self, browser, html, tmp_path, **options):
        self.path = tmp_path / "page.html"
        self.path.write_text(html, encoding="utf-8")
        self.page = browser.new_page(**options)
        self.errors, self.requests, self.dialogs = [], [], []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: self.errors.append(message.text))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("dialog", lambda dialog: (self.dialogs.append(1), dialog.dismiss()))
        self.page.goto(self.path.as_uri())

    def text(self, selector):
        return self.page.locator(selector).inner_text()

    def assert_clean(self):
        assert self.errors == [], self.errors
        assert self.dialogs == []
        assert all(url.startswith(("file:", "about:", "data:")) for url in self.requests)


@pytest.fixture
def window(browser, tmp_path):
    """Return a function that opens HTML; all that it opened must be clean in the end."""
    opened = []

    def opening(html, **options):
        opened.append(Window(browser, html, tmp_path, **options))
        return opened[-1]

    yield opening
    for one in opened:
        one.assert_clean()
        one.page.close()
