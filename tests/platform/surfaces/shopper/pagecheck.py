"""What can be said of any page's HTML without a browser."""

import re
from collections import Counter
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNNAMED = {"hidden", "submit", "button"}


class Page(HTMLParser):
    """Collects what the checks need; ``problems`` reads as sentences."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.ids: Counter[str] = Counter()
        self.tags: Counter[str] = Counter()
        self.problems: list[str] = []
        self.labelled: set[str] = set()
        self.fields: list[dict[str, str]] = []
        self.links: list[str] = []
        self._labels_open = 0
        self.feed(text)
        self._judge()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags[tag] += 1
        if "id" in given:
            self.ids[given["id"]] += 1
        self._inline(tag, given)
        if tag == "label":
            self._labels_open += 1
            self.labelled.add(given.get("for", ""))
        if tag in ("input", "select", "textarea") and given.get("type") not in UNNAMED:
            self.fields.append(given | {"inside": str(self._labels_open > 0)})
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag == "img" and "alt" not in given:
            self.problems.append("an image without alt")

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._labels_open -= 1

    def _inline(self, tag: str, given: dict[str, str]) -> None:
        if tag == "style" or "style" in given:
            self.problems.append(f"inline style on <{tag}>")
        if tag == "script" and "src" not in given:
            self.problems.append("inline script")
        self.problems += [f"handler {name} on <{tag}>" for name in given if re.fullmatch(r"on\w+|hx-on.*", name)]
        if given.get("href", "").startswith("javascript:"):
            self.problems.append("javascript: link")

    def _judge(self) -> None:
        self.problems += [f"id {name} stands {times} times" for name, times in self.ids.items() if times > 1]
        if self.tags["main"] != 1:
            self.problems.append(f"{self.tags['main']} main landmarks")
        if self.tags["h1"] != 1:
            self.problems.append(f"{self.tags['h1']} h1 headings")
        for field in self.fields:
            named = field["inside"] == "True" or field.get("id", "-") in self.labelled or "aria-label" in field
            if not named:
                self.problems.append(f"no label for {field.get('name')}")
        for link in self.links:
            if link.startswith("#") and link[1:] not in self.ids:
                self.problems.append(f"{link} leads nowhere")
        if "{{" in self.text or "{%" in self.text:
            self.problems.append("template code in the page")
