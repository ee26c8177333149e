"""``autosilo site manual NAME``: the sheet for the day when all is dead. Needs no running process, only the journal.

What to do stands in ``tower.manual``; the words and the layout here. Plain text for any printer, in English or Chinese.
"""

import argparse
import os
import sqlite3
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autosilo.tower.config import SiteConfig
from autosilo.tower.manual import BayRow, CannotPlan, Step, StepKind, bay_list, steps
from autosilo.tower.site_file import SiteFileError, load_site

WIDTH = 92
"""Columns of text on an upright A4 sheet at 10 point."""

WORDS: dict[str, dict[str, str]] = {
    "en": {
        StepKind.MAKE_SAFE: "Switch {lift} off at its main switch and lock it. Turn its key to Manual and keep it. "
        "See that nobody is in the hoistway or in a station. Nobody goes below a raised car.",
        StepKind.MOVE_CARRIAGE: "Move the carriage of {lift} by its manual controls to {place}: {height} mm above the "
        "street, {across}.",
        StepKind.TAKE: "Take the car {vin} from {place} onto the carriage. Compare its VIN.",
        StepKind.PUT: "Put the car {vin} from the carriage into {place}.",
        StepKind.OPEN_SHUTTER: "Open the shutter of {place} by hand. Its gate stays shut.",
        StepKind.SHUT_SHUTTER: "Shut the shutter of {place} and see that it is locked.",
        StepKind.OPEN_GATE: "Open the gate of {place} by hand. From now on the lift must not be moved.",
        StepKind.DRIVE_OUT: "Drive or push the car {vin} out of {place}.",
        StepKind.SHUT_GATE: "Shut the gate of {place}.",
        StepKind.WRITE_DOWN: "Write down: {vin} is now in {place}, with the time and your name.",
        "left": "Write down: {vin} has left, with the time and your name.",
        "metres": "{across} mm along the columns",
        "degrees": "turntable at {across} degrees",
        "title": "{site}: bringing cars down by hand",
        "printed": "printed {now} UTC from the journal",
        "moving": "A move was under way: {vin} from {src} to {dst}. The car may stand on the carriage. Look first.",
        "list": "Where each car stands, by the journal",
        "blocked": "blocked",
        "steps": "Bringing down {vin}",
        "after": "Afterwards the key goes back to Auto; the tower then asks for every bay to be confirmed.",
        "not_in_the_tower": "{about} is not in this tower by its journal",
        "unknown_place": "the journal names a place that the site file does not have: {about}",
        "no_room_to_relocate": "there is no free bay for {about}, which stands in the way",
        "no_way_out": "{about} has no usable delivery station",
    },
    "zh-hans": {
        StepKind.MAKE_SAFE: "断开 {lift} 的主开关并上锁。将钥匙开关转到手动并随身保管钥匙。确认井道和出入口内无人。"
        "任何人不得进入被抬起车辆的下方。",
        StepKind.MOVE_CARRIAGE: "用手动控制将 {lift} 的载车台移到 {place}：高于街面 {height} 毫米，{across}。",
        StepKind.TAKE: "将车辆 {vin} 从 {place} 移到载车台上，并核对车架号。",
        StepKind.PUT: "将车辆 {vin} 从载车台移入 {place}。",
        StepKind.OPEN_SHUTTER: "手动打开 {place} 的内门，外门保持关闭。",
        StepKind.SHUT_SHUTTER: "关闭 {place} 的内门并确认已锁好。",
        StepKind.OPEN_GATE: "手动打开 {place} 的外门。此后不得移动升降机。",
        StepKind.DRIVE_OUT: "将车辆 {vin} 从 {place} 开出或推出。",
        StepKind.SHUT_GATE: "关闭 {place} 的外门。",
        StepKind.WRITE_DOWN: "记录：{vin} 现在位于 {place}，注明时间和姓名。",
        "left": "记录：{vin} 已离开，注明时间和姓名。",
        "metres": "沿列方向 {across} 毫米",
        "degrees": "转台 {across} 度",
        "title": "{site}：手动取车",
        "printed": "{now}（UTC）根据日志打印",
        "moving": "有一次移动尚未结束：{vin} 从 {src} 到 {dst}。车辆可能在载车台上，请先查看。",
        "list": "日志记录的车辆位置",
        "blocked": "停用",
        "steps": "取出 {vin}",
        "after": "完成后将钥匙转回自动；塔库会要求逐一确认每个车位。",
        "not_in_the_tower": "日志显示 {about} 不在本塔库中",
        "unknown_place": "日志中的位置在站点文件中不存在：{about}",
        "no_room_to_relocate": "挡住通路的 {about} 没有空车位可移",
        "no_way_out": "{about} 没有可用的出车口",
    },
}
HEADS = {
    "en": ("place", "height mm", "across", "VIN", "now (by hand)"),
    "zh-hans": ("位置", "高度 毫米", "水平", "车架号", "现在（手写）"),
}
"""By language; a test sees to it that none is missing."""


