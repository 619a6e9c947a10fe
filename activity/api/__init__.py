"""The log for programs: read it, follow it, download it, add to it (SPEC §9)."""
