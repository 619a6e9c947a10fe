"""PostgreSQL that pip installs, for when DATABASE_URL is unset. Its first user starts it, its last one stops it."""
