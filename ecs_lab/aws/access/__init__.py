"""Access control of a lab: who asks, for what, and whether the account's policies allow it.

`ecs_lab.iam` decides; this package finds what it decides about. In reading order: `identities`
(users and roles, as moto's IAM keeps them, and their policies), `resource_policies`, `keys` (the
credentials that a lab hands out), `access` (`World.access`, which the rest of the lab asks).
"""
