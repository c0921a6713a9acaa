"""The learner's side of traffic: `lab.http` and `lab.load`."""
