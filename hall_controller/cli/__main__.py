"""`python -m hall_controller.cli`: the `hall` command of this very installation, as the demo starts it."""

from hall_controller.cli import main

main()
