"""`python -m roost.media`: a worker, started by `Workshop`."""

from roost.media.worker import main

main()
