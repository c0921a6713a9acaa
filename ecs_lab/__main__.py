"""`python -m ecs_lab` is the same as `ecs-lab`."""

from ecs_lab.cli import main

if __name__ == "__main__":
    main()
