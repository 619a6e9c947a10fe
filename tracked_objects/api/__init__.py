"""Tracked objects for programs: read and written as their pages do it, by the same forms."""
