"""Developers from a CSV file: reading → mapping → checking → comparing → applying. Only the last step writes them."""
