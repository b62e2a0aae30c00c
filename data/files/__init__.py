"""Tables read strictly, checked against a schema, and written whole or not at all."""