@dataclass(frozen=True, slots=True)
class Books:
    """What the journal says. ``moving``: (vin, source, destination) of moves that were not over."""

    inventory: Mapping[str, str]
    blocked: frozenset[str]
    moving: tuple[tuple[str, str, str], ...]


def read_books(path: Path) -> Books:
    """Without writing anything, also while the controller runs. Raises ``sqlite3.Error``, ``OSError``."""
    if not path.is_file():
        raise OSError(f"there is no journal at {path}")
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        inventory = dict(db.execute("SELECT place, vin FROM inventory"))
        blocked = frozenset(row[0] for row in db.execute("SELECT place FROM blocked")) if "blocked" in tables else ()
        moving = db.execute("SELECT vin, src, dst FROM commands WHERE state = 'open' AND vin IS NOT NULL").fetchall()
    finally:
        db.close()
    return Books(inventory, frozenset(blocked), tuple(moving))


def sheet(site: SiteConfig, books: Books, *, vin: str | None, language: str, now: datetime) -> str:
    """The whole text: the bay list, or the steps for one car. Raises ``tower.manual.CannotPlan``."""
    words = WORDS[language]
    lines = [words["title"].format(site=site.name.get(language)), words["printed"].format(now=f"{now:%Y-%m-%d %H:%M}")]
    lines += ["", *(f"!! {words['moving'].format(vin=one, src=src, dst=dst)}" for one, src, dst in books.moving)]
    if vin is None:
        rows = bay_list(site, books.inventory, blocked=books.blocked)
        lines += ["", words["list"], "", *_bay_lines(rows, HEADS[language], words)]
    else:
        plan = steps(site, books.inventory, vin, blocked=books.blocked)
        lines += ["", words["steps"].format(vin=vin), "", *_step_lines(plan, words)]
    return "\n".join([*lines, "", words["after"], ""])


def _step_lines(plan: Sequence[Step], words: Mapping[str, str]) -> list[str]:
    lines = []
    for number, step in enumerate(plan, start=1):
        left = step.kind is StepKind.WRITE_DOWN and step.place is None
        text = words["left" if left else step.kind].format(
            lift=step.lift,
            place=step.place,
            vin=step.vin,
            height=round((step.height_m or 0.0) * 1000),
            across=_across(step.across or 0.0, step.turns, words),
        )
        first, *rest = textwrap.wrap(text, (WIDTH - 9) // (1 if text.isascii() else 2)) or [""]
        lines += [f"[ ] {number:>2}.  {first}", *(f"         {one}" for one in rest)]
    return lines


def _bay_lines(rows: Sequence[BayRow], head: Sequence[str], words: Mapping[str, str]) -> list[str]:
    place, height, across, vin, by_hand = head
    lines = [f"{place:<11}{height:>10}  {across:<30}{vin:<19}{by_hand}", "-" * WIDTH]
    for row in rows:
        mark = words["blocked"] if row.blocked else ""
        where = _across(row.across, row.turns, words)
        lines.append(
            f"{row.place:<11}{round(row.height_m * 1000):>10}  {where:<30}{row.vin or '-':<19}{mark or '_' * 17}"
        )
    return lines


def _across(across: float, turns: bool, words: Mapping[str, str]) -> str:
    if turns:
        return words["degrees"].format(across=f"{across:.1f}")
    return words["metres"].format(across=round(across * 1000))


def main(argv: Sequence[str] | None = None) -> int:
    """``autosilo site manual NAME [--vin VIN] [--language en|zh-hans]``."""
    parser = argparse.ArgumentParser(
        prog="autosilo site manual", description="A sheet for bringing cars down by hand, out of a tower's journal."
    )
    parser.add_argument("name", help="the site's slug")
    parser.add_argument("--vin", help="the steps for this car; without it the list of all bays")
    parser.add_argument("--language", choices=tuple(WORDS), default="en")
    arguments = parser.parse_args(argv)
    home = Path(os.environ.get("AUTOSILO_HOME", "var"))
    try:
        site = load_site(arguments.name, pace=1)
        books = read_books(home / "sites" / arguments.name / "journal.db")
        print(sheet(site, books, vin=arguments.vin, language=arguments.language, now=datetime.now(UTC)))
    except CannotPlan as error:
        words = WORDS[arguments.language][error.reason].format(about=error.about)
        print(f"autosilo site manual: {words}", file=sys.stderr)
        return 1
    except (SiteFileError, OSError, sqlite3.Error) as error:
        print(f"autosilo site manual: {error}", file=sys.stderr)
        return 1
    return 0
