"""Grading: a learner's notebook runs in a child process, and the verdict is formed in this one.

    from ecs_lab.grading.grade import grade
    report = grade(Path("learner.ipynb"), ["ec2-two-instances"])

`plugin` makes the same available as `pytest learner.ipynb`. Nothing is imported here, because
pytest loads the plugin in every run of everybody who has the course installed.
"""
