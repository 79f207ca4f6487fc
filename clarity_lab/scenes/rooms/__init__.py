"""Rooms, and what their walls do to sound."""
