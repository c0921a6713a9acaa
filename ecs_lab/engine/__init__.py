"""ECS as a pure, deterministic simulation in virtual time: clock, task life cycle, placement,
scheduler, API.

Standard library only; nothing here knows boto3, moto, files or the wall clock. Start reading at
`ecs.py`.
"""
