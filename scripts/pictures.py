"""Takes the pictures of docs/images from the real UI, in front of the demo's real runs.

Usage: pictures.py    (needs Chromium and the built UI: make pictures)
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from pathlib import Path

from demo import PROJECT, Demo
from prepare import find_browser

IMAGES = Path(__file__).resolve().parent.parent / "docs/images"
SIZE = {"width": 1440, "height": 900}
COLOURS = 128  # of a picture's palette: keeps it below 300 KB
TRAINED_FIRST = 4  # runs that have ended when the pictures are taken; others are live


def main() -> int:
    browser = find_browser()
    if not browser:
        print("Chromium is needed; `make test` installs it or says how.")
        return 1
    folder = Path(tempfile.mkdtemp(prefix="runwell-pictures-"))
    demo = Demo(folder, None, True, 0.03)
    demo.server.start()
    training = threading.Thread(target=demo.train, daemon=True)
    try:
        training.start()
        while len(demo.trained) < TRAINED_FIRST:
            training.join(0.5)
        take(demo, browser)
        training.join()
    finally:
        demo.stop_trainings()
        demo.server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def take(demo: Demo, browser: str) -> None:
    """Take each page in both themes."""
    from playwright.sync_api import sync_playwright

    project = f"{demo.server.base_url}/{demo.server.entity}/{PROJECT}"
    pages = {"workspace": project, "runs": f"{project}/runs"}  # a run's page would show the machine it ran on
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for theme in ("light", "dark"):
            context = chromium.new_context(viewport=SIZE, color_scheme=theme)  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(demo.server.login_link(PROJECT))
            page.wait_for_timeout(3000)
            for name, address in pages.items():
                page.goto(address)
                page.wait_for_timeout(3000)
                picture = IMAGES / f"{name}-{theme}.png"
                page.screenshot(path=picture)
                shrink(picture)
                print(f"  {picture.name}: {picture.stat().st_size / 1000:.0f} kB", flush=True)
            context.close()
        chromium.close()


def shrink(picture: Path) -> None:
    """Give a picture a palette, so that it is small."""
    from PIL import Image

    with Image.open(picture) as image:
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(picture, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
