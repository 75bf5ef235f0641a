"""The interface in Korean: the browser's language decides, the settings override it, and nothing is left in English."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.serving import ServerProcess

from .conftest import OpenPage
from .looking import eventually
from .training import Project

HANGUL = re.compile("[가-힣]")
SIZES: list[ViewportSize] = [{"width": 1440, "height": 900}, {"width": 1024, "height": 700}]
# What is written alike in both languages, and what the runs of these tests brought.
ALIKE = re.compile(
    r"^(Runwell|runwell( [\d.]+)?|wandb|local( /)?|vision|edited|Config|Summary|ID|Python|C?Python [\d.]+|CPU|GPU|git"
    r"|Esc|Space|Enter|English|Markdown|first start|baseline|the first try|sgd|adam"
    r"|LO|vm|x|y|err|lr|seed|name|optim|optim\.name"
    r"|px|train|val|NaN ×\d+|Parquet|CSV)$"
)
# Names of files, metrics, runs and fields, addresses, code and what a script printed.
GIVEN = re.compile(
    r"^\d|^[0-9a-f]{40}$|^config\.|^ValueError|^labels\.csv|[/_=(]|https?:|-(cnn|vit|mlp|rnn|gru)\b"
    r"|\.(txt|yaml|patch|json)$|^step \d+ of |^Linux-|^(state|tags|notes|user)$"
)

READ = """() => {
  const seen = (element) => element.checkVisibility({ visibilityProperty: true });
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: element, textContent: text } = walker.currentNode;
    if (element && !element.closest("pre, code, kbd, [data-given]")) texts.push(text);
  }
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder]"))
    if (seen(element)) for (const name of ["aria-label", "title", "placeholder"])
      texts.push(element.getAttribute(name) ?? "");
  return texts.map((text) => text.trim()).filter(Boolean);
}"""

# Controls and headings whose text doesn't fit their box; what may be cut says so with an ellipsis and a title.
CUT = """() => [...document.querySelectorAll("button, a, h1, h2, h3, label, th, [role=columnheader], [role=tab]")]
  .filter((element) => {
    const style = getComputedStyle(element);
    if (!element.checkVisibility() || style.textOverflow === "ellipsis" || !element.textContent.trim()) return false;
    if (element.closest(".visually-hidden")) return false;
    const inner = [...element.querySelectorAll("*")].some((one) => getComputedStyle(one).textOverflow === "ellipsis");
    return !inner && style.overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1;
  })
  .map((element) => element.textContent.trim())"""


def left_in_english(page: Page) -> list[str]:
    """Give the texts of a page that have words, and none of them Korean."""
    texts: list[str] = page.evaluate(READ)
    wordy = {text for text in texts if re.search(r"[A-Za-z]{2}", text) and not HANGUL.search(text)}
    return sorted(text for text in wordy if not ALIKE.search(text) and not GIVEN.search(text))


@pytest.fixture
def korean(open_page: OpenPage) -> Page:
    """A page in a browser whose language is Korean."""
    return open_page(locale="ko-KR")


def test_every_page_is_in_korean_and_nothing_is_cut_off_or_fetched_in_english(korean: Page, vision: Project):
    places = {
        "/": "프로젝트",
        vision.path: "이상치 무시",
        f"{vision.path}/table": "내보내기",
        f"{vision.path}/artifacts": "아직 아티팩트가 없습니다.",
        vision.page_of("broken-rnn"): "실패, 종료 코드 1",
        vision.page_of("swift-vit", "charts"): "이상치 무시",
        vision.page_of("swift-vit", "system"): "시스템",
        vision.page_of("swift-vit", "logs"): "따라가기",
        vision.page_of("swift-vit", "files"): "파일을 선택하면 내용이 표시됩니다.",
        "/settings": "새 키",
        "/settings/keyboard": "단일 키 단축키",
        "/settings/users": "새 사용자",
        "/settings/storage": "저장 공간",
        "/registry": "아직 레지스트리가 없습니다.",
        "/authorize": "키 만들기",
        "/local/vision/what/is/this": "이 주소에는 아무것도 없습니다",
    }
    projects = {one["name"] for one in vision.server.get_json("/api/projects")["projects"]}
    wrong: set[str] = set()
    scripts: list[str] = []
    korean.on("request", lambda request: scripts.append(request.url))
    for path, text in places.items():
        korean.set_viewport_size(SIZES[0])
        korean.goto(path)
        expect(korean.get_by_text(text).first).to_be_visible()
        expect(korean.locator("html")).to_have_attribute("lang", "ko")
        wrong |= {f"{path}: {text}" for text in left_in_english(korean) if text not in projects}
        for size in SIZES:
            korean.set_viewport_size(size)
            wrong |= {f"{path}, {size['width']} wide, cut: {text}" for text in korean.evaluate(CUT)}
    assert not wrong, "\n".join(sorted(wrong))
    assert any("/assets/ko-" in url for url in scripts) and not any("/assets/en-" in url for url in scripts)


def test_the_settings_override_the_browsers_language_on_every_machine(open_page: OpenPage, server: ServerProcess):
    page = open_page()
    page.goto("/settings/appearance")
    expect(page.get_by_role("heading", name="Appearance")).to_be_visible()
    page.get_by_role("button", name="한국어").click()
    expect(page.get_by_role("heading", name="화면")).to_be_visible()
    assert server.get_json("/api/settings")["language"] == "ko"
    page.reload()
    expect(page.get_by_role("heading", name="화면")).to_be_visible()

    elsewhere = open_page(logged_in=False)
    elsewhere.goto("/login")
    elsewhere.get_by_label("API key").fill(server.key)
    elsewhere.get_by_role("button", name="Log in").click()
    expect(elsewhere.get_by_role("heading", name="프로젝트").first).to_be_visible()

    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Appearance")).to_be_visible()
    page.get_by_role("button", name="As the browser says").click()
    eventually(page, lambda: server.get_json("/api/settings")["language"] == "system", "the server keeps it")
