"""None: the console keeps nothing of its own.

This module is here because Django sends ``post_migrate`` (see ``apps.py``) only to apps that have one.
"""
