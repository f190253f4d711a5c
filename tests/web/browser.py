"""Somebody at a browser: a real Chromium, in which nothing may break a page's policy."""

from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page

PASSWORD = "a long password"
PHONE = (390, 844)
DESKTOP = (1280, 900)
_TIMEOUT_MS = 20_000
_SHOTS = 4


class Reader:
    """One browser profile with one open page."""

    def __init__(
        self,
        browser: Browser,
        url: str,
        size: tuple[int, int] = DESKTOP,
        dark: bool = False,
        script: bool = True,
        workers: bool = False,
    ) -> None:
        self.url = url
        self.context: BrowserContext = browser.new_context(
            base_url=url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            service_workers="allow" if workers else "block",
            reduced_motion="reduce",
            permissions=["clipboard-write"],
        )
        self.context.set_default_timeout(_TIMEOUT_MS)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        """What broke on the pages: exceptions, and what their policy forbade."""
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.username = ""

    def sign_up(self, username: str) -> None:
        page = self.page
        page.goto("/sign-up")
        page.fill("#username", username)
        page.fill("#display_name", username.title())
        page.fill("#email", f"{username}@example.org")
        page.fill("#password", PASSWORD)
        page.check("[name=agreement]")
        page.click("main form button")
        page.wait_for_url("**/home")
        self.username = username

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        self.page.goto("/sign-in")
        self.page.fill("#login", username)
        self.page.fill("#password", password)
        self.page.click("main form button")
        self.page.wait_for_url("**/home")
        self.username = username

    def use(self, token: str) -> None:
        """Be signed in with a token."""
        self.context.add_cookies([{"name": "roost", "value": token, "url": self.url}])

    def post(self, text: str) -> None:
        """With the form on the home page."""
        self.page.fill(".compose.inline textarea", text)
        self.page.click(".compose.inline .send")

    def texts(self) -> list[str]:
        """Of the tweets on the page, in order."""
        return [text.strip() for text in self.page.locator("main .feed > .tweet .text").all_inner_texts()]

    def shoot(self, folder: Path, name: str) -> None:
        """Chromium refuses now and then, on a busy machine, and does it when it is asked again."""
        for again in reversed(range(_SHOTS)):
            try:
                self.page.screenshot(path=folder / f"{name}.png")
                return
            except Error as cause:
                if not again or "Unable to capture screenshot" not in str(cause):
                    raise

    def close(self) -> None:
        self.context.close()
        assert self.complaints == []

    def _hear(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "violates" in message.text:
            self.complaints.append(message.text)
