"""What every part of the HTTP API stands on: who asks, what they may do, how often, and how an error is told."""
