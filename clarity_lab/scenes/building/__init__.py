"""Scenes as descriptions: what they are and how they are drawn."""
