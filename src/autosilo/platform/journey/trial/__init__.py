"""The record of one test drive: its states, timeline and deadlines."""
