"""How many requests a second `ecs-lab serve` answers to eight clients, and whether all arrive.

python tests/benchmarks/bench_serve.py [REQUESTS_OF_EACH_CLIENT]

Starts `ecs-lab serve` on a free port of 127.0.0.1 and eight processes with boto3, which talk to
nothing else. One of four requests writes (a cluster, a revision of a task definition that all
clients share, a tag); at the end everything written is looked for.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from served import Served, serving

CLIENTS = 8
MOST_REQUESTS = 2000  # of each client
PATIENCE_S = 120


def work(settings: dict[str, str], number: int, requests: int, gate: Any, results: Any) -> None:
    """One client: its requests as fast as they are answered."""
    import boto3
    from botocore.config import Config

    os.environ.update(settings)
    once = Config(retries={"total_max_attempts": 1}, read_timeout=30)
    ecs = boto3.client("ecs", config=once)
    gate.wait(PATIENCE_S)
    took, errors = [], []
    for turn in range(requests):
        started = time.perf_counter()
        try:
            one_request(ecs, number, turn)
        except Exception as error:  # every one counts, whatever it is
            errors.append(repr(error))
        took.append(time.perf_counter() - started)
    results.put((took, errors))


def one_request(ecs: Any, number: int, turn: int) -> None:
    """The request of this turn: twelve in a row are three writes and nine reads."""
    turn_of_12 = turn % 12
    mine = f"client-{number}-{turn // 12}"
    if turn_of_12 == 0:
        ecs.create_cluster(clusterName=mine)
    elif turn_of_12 == 4:
        container = {"name": "web", "image": "nginx", "memory": 64}
        ecs.register_task_definition(family="shared", containerDefinitions=[container])
    elif turn_of_12 == 8:
        tags = [{"key": "by", "value": mine}]
        arn = f"arn:aws:ecs:us-east-1:123456789012:cluster/{mine}"
        ecs.tag_resource(resourceArn=arn, tags=tags)
    elif turn_of_12 % 2:
        ecs.describe_clusters(clusters=[mine])
    else:
        ecs.list_clusters()


def written(served: Served) -> tuple[dict[str, str | None], int]:
    """What the lab holds in the end: cluster -> its tag, and the number of revisions."""
    ecs = served.client("ecs")
    pages = ecs.get_paginator("list_clusters").paginate()
    arns = [arn for page in pages for arn in page["clusterArns"]]
    clusters = {}
    for first in range(0, len(arns), 100):
        some = ecs.describe_clusters(clusters=arns[first : first + 100], include=["TAGS"])
        for each in some["clusters"]:
            tags = {tag["key"]: tag["value"] for tag in each.get("tags", [])}
            clusters[each["clusterName"]] = tags.get("by")
    pages = ecs.get_paginator("list_task_definitions").paginate(familyPrefix="shared")
    return clusters, sum(len(page["taskDefinitionArns"]) for page in pages)


def main(requests: int) -> int:
    """Run it and print the figures; 1 where a request failed or a write is missing."""
    requests = min(requests, MOST_REQUESTS) // 12 * 12
    context = multiprocessing.get_context("spawn")
    with serving(speed=60) as served:
        gate, results = context.Barrier(CLIENTS + 1), context.Queue()
        clients = [
            context.Process(
                target=work, args=(served.settings, number, requests, gate, results), daemon=True
            )
            for number in range(CLIENTS)
        ]
        for each in clients:
            each.start()
        gate.wait(PATIENCE_S)
        started = time.perf_counter()
        answers = [results.get(timeout=PATIENCE_S) for _ in clients]
        seconds = time.perf_counter() - started
        clusters, revisions = written(served)
        served.stop()
    took = sorted(each for times, _ in answers for each in times)
    errors = [each for _, failed in answers for each in failed]
    wanted = {
        f"client-{number}-{turn}" for number in range(CLIENTS) for turn in range(requests // 12)
    }
    lost = len(wanted - {name for name, tag in clusters.items() if tag == name})
    lost += len(wanted) - revisions
    print(f"{CLIENTS} clients, {len(took)} requests in {seconds:.1f} s")
    print(f"{len(took) / seconds:.0f} requests a second")
    slow = took[len(took) * 99 // 100]
    print(f"median {statistics.median(took) * 1000:.1f} ms, 99% within {slow * 1000:.1f} ms")
    print(f"errors {len(errors)} {errors[:3] or ''}, lost writes {lost} of {3 * len(wanted)}")
    return int(bool(errors or lost))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300))
