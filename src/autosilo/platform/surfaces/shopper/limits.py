"""How often a visitor may send what. Generous to people, tight for what costs or could be guessed."""

from datetime import timedelta
from typing import TypedDict


class Limit(TypedDict):
    limit: int
    per: timedelta


OFTEN: Limit = {"limit": 60, "per": timedelta(minutes=1)}  # small forms
PHOTOS: Limit = {"limit": 20, "per": timedelta(minutes=5)}  # each costs seconds of inference
CAPTURES: Limit = {"limit": 10, "per": timedelta(minutes=10)}  # each holds a seat for a minute
SIGN_IN: Limit = {"limit": 12, "per": timedelta(minutes=5)}  # a password must not be guessed
TEXTS: Limit = {"limit": 6, "per": timedelta(minutes=10)}  # each costs money, and may wake somebody up
WALLET: Limit = {"limit": 30, "per": timedelta(minutes=1)}  # each costs two checks of signatures
JOIN: Limit = {"limit": 20, "per": timedelta(hours=1)}
CREDIT: Limit = {"limit": 10, "per": timedelta(hours=1)}  # a bureau counts every question
MONEY: Limit = {"limit": 20, "per": timedelta(minutes=10)}
REVIEWS: Limit = {"limit": 10, "per": timedelta(days=1)}  # a person reads each of them
MY_DATA: Limit = {"limit": 10, "per": timedelta(hours=1)}  # a whole account is read, or a password guessed
