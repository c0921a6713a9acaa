"""Generated questions on what rules decide: policies of IAM, and a listener's rules."""

from __future__ import annotations

import random
from fnmatch import fnmatchcase
from typing import Any

from ecs_lab.quiz.generators.making import Choice, Draft, generator

_ACTIONS = ["ecs:RunTask", "ecs:StopTask", "ecs:UpdateService", "ecs:DescribeServices"]
_ALLOWS = [
    ["ecs:*"],
    ["ecs:RunTask", "ecs:StopTask"],
    ["ecs:Describe*"],
    ["ecs:Update*", "ecs:RunTask"],
]
_DENIES = [["ecs:StopTask"], ["ecs:Update*"], ["ecs:RunTask"], ["ecs:*"]]


def _names(patterns: list[str], action: str) -> bool:
    return any(fnmatchcase(action, pattern) for pattern in patterns)


@generator(concepts="IA-01 IA-05", exams="SAA-C03 DVA-C03 SOA-C03 DOP-C02", difficulty=2,
           pages="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html")  # fmt: skip
def policy_evaluation(chance: random.Random) -> Draft:
    """Is a call allowed by a role's policy and permissions boundary?"""
    action, allow = chance.choice(_ACTIONS), chance.choice(_ALLOWS)
    deny = chance.choice([None, *_DENIES])
    boundary = chance.choice([None, ["ecs:*"], ["ecs:Describe*", "ecs:Update*"], ["ecs:RunTask"]])
    denied, allowed = bool(deny) and _names(deny or [], action), _names(allow, action)
    bounded = boundary is None or _names(boundary, action)
    right = "deny" if denied else "missing" if not allowed else "allowed" if bounded else "boundary"
    said = {
        "allowed": "It is allowed, because of the Allow in the policy.",
        "deny": "It is denied, because of a Deny in the policy.",
        "missing": "It is denied, because no policy allows it.",
        "boundary": "It is denied, because of the boundary.",
    }
    because = {
        "allowed": "The policy allows the action, nothing denies it, and no boundary is in the way.",
        "deny": "An explicit Deny that names the action wins over every Allow.",
        "missing": "What no statement allows is denied: an implicit deny. Neither the other statements "
        "nor a boundary allow it.",
        "boundary": "The policy allows the action, but the permissions boundary does not: both must.",
    }
    tempts = {
        "allowed": "An Allow alone does not decide: it must name this action, and no Deny and no "
        "boundary may stand against it.",
        "deny": "No Deny here names this action, so none decides.",
        "missing": "There is an Allow for this action, or a Deny decides before one is looked for.",
        "boundary": "The boundary is not what stops this call: it names the action, is not there, or "
        "something else decides first.",
    }
    if not (denied or allowed or bounded):
        return policy_evaluation.write(chance)  # both could be named as what is in the way
    told = [f"Allow {' and '.join(allow)} on all resources"]
    told += [f"Deny {' and '.join(deny)} on all resources"] if deny else []
    bound = f"The boundary allows {' and '.join(boundary)}." if boundary else "It has no boundary."
    return Draft(
        f"The only policy of a role says: {', and '.join(told)}. {bound} A task with this role calls "
        f"{action} in its own account. What happens to the call?",
        {"action": action, "allow": allow, "deny": deny, "boundary": boundary},
        [Choice(right, said[right], because[right]),
         *(Choice(kind, said[kind], tempts[kind]) for kind in said if kind != right)],
    )  # fmt: skip


_PATHS = ["/api/*", "/api/orders/*", "/img/*", "/*"]
_REQUESTS = ["/api/orders/7", "/api/users", "/img/logo.png", "/login"]
_GROUPS = ["web", "api", "orders", "files"]


@generator(concepts="LB-01 LB-09", exams="SAA-C03 DVA-C03 SOA-C03", difficulty=2,
           pages="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html "
           "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html")  # fmt: skip
def request_path(chance: random.Random) -> Draft:
    """To which target group does a listener send a request?"""
    paths, groups = chance.sample(_PATHS, 3), chance.sample(_GROUPS, 4)
    priorities = chance.sample(range(1, 100), 3)
    hosts = [chance.choice(["", "", "shop.example.com", "admin.example.com"]) for _ in paths]
    asked = chance.choice(_REQUESTS)
    host = chance.choice(["shop.example.com", "admin.example.com"])
    rules: list[dict[str, Any]] = [
        {"path": path, "host": rule_host, "priority": priority, "group": group}
        for path, rule_host, priority, group in zip(
            paths, hosts, priorities, groups[:3], strict=True
        )
    ]
    default = groups[3]
    by_path = [rule for rule in rules if fnmatchcase(asked, rule["path"])]
    matching = [rule for rule in by_path if rule["host"] in ("", host)]
    first = min(matching, key=lambda rule: rule["priority"]) if matching else None
    right = first["group"] if first else default

    def reason(group: str) -> str:
        if group == default:
            return "The default rule comes last: it is for requests that no other rule matches."
        rule = next(each for each in rules if each["group"] == group)
        if rule not in by_path:
            return f"The path {asked} does not match {rule['path']}."
        if rule not in matching:
            return f"Its host condition is {rule['host']}, and all conditions of a rule must hold."
        return f"It matches too, but its priority {rule['priority']} comes after a lower number."

    why = (
        f"Of the rules that match, it has the lowest priority number, {first['priority']}. However "
        "specific the others are, the first that matches decides."
        if first
        else "No rule matches path and host, so that the default rule takes the request."
    )
    told = "; ".join(
        f"priority {rule['priority']}: path {rule['path']}"
        + (f" and host {rule['host']}" if rule["host"] else "")
        + f" to {rule['group']}"
        for rule in rules
    )
    return Draft(
        f"A listener of an Application Load Balancer has these rules. {told}; default: to {default}. "
        f"A client asks for http://{host}{asked}. Which target group gets the request?",
        {"rules": rules, "default": default, "host": host, "path": asked},
        [Choice(right, f"The target group {right}", why),
         *(Choice(each, f"The target group {each}", reason(each)) for each in groups if each != right)],
    )  # fmt: skip
