"""How tables, figures and the page look."""
