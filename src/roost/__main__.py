"""`python -m roost`."""

from roost.cli import main

main()
