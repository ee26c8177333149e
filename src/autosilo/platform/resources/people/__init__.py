"""Accounts, driving licences, memberships."""
