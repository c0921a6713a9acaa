"""AWS's access control as pure functions: may this principal do this action on this resource?

In reading order: `wildcards` and `variables` (what a pattern in a policy covers), `conditions`
(when a statement applies), `principals` (to whom), `document` (a policy, read from JSON),
`evaluation` (which policies together say yes or no, and AWS's words for it), `advice` (what would
allow it). Nothing here knows where policies are kept; only the standard library is imported.
"""
