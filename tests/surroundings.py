"""Where the tests are, and the careless user's machine that they pretend to run on."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent

# What the tests were started with, for the few that set up a whole environment.
STARTED_WITH = dict(os.environ)

HOME = Path(tempfile.mkdtemp(prefix="ecs-lab-tests-"))

# Anything that uses these fails loudly: the keys are nobody's, the endpoint does not exist, and the
# proxies are closed ports of this machine.
POISON = {
    "AWS_ACCESS_KEY_ID": "AKIA" + "POISONED4TESTSXX",
    "AWS_SECRET_ACCESS_KEY": "poison/" + "EcsLabMustNeverSendThisAnywhere0",
    "AWS_SESSION_TOKEN": "poisoned-session-token",
    "AWS_PROFILE": "production",
    "AWS_REGION": "eu-west-3",
    "AWS_DEFAULT_REGION": "eu-west-3",
    "AWS_ENDPOINT_URL": "https://aws.poisoned.invalid",
    "AWS_CONFIG_FILE": str(HOME / "aws-config"),
    "AWS_SHARED_CREDENTIALS_FILE": str(HOME / "aws-credentials"),
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "NO_PROXY": "127.0.0.1,localhost",
    "ECS_LAB_DATA": str(HOME / "data"),
    "ECS_LAB_CACHE": str(HOME / "cache"),
    "ECS_LAB_FOLDER": str(HOME / "course"),
}


def poison() -> None:
    """Poison this process's environment, and write the files that it names."""
    (HOME / "aws-config").write_text("[profile production]\nregion = eu-west-3\n", "utf-8")
    (HOME / "aws-credentials").write_text(
        "[production]\n"
        f"aws_access_key_id = {POISON['AWS_ACCESS_KEY_ID']}\n"
        f"aws_secret_access_key = {POISON['AWS_SECRET_ACCESS_KEY']}\n",
        "utf-8",
    )
    os.environ.update(POISON)
