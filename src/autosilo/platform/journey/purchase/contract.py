"""The contract of sale: its words by version and language, filled with the facts of the car and the price.

The very words that were shown are stored with the purchase, with their SHA-256. A demonstration text, not legal advice.
"""

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.sites.queries import name_of

VERSION = "sale-2026-01"

TEMPLATES: dict[str, dict[str, str]] = {
    VERSION: {
        "en": """CONTRACT OF SALE ({version})

1. Parties. autosilo, operator of the site {site}, as seller; {buyer}, {email}, as buyer.
2. Car. {make} {name} ({year}), colour {paint}, plate {plate}, vehicle identification number {vin}, used: it has been
   lent for test drives, the last one to the buyer from {handed_over} on.
3. Price. {price}, all taxes and the seller's fees included, due at once, paid through the shop's payment service.
4. Ownership passes to the buyer when the payment is received. The car stays with the buyer; nothing is to be returned.
5. Condition. The buyer has driven the car and knows its condition. The buyer's rights by law when the car does not
   conform to the contract are not limited by this.
6. Registration. The seller hands over the papers that the registration in the buyer's name needs.
7. Trial. The test drive of which this car was the object ends with the purchase; nothing is charged for it.
8. Data. The template of the buyer's face, if there is one, is destroyed at once. This contract and the receipt are kept
   for as long as tax law demands.

Made on {date}.
""",
        "zh-hans": """车辆买卖合同（{version}）

一、当事人。卖方：autosilo（{site} 站点运营方）；买方：{buyer}，{email}。
二、标的车辆。{make} {name}（{year} 款），颜色：{paint}，车牌：{plate}，车辆识别代号：{vin}。
    本车为试驾用车，最近一次自 {handed_over} 起由买方试驾。
三、价款。{price}，含税费及卖方全部费用，即时支付，通过本店支付服务完成。
四、所有权自卖方收到价款时转移给买方。车辆留在买方处，无须归还。
五、车况。买方已实际驾驶并了解车况。本合同不限制买方在车辆不符合约定时依法享有的权利。
六、登记。卖方应交付办理转移登记所需的全部资料。
七、试驾。本车的试驾因购买而结束，不收取试驾费用。
八、信息保护。买方的人脸模板（如有）立即销毁。本合同及收据按税法规定的期限保存。

签订日期：{date}
""",
    }
}


def render(*, trial: Trial, language: str, now: datetime, version: str = VERSION) -> str:
    """The contract about ``trial``'s car at today's price, in ``language`` (English where there is none).

    The date is that of the site. Raises ``KeyError`` for an unknown version.
    """
    templates = TEMPLATES[version]
    zone = ZoneInfo(trial.site.time_zone)
    model, person = trial.car_model, trial.person
    chinese = language.startswith("zh")
    handed_over = trial.handed_over_at or trial.slot_start
    return templates.get(language, templates["en"]).format(
        version=version,
        site=name_of(trial.site, language),
        buyer=f"{person.last_name}{person.first_name}" if chinese else f"{person.first_name} {person.last_name}",
        email=person.email,
        make=model.make,
        name=model.name,
        year=model.year,
        paint=trial.paint.name_zh if chinese else trial.paint.name_en,
        plate=trial.car.plate,
        vin=trial.car.vin,
        handed_over=f"{handed_over.astimezone(zone):%Y-%m-%d %H:%M}",
        price=model.price,
        date=f"{now.astimezone(zone):%Y-%m-%d}",
    )


def digest(text: str) -> str:
    """Hex SHA-256 of the words."""
    return hashlib.sha256(text.encode()).hexdigest()
