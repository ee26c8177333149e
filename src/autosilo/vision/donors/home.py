"""Where fetched files are kept."""

import os
from pathlib import Path


def home_dir() -> Path:
    """`AUTOSILO_HOME`; else `var/` of the checkout that this file belongs to; else `var/` of the working directory."""
    configured = os.environ.get("AUTOSILO_HOME")
    if configured:
        return Path(configured)
    checkout = Path(__file__).resolve().parents[4]
    base = checkout if (checkout / "pyproject.toml").exists() else Path.cwd()
    return base / "var"
