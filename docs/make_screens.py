"""Take the pictures of pages again: `python docs/make_screens.py [explore|classroom]` (a minute at most).

Plays the shipped six-factor sweep, writes its explorable, and photographs it in a headless Chromium
(CHROMIUM names it, else the one on the PATH) into docs/images/; `classroom` holds a lesson in
`bargain serve` and photographs that.  `--to DIR` puts there instead what a change of the pages should be
looked at in: desktop, projector, phone, dark, and (of the explorable) forced colours and print.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from bargain_sim.api import explore, sweep

IMAGES = Path(__file__).resolve().parent / "images"
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# A pin, so that a picture shows how settings are compared.
COMPARED = "#initial_trust=0.5&.pin.initial_trust=0.3"

SHOTS: dict[str, tuple[dict[str, Any], str, bool]] = {
    "explore": ({"viewport": {"width": 1280, "height": 1180}}, COMPARED, False),
    "explore_phone": ({"viewport": {"width": 390, "height": 844}, "device_scale_factor": 1.5}, "", False),
}
"""Name of a picture → how the browser is opened, the address, and whether the whole page is taken."""

MORE: dict[str, tuple[dict[str, Any], str, bool]] = {
    "desktop": ({"viewport": {"width": 1400, "height": 900}}, "", True),
    "projector": ({"viewport": {"width": 1280, "height": 720}}, "", False),
    "projector_zoomed": ({"viewport": {"width": 853, "height": 480}, "device_scale_factor": 1.5}, "", False),
    "dark": ({"viewport": {"width": 1400, "height": 900}, "color_scheme": "dark"}, COMPARED, True),
    "phone": ({"viewport": {"width": 390, "height": 844}}, COMPARED, True),
    "forced_colours": ({"viewport": {"width": 1280, "height": 900}, "forced_colors": "active"}, "", False),
}


def chromium(playwright: Any, *more: str) -> Any:
    """A headless browser, with more of its own options."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        sys.exit("There is no Chromium here: install one, or name it in CHROMIUM.")
    return playwright.chromium.launch(executable_path=program, args=["--no-sandbox", *more])


def classroom(folder: Path | None) -> None:
    """Photograph a lesson, for the docs or (all of it, light and dark) into `folder`."""
    from classroom_screens import IN_THE_DOCS, SHOWN, Camera, free_port, photograph
    from playwright.sync_api import sync_playwright

    port = free_port()
    with sync_playwright() as playwright:
        browser = chromium(playwright, f"--host-resolver-rules=MAP {SHOWN} 127.0.0.1:{port}")
        if folder is None:
            photograph(browser, port, Camera(IMAGES, IN_THE_DOCS, "classroom_"))
        else:
            photograph(browser, port, Camera(folder))
            photograph(browser, port, Camera(folder, None, "dark_"), "dark")
        browser.close()


def take(page: Path, folder: Path, shots: dict[str, tuple[dict[str, Any], str, bool]]) -> None:
    """Photograph a page into `folder`."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = chromium(playwright)
        for name, (options, address, whole) in shots.items():
            opened = browser.new_page(**options)
            opened.goto(page.as_uri() + address)
            opened.screenshot(path=folder / f"{name}.png", full_page=whole)
            opened.close()
        opened = browser.new_page()
        if shots is MORE:
            opened.goto(page.as_uri())
            opened.pdf(path=folder / "print.pdf", format="A4")
        browser.close()


def main() -> None:
    """Make the page, take the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", nargs="?", choices=("explore", "classroom"), default="explore")
    parser.add_argument("--to", type=Path, help="a folder for pictures to look at")
    asked = parser.parse_args()
    folder = asked.to
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    if asked.what == "classroom":
        classroom(folder)
        return
    with tempfile.TemporaryDirectory() as scratch:
        page = explore(sweep("six_factors", out=Path(scratch) / "results"), Path(scratch) / "page.html")
        if folder is None:
            take(page, IMAGES, SHOTS)
        else:
            take(page, folder, MORE)


if __name__ == "__main__":
    main()
