"""Versions of a team: what each entry about it left behind, to be read, compared and restored."""
