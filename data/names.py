"""Names that every kind of panel uses."""

DATE_COLUMN = "date"
