"""Whole experiments from the command line."""
