"""The part of SEI's published developer API that scripts are written against: the same addresses, words and answers."""
