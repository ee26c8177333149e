"""The one place where real or stand-in providers are chosen. Domain apps have sockets; here something is plugged in.

Which one is real and which a stand-in is a matter of addresses: the credit bureau and the payment service of the demo
are twins behind the same protocols.
"""

from django.conf import settings

from autosilo.platform.journey.eligibility import scheduled
from autosilo.platform.journey.eligibility.actions import bureau
from autosilo.platform.journey.eligibility.bureau_client import CreditBureau, FixedToken, HttpCreditBureau
from autosilo.platform.journey.eligibility.bureau_oauth import ClientCredentials
from autosilo.platform.journey.eligibility.bureau_zhima import ZhimaBureau, alipay
from autosilo.platform.journey.identity import faces
from autosilo.platform.journey.scan import seeing
from autosilo.platform.journey.scan.seeing import CarReader
from autosilo.platform.policies import registry
from autosilo.platform.resources.licences.actions import LicenceReader
from autosilo.platform.resources.licences.actions import reader as licence_reader
from autosilo.platform.resources.payments.actions import gateway
from autosilo.platform.resources.payments.stripe_gateway import PaymentGateway, StripeGateway
from autosilo.platform.resources.signin import marketplace, texts
from autosilo.platform.resources.signin.openid import Provider
from autosilo.platform.resources.sites.bus import NatsPublisher, Publisher, publisher
from autosilo.vision.presence.eye import Eye


def credit_bureau() -> CreditBureau:
    return bureau()


def payment_gateway() -> PaymentGateway:
    return gateway()


def car_engine() -> CarReader:
    return seeing.reader()


def bus() -> Publisher:
    return publisher()


def plug_in() -> None:
    """Called once, when Django is ready. Nothing is opened before its first use."""
    bureau.plug(_http_bureau)
    gateway.plug(_stripe)
    faces.eye.plug(_eye)
    seeing.reader.plug(_cars)
    licence_reader.plug(_licences)
    publisher.plug(_nats)
    marketplace.providers.plug(_logins)
    texts.sender.plug(_texts)
    registry.plug(scheduled.policies)


def _http_bureau() -> CreditBureau:
    """The kind of bureau is a setting: one with OAuth, one with a fixed token, or Zhima."""
    if settings.BUREAU_KIND == "zhima":
        return ZhimaBureau(
            alipay(
                app_id=settings.ZHIMA_APP_ID,
                private_key=settings.ZHIMA_PRIVATE_KEY,
                alipay_public_key=settings.ZHIMA_ALIPAY_PUBLIC_KEY,
                server_url=settings.ZHIMA_SERVER_URL,
            )
        )
    if settings.BUREAU_KIND == "token":
        return HttpCreditBureau(settings.BUREAU_URL, FixedToken(settings.BUREAU_TOKEN))
    return HttpCreditBureau(
        settings.BUREAU_URL,
        ClientCredentials(
            settings.BUREAU_TOKEN_URL or f"{settings.BUREAU_URL}/oauth/token",
            settings.BUREAU_CLIENT_ID,
            settings.BUREAU_CLIENT_SECRET,
            scope=settings.BUREAU_SCOPE,
        ),
    )


def _stripe() -> PaymentGateway:
    return StripeGateway(settings.STRIPE_SECRET_KEY, api_base=settings.STRIPE_API_BASE)


def _eye() -> Eye:
    from autosilo.vision.presence.vision_eye import VisionEye  # loads a runtime that only some processes need

    return VisionEye()


def _cars() -> CarReader:
    from autosilo.vision.cars import CarEngine

    return CarEngine(encoder=settings.VISION_CARS_ENCODER)


def _licences() -> LicenceReader:
    from autosilo.platform.resources.licences.mdl import MobileLicences  # loads two libraries that few processes need

    return MobileLicences(settings.LICENCE_ROOTS)


def _logins() -> tuple[Provider, ...]:
    return tuple(Provider(one) for one in settings.LOGINS)


def _texts() -> texts.TextSender:
    return texts.HttpTexts(
        settings.SMS_URL, account=settings.SMS_ACCOUNT, token=settings.SMS_TOKEN, origin=settings.SMS_FROM
    )


def _nats() -> Publisher:
    return NatsPublisher(settings.NATS_URL)
