"""Explicit-state model check of the protocol: controller, journal, lossy link and PLC, with crashes of either.

Read ``docs/explanation/exactly-once.md`` first. ``state`` says what is remembered, ``controller``, ``link`` and ``plc``
what each can do next, ``model`` what must hold, ``explore`` searches, ``mutants`` take out one safeguard each.
"""
