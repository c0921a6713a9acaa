"""What a learner has done so far, in one file: the same for notebooks, terminal and exams.

`records` says what is kept (answers, sessions, flags, what happened with exercises), `tables` how a
SQLite file holds it, `store` is the file with all that can go wrong, `exchange` is JSON in and out.
What follows from the records (which exercise is passed, which question is due) is worked out by
whoever asks, and kept nowhere.

>>> from ecs_lab.progress import Answer, Store
>>> mine = Store()
>>> mine.add(Answer("ec2-fixed-host-port", correct=True, seconds=12.5))
>>> [each.correct for each in mine.all(Answer)]
[True]
"""

from ecs_lab.progress.records import Answer, Event, Flag, Sitting, new_id, now
from ecs_lab.progress.store import Store, here, using

__all__ = ["Answer", "Event", "Flag", "Sitting", "Store", "here", "new_id", "now", "using"]
