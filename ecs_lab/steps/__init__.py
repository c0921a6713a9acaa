"""Steps: a deployment as a list of steps, each with its code, that are run and taken back one by
one.

`script.py` reads the file in which they stand, `shelf.py` finds it, `player.py` runs it in a lab.
The panel in a notebook is `ecs_lab.widgets.steps`.
"""
