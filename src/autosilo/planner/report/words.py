"""The report's words in the project's languages. ``{…}`` are filled in."""

from typing import Final

ENGLISH: Final = {
    "title": "Plan of {site}",
    "summary": "{days} simulated days, {pickups} pick-ups a day asked for, {booked} booked, seed {seed}.",
    "advised": "Advised: {design}. It is the cheapest of those looked at that keep the promise: 95 of 100 shoppers "
    "wait no longer than {wait} s, and no more than {refused} are refused.",
    "none": "None of the designs keeps the promise: 95 of 100 shoppers wait no longer than {wait} s, and no more than "
    "{refused} are refused.",
    "design": "{lifts} lifts, {floors} floors, {delivery_bays} delivery bays, {cars} cars, {chargers} chargers",
    "designs": "Designs",
    "lifts": "lifts",
    "floors": "floors",
    "bays": "bays",
    "delivery_bays": "delivery bays",
    "cars": "cars",
    "chargers": "chargers",
    "wait_mean": "wait, mean (s)",
    "wait_p95": "wait, p95 (s)",
    "walk_up_p95": "walk-ups, p95 (s)",
    "booked_p95": "booked, p95 (s)",
    "refused_pickups": "pick-ups refused",
    "refused_returns": "returns refused",
    "lift_use": "lift use",
    "bays_most": "bays taken, most",
    "cost": "cost a year ({currency})",
    "promise": "promise kept",
    "yes": "yes",
    "no": "no",
    "waits": "Waits",
    "waits_about": "How long shoppers wait in the shown design: from the request, for a booked shopper from the later "
    "of booked time and identification, until the car stands behind the open gate.",
    "waits_described": "Half wait no longer than {p50} s, 95 of 100 no longer than {p95} s.",
    "seconds": "seconds",
    "shoppers": "shoppers",
    "occupancy": "Cars in bays through the day",
    "occupancy_about": "Mean number by hour of the day, of {bays} bays.",
    "hour": "hour of the day",
    "deliveries": "Delivery bays in use",
    "deliveries_about": "Share of all time in which so many delivery bays were taken.",
    "share": "share of time",
    "heat": "The tower, lift {lift}",
    "heat_about": "Share of time in which a car stands in each bay; the street is below. {mean} on average.",
    "heat_bay": "{bay}: {share} of the time",
    "service": "Cost against service",
    "service_about": "Each dot is a design; the advised one is filled. Lower and further left is better.",
    "promised": "promised",
    "how": "How to read this",
    "how_about": "Every design meets the same simulated people; lifts move by the kinematics of the site file, under "
    "the policies of the site controller. A simulation says nothing about what was not put into it.",
}

CHINESE: Final = {
    "title": "{site} 规划",
    "summary": "模拟 {days} 天，每天需求 {pickups} 次取车，预约占 {booked}，随机种子 {seed}。",
    "advised": "建议：{design}。在所比较的方案中，它是满足承诺的最便宜方案：95% 的顾客等待不超过 {wait} 秒，"
    "被拒绝的不超过 {refused}。",
    "none": "没有方案满足承诺：95% 的顾客等待不超过 {wait} 秒，被拒绝的不超过 {refused}。",
    "design": "{lifts} 台升降机，{floors} 层，{delivery_bays} 个交车位，{cars} 辆车，{chargers} 个充电位",
    "designs": "方案",
    "lifts": "升降机",
    "floors": "层数",
    "bays": "车位",
    "delivery_bays": "交车位",
    "cars": "车辆",
    "chargers": "充电位",
    "wait_mean": "平均等待（秒）",
    "wait_p95": "等待 p95（秒）",
    "walk_up_p95": "现场顾客 p95（秒）",
    "booked_p95": "预约顾客 p95（秒）",
    "refused_pickups": "取车被拒",
    "refused_returns": "还车被拒",
    "lift_use": "升降机利用率",
    "bays_most": "最多占用车位",
    "cost": "年成本（{currency}）",
    "promise": "满足承诺",
    "yes": "是",
    "no": "否",
    "waits": "等待时间",
    "waits_about": "所示方案中顾客的等待时间：从提出请求起（预约顾客从预约时间与核验身份中较晚者起），"
    "到车停在打开的门后为止。",
    "waits_described": "一半顾客等待不超过 {p50} 秒，95% 不超过 {p95} 秒。",
    "seconds": "秒",
    "shoppers": "顾客数",
    "occupancy": "一天中的在库车辆",
    "occupancy_about": "按小时的平均数，共 {bays} 个车位。",
    "hour": "时刻",
    "deliveries": "交车位占用",
    "deliveries_about": "恰有若干交车位被占用的时间比例。",
    "share": "时间比例",
    "heat": "立体车库，升降机 {lift}",
    "heat_about": "每个车位有车的时间比例；下方为地面。平均 {mean}。",
    "heat_bay": "{bay}：{share} 的时间",
    "service": "成本与服务",
    "service_about": "每个点是一个方案，实心点为建议方案。越低、越靠左越好。",
    "promised": "承诺",
    "how": "如何阅读",
    "how_about": "每个方案面对相同的模拟人群；升降机按站点文件的运动学、按站点控制器的策略运行。"
    "模拟不能说明没有输入的情况。",
}

LANGUAGES: Final = {"en": ENGLISH, "zh-hans": CHINESE}


class Words:
    """``words("title", site="Nanjing")``."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = LANGUAGES[language]

    def __call__(self, key: str, **values: object) -> str:
        return self._texts[key].format(**values) if values else self._texts[key]
