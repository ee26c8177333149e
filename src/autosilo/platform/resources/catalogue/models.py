import re
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from autosilo.platform.kit.money import Money

HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


class Body(models.TextChoices):
    HATCHBACK = "hatchback", "hatchback"
    SALOON = "saloon", "saloon"
    ESTATE = "estate", "estate"
    SUV = "suv", "SUV"
    VAN = "van", "van"
    PICKUP = "pickup", "pick-up"
    SPORTS = "sports", "sports car"
    CONVERTIBLE = "convertible", "convertible"


class CarModel(models.Model):
    """A model that can be tried. Technical facts are of the real car and carry their source; the price is demo data
    unless the operator has set it."""

    slug = models.SlugField(primary_key=True, max_length=60)
    make = models.CharField(max_length=60)
    name = models.CharField(max_length=80)
    year = models.PositiveSmallIntegerField()
    body = models.CharField(max_length=20, choices=Body)
    seats = models.PositiveSmallIntegerField()
    range_km = models.PositiveSmallIntegerField(help_text="km, by the cycle below")
    range_cycle = models.CharField(max_length=12, help_text="CLTC, WLTP, EPA …")
    battery_kwh = models.DecimalField(
        max_digits=5, decimal_places=1, help_text="usable, or gross where only that is known"
    )
    dc_kw = models.PositiveSmallIntegerField(null=True, blank=True, help_text="peak charging power")
    length_mm = models.PositiveSmallIntegerField()
    width_mm = models.PositiveSmallIntegerField()
    height_mm = models.PositiveSmallIntegerField()
    mass_kg = models.PositiveSmallIntegerField(help_text="kerb")
    price_minor = models.PositiveBigIntegerField(help_text="hundredths of the currency")
    currency = models.CharField(max_length=3, default="CNY")
    price_is_demo = models.BooleanField(default=True)
    source = models.CharField(max_length=200, help_text="where the technical facts come from")
    on_sale = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["make", "name"]

    def __str__(self) -> str:
        return f"{self.make} {self.name}"

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)


class Paint(models.Model):
    """A body colour in which a model is offered."""

    model = models.ForeignKey(CarModel, on_delete=models.CASCADE, related_name="paints")
    code = models.SlugField(max_length=30)
    name_en = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=40)
    hex = models.CharField(max_length=7)
    family = models.CharField(max_length=10, help_text="the plain colour that a camera would name: white, black, …")

    class Meta:
        ordering: ClassVar = ["model", "code"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["model", "code"], name="paint_once_per_model")]

    def __str__(self) -> str:
        return f"{self.model_id} {self.name_en}"

    def clean(self) -> None:
        """What staff type. The sites refuse an order with anything else, and the pages draw with it."""
        if not HEX.fullmatch(self.hex):
            raise ValidationError({"hex": "Six hexadecimal digits after a #, as in #a3161f."})


class ReferenceLook(models.Model):
    """The embedding of one reference photo of a model; the photo itself is not kept, unless as a ``LookPicture``."""

    class Origin(models.TextChoices):
        OPERATOR = "operator", "operator"
        SHOPPER = "shopper", "shopper"

    model = models.ForeignKey(CarModel, on_delete=models.CASCADE, related_name="looks")
    encoder = models.CharField(max_length=80, help_text="name and version of the network that made it")
    vector = models.BinaryField(help_text="float32, little endian")
    added_at = models.DateTimeField()
    note = models.CharField(max_length=120, blank=True)
    fingerprint = models.CharField(
        max_length=16, blank=True, help_text="perceptual hash of the car's crop, 64 bits, hex"
    )
    view = models.CharField(max_length=10, blank=True, help_text="front, side or rear, as far as it can be told")
    width = models.PositiveIntegerField(default=0, help_text="pixels of the car's crop; 0: not known")
    height = models.PositiveIntegerField(default=0, help_text="pixels of the car's crop; 0: not known")
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.OPERATOR)

    class Meta:
        ordering: ClassVar = ["-added_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["encoder", "fingerprint"], condition=~models.Q(fingerprint=""), name="look_once_in_the_gallery"
            )
        ]

    def __str__(self) -> str:
        return f"look of {self.model_id}"


class LookPicture(models.Model):
    """The crop of a reference photo, kept only where an operator asked for it: at most 320 pixels wide, covered."""

    look = models.OneToOneField(ReferenceLook, primary_key=True, on_delete=models.CASCADE, related_name="picture")
    jpeg = models.BinaryField()

    def __str__(self) -> str:
        return f"picture of {self.look_id}"
