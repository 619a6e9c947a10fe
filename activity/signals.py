"""What the log tells those who look after it. What is written doesn't depend on anybody listening."""

from django.dispatch import Signal

# Sent when entries are written, in the transaction of what they tell of, with: drafts, and the seconds that it took.
written = Signal()
# Sent when a download has come to its end, with: rows, and the seconds that it took.
downloaded = Signal()
