"""``python -m workbench`` is ``tlw``."""

from workbench.command_line import main

main()
