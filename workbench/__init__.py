"""One command over the commands of every floor; nothing heavy is imported here."""
