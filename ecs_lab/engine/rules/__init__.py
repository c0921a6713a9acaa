"""The rules a task definition must keep when it is registered, one small function a rule.

A rule takes a `Draft` and raises AWS's exception when the draft breaks it.
`task_definition_rules.py` lists the rules; the texts of the exceptions are in
`data/task_definition_messages.toml`.
"""
