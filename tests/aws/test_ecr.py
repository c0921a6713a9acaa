"""Amazon ECR in virtual time: tags, lifecycle policies, scans, tokens."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from insides import described, on_fargate

from ecs_lab.aws.ecr.lifecycle import DAY_S, marked
from ecs_lab.aws.ecr.lifecycle_rules import read

if TYPE_CHECKING:
    from ecs_lab import Lab
    from ecs_lab.lab import Lab as AnyLab


class Stored:
    """An image of AWS's examples."""

    def __init__(self, name: str, tags: list[str], days: float) -> None:
        self.name, self.image_tags, self.image_pushed_at = name, tags, -days * DAY_S


def rule(priority: int, status: str, count: int, *patterns: str, days: bool = False) -> Any:
    """A rule that expires images, by count unless by `days`."""
    selection: dict[str, Any] = {"tagStatus": status, "countNumber": count}
    selection |= {"tagPatternList": list(patterns)} if patterns else {}
    age = {"countType": "sinceImagePushed", "countUnit": "days"}
    selection |= age if days else {"countType": "imageCountMoreThan"}
    return {"rulePriority": priority, "selection": selection, "action": {"type": "expire"}}


def policy(*rules: Any) -> str:
    """The text of a lifecycle policy."""
    return json.dumps({"rules": list(rules)}, indent=2)


TWO_NAMES = [
    Stored("A", ["beta-1", "prod-1"], 10),
    Stored("B", ["beta-2", "prod-2"], 9),
    Stored("C", ["beta-3"], 8),
]
ALPHA_BETA = [
    Stored("A", ["alpha-1"], 12),
    Stored("B", ["beta-1"], 11),
    Stored("C", ["alpha-2", "beta-2"], 10),
    Stored("D", ["alpha-3"], 4),
    Stored("E", ["beta-3"], 3),
    Stored("F", ["alpha-4", "beta-4"], 2),
]
MIXED = [
    Stored("A", ["alpha-1", "beta-1"], 4),
    Stored("B", [], 3),
    Stored("C", ["alpha-2"], 2),
    Stored("D", ["git hash"], 1),
    Stored("E", [], 1),
]


@pytest.mark.parametrize(
    ("images", "rules", "expected"),
    [
        (TWO_NAMES, [rule(1, "tagged", 1, "prod*"), rule(2, "tagged", 1, "beta*")], ["A 1"]),
        (TWO_NAMES, [rule(1, "tagged", 1, "beta*"), rule(2, "tagged", 1, "prod*")], ["A 1", "B 1"]),
        (ALPHA_BETA, [rule(1, "tagged", 5, "alpha*", "beta*", days=True)], ["C 1"]),
        (MIXED[:4], [rule(1, "any", 1)], ["A 1", "B 1", "C 1"]),
        (
            MIXED,
            [
                rule(3, "any", 1),
                rule(1, "tagged", 1, "alpha*"),
                rule(2, "untagged", 1, days=True),
            ],
            ["A 1", "B 2", "D 3"],
        ),
        (MIXED, [rule(1, "untagged", 1)], ["B 1"]),
        (MIXED, [rule(1, "tagged", 3, "*lph*", days=True)], ["A 1"]),
    ],
)
def test_a_policy_marks_what_awss_examples_say(
    images: list[Stored], rules: list[Any], expected: list[str]
) -> None:
    """All rules count, the one of the lowest number that an image meets decides about it."""
    found = marked(read(policy(*rules)), images, 0.0)
    assert [f"{image.name} {by.priority}" for image, by in found] == expected


def code_of(call: Any, **params: Any) -> str:
    """The code of the error that a call is refused with."""
    with pytest.raises(ClientError) as refused:
        call(**params)
    return str(refused.value.response["Error"]["Code"])


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ([rule(1, "any", 1), rule(2, "untagged", 1)], "highest rulePriority"),
        ([rule(1, "any", 1), rule(1, "untagged", 1)], "of its own"),
        ([rule(1, "tagged", 1)], "tagPatternList or tagPrefixList"),
        ([rule(1, "untagged", 1, "web*")], "tagStatus=tagged only"),
        ([rule(1, "untagged", 1), rule(2, "untagged", 9)], "only one rule"),
        ([rule(1, "tagged", 1, "a*"), rule(2, "tagged", 2, "a*")], "same list of tags"),
        ([rule(1, "tagged", 1, "a*1*2*3*4*5")], "wildcards"),
        ([rule(0, "any", 1)], "positive integer"),
        ([rule(1, "any", 0)], "lower than the required minimum"),
    ],
)
def test_rules_that_do_not_go_together_are_refused(lab: Lab, rules: list[Any], why: str) -> None:
    """InvalidParameterException says why, and the repository keeps the policy that it had."""
    ecr = lab.client("ecr")
    ecr.create_repository(repositoryName="web")
    ecr.put_lifecycle_policy(repositoryName="web", lifecyclePolicyText=policy(rule(1, "any", 5)))
    with pytest.raises(ClientError, match=why) as refused:
        ecr.put_lifecycle_policy(repositoryName="web", lifecyclePolicyText=policy(*rules))
    assert refused.value.response["Error"]["Code"] == "InvalidParameterException"
    kept = ecr.get_lifecycle_policy(repositoryName="web")["lifecyclePolicyText"]
    assert kept == policy(rule(1, "any", 5))


def pushed(lab: Lab, *tags: str) -> None:
    """Push another image for each tag, a day apart."""
    for number, tag in enumerate(tags):
        lab.registry.push(f"web:{tag}", script=f"print('{tag}', {number})")
        lab.wait(DAY_S)


def tags(lab: AnyLab) -> list[list[str]]:
    """The tags of each image of web, the oldest first."""
    images = lab.client("ecr").describe_images(repositoryName="web")["imageDetails"]
    images.sort(key=lambda image: image["imagePushedAt"])
    return [image.get("imageTags", []) for image in images]


def test_a_moved_tag_leaves_an_untagged_image(lab: Lab) -> None:
    """The image that had the tag stays, is listed as untagged, and can be named by its digest."""
    pushed(lab, "1", "1", "2")
    assert tags(lab) == [[], ["1"], ["2"]]
    ecr = lab.client("ecr")
    (untagged,) = ecr.list_images(repositoryName="web", filter={"tagStatus": "UNTAGGED"})[
        "imageIds"
    ]
    got = ecr.batch_get_image(repositoryName="web", imageIds=[untagged])["images"]
    assert [each["imageId"]["imageDigest"] for each in got] == [untagged["imageDigest"]]


def test_images_are_dated_in_the_labs_time(lab: Lab) -> None:
    """Pushed in January 2026, when labs begin, and a day apart."""
    pushed(lab, "1", "2")
    images = lab.client("ecr").describe_images(repositoryName="web")["imageDetails"]
    first, second = sorted(image["imagePushedAt"] for image in images)
    assert first.astimezone(UTC).date() == datetime(2026, 1, 5, tzinfo=UTC).date()
    assert DAY_S <= (second - first).total_seconds() < DAY_S + 10


def test_a_preview_says_what_would_go_and_deletes_nothing(lab: Lab) -> None:
    """It takes a moment; then it names each image with the rule that would expire it."""
    pushed(lab, "1", "1", "2")
    ecr = lab.client("ecr")
    missing = code_of(ecr.get_lifecycle_policy_preview, repositoryName="web")
    assert missing == "LifecyclePolicyPreviewNotFoundException"
    none = code_of(ecr.start_lifecycle_policy_preview, repositoryName="web")
    assert none == "LifecyclePolicyNotFoundException"
    text = policy(rule(1, "untagged", 1, days=True), rule(2, "any", 1))
    asked = {"repositoryName": "web", "lifecyclePolicyText": text}
    assert ecr.start_lifecycle_policy_preview(**asked)["status"] == "IN_PROGRESS"
    busy = code_of(ecr.start_lifecycle_policy_preview, **asked)
    assert busy == "LifecyclePolicyPreviewInProgressException"
    ecr.get_waiter("lifecycle_policy_preview_complete").wait(repositoryName="web")
    found = ecr.get_lifecycle_policy_preview(repositoryName="web")
    results = [
        (each.get("imageTags"), each["appliedRulePriority"]) for each in found["previewResults"]
    ]
    assert (results, found["summary"]["expiringImageTotalCount"]) == ([(None, 1), (["1"], 2)], 2)
    assert found["previewResults"][0]["action"] == {"type": "EXPIRE"}
    lab.wait(3 * DAY_S)
    assert len(tags(lab)) == 3


def test_a_policy_expires_images_within_a_day_and_goes_on_doing_so(lab: Lab) -> None:
    """Two images are kept, of those that come later too, until the policy is taken away."""
    pushed(lab, "1", "2", "3")
    ecr, keep_two = lab.client("ecr"), policy(rule(1, "any", 2))
    ecr.put_lifecycle_policy(repositoryName="web", lifecyclePolicyText=keep_two)
    assert "lastEvaluatedAt" not in ecr.get_lifecycle_policy(repositoryName="web")
    assert len(tags(lab)) == 3
    lab.wait(DAY_S)
    assert tags(lab) == [["2"], ["3"]]
    assert "lastEvaluatedAt" in ecr.get_lifecycle_policy(repositoryName="web")
    pushed(lab, "4")
    assert tags(lab) == [["3"], ["4"]]
    ecr.delete_lifecycle_policy(repositoryName="web")
    pushed(lab, "5", "6")
    assert len(tags(lab)) == 4


def test_a_copy_of_a_lab_expires_its_own_images(lab: Lab) -> None:
    """What is deleted there is still here."""
    pushed(lab, "1", "2")
    text = policy(rule(1, "any", 1))
    lab.client("ecr").put_lifecycle_policy(repositoryName="web", lifecyclePolicyText=text)
    with lab.copy() as other:
        other.wait(DAY_S)
        assert tags(other) == [["2"]]
    assert tags(lab) == [["1"], ["2"]]


def test_an_image_in_use_expires_like_any_other(lab: Lab) -> None:
    """Its tasks run on; a new one finds no image."""
    uri = lab.registry.push("web:1", script="import time\ntime.sleep(10_000_000)")
    arn = on_fargate(lab, {"image": uri})
    text = policy(rule(1, "any", 1))
    lab.client("ecr").put_lifecycle_policy(repositoryName="web", lifecyclePolicyText=text)
    lab.registry.push("web:2", script="print(2)")
    lab.wait(DAY_S)
    assert described(lab, arn)["lastStatus"] == "RUNNING"
    late = described(lab, on_fargate(lab, {"image": uri}))
    assert late["stoppedReason"].startswith("CannotPullContainerError")


def test_archiving_is_not_simulated_and_says_so(lab: Lab) -> None:
    """A rule with the action transition is no mistake: AWS knows it, the lab does not."""
    ecr = lab.client("ecr")
    ecr.create_repository(repositoryName="web")
    one = rule(1, "any", 90, days=True)
    one["action"] = {"type": "transition", "targetStorageClass": "archive"}
    asked = {"repositoryName": "web", "lifecyclePolicyText": policy(one)}
    assert code_of(ecr.put_lifecycle_policy, **asked) == "NotSimulatedException"


@pytest.mark.parametrize(
    ("setting", "filters", "moves"),
    [
        ("MUTABLE", [], {"latest": True, "v1": True}),
        ("IMMUTABLE", [], {"latest": False, "v1": False}),
        ("IMMUTABLE_WITH_EXCLUSION", ["latest*"], {"latest": True, "v1": False}),
        ("MUTABLE_WITH_EXCLUSION", ["v*"], {"latest": True, "v1": False}),
        ("MUTABLE_WITH_EXCLUSION", ["*"], {"latest": False, "v1": False}),
    ],
)
def test_which_tags_may_move(
    lab: Lab, setting: str, filters: list[str], moves: dict[str, bool]
) -> None:
    """The repository's setting decides; filters with wildcards except tags from it."""
    excepted = [{"filterType": "WILDCARD", "filter": each} for each in filters]
    lab.client("ecr").create_repository(
        repositoryName="web",
        imageTagMutability=setting,
        **({"imageTagMutabilityExclusionFilters": excepted} if excepted else {}),
    )
    for tag, may in moves.items():
        lab.registry.push(f"web:{tag}", script="print(1)")
        if may:
            lab.registry.push(f"web:{tag}", script=f"print('{tag}')")
            continue
        with pytest.raises(ClientError, match="is immutable") as refused:
            lab.registry.push(f"web:{tag}", script="print(2)")
        assert refused.value.response["Error"]["Code"] == "ImageTagAlreadyExistsException"


def test_an_image_copied_to_another_repository_keeps_its_digest(lab: Lab) -> None:
    """A digest is that of the content, whatever the repository; the same program runs."""
    ecr = lab.client("ecr")
    lab.registry.push("web:1", script="print('hello')")
    (image,) = ecr.batch_get_image(repositoryName="web", imageIds=[{"imageTag": "1"}])["images"]
    ecr.create_repository(repositoryName="live")
    copy = ecr.put_image(repositoryName="live", imageManifest=image["imageManifest"], imageTag="1")
    assert copy["image"]["imageId"]["imageDigest"] == image["imageId"]["imageDigest"]
    uri = f"123456789012.dkr.ecr.us-east-1.amazonaws.com/live@{image['imageId']['imageDigest']}"
    assert [line.text for line in lab.logs(on_fargate(lab, {"image": uri}))] == ["hello"]


def test_an_unknown_repository_and_a_broken_manifest_are_refused(lab: Lab) -> None:
    """With AWS's errors, and nothing is put."""
    ecr = lab.client("ecr")
    asked = {"repositoryName": "web", "imageManifest": "{", "imageTag": "1"}
    assert code_of(ecr.put_image, **asked) == "RepositoryNotFoundException"
    ecr.create_repository(repositoryName="web")
    assert code_of(ecr.put_image, **asked) == "InvalidParameterException"
    assert ecr.list_images(repositoryName="web")["imageIds"] == []


def severities(lab: Lab, tag: str) -> dict[str, int]:
    """How many findings of each severity the last scan of an image has."""
    found = lab.client("ecr").describe_image_scan_findings(
        repositoryName="web", imageId={"imageTag": tag}
    )
    return dict(found["imageScanFindings"]["findingSeverityCounts"])


def test_a_scan_runs_on_push_or_when_it_is_started_once_a_day(lab: Lab) -> None:
    """Without scan on push nothing is scanned until somebody says so; either way a second scan has
    to wait.
    """
    ecr, one = lab.client("ecr"), {"repositoryName": "web", "imageId": {"imageTag": "1"}}
    lab.registry.push("web:1", like="example.com/base:old")
    assert code_of(ecr.describe_image_scan_findings, **one) == "ScanNotFoundException"
    assert ecr.start_image_scan(**one)["imageScanStatus"]["status"] == "IN_PROGRESS"
    begun = ecr.describe_image_scan_findings(**one)
    assert (begun["imageScanStatus"]["status"], "imageScanFindings" in begun) == (
        "IN_PROGRESS",
        False,
    )
    ecr.get_waiter("image_scan_complete").wait(**one)
    assert severities(lab, "1") == {"CRITICAL": 1, "HIGH": 2, "LOW": 1}
    assert code_of(ecr.start_image_scan, **one) == "LimitExceededException"
    lab.wait(DAY_S)
    ecr.start_image_scan(**one)
    on_push = {"repositoryName": "web", "imageScanningConfiguration": {"scanOnPush": True}}
    ecr.put_image_scanning_configuration(**on_push)
    lab.registry.push("web:2", like="example.com/base:new")
    two = {"repositoryName": "web", "imageId": {"imageTag": "2"}}
    ecr.get_waiter("image_scan_complete").wait(**two)
    assert severities(lab, "2") == {"LOW": 1}
    assert code_of(ecr.start_image_scan, **two) == "LimitExceededException"


@pytest.mark.parametrize(
    ("wanted", "scanned"),
    [
        ("web", {"web": True, "other": False, "my-web": True}),
        ("web*", {"web": True, "other": False, "my-web": False}),
    ],
)
def test_a_filter_of_the_registry_says_which_repositories_are_scanned_on_push(
    lab: Lab, wanted: str, scanned: dict[str, bool]
) -> None:
    """Without a wildcard it is a part of the name, with one it is the whole."""
    ecr = lab.client("ecr")
    fits = [{"filter": wanted, "filterType": "WILDCARD"}]
    ecr.put_registry_scanning_configuration(
        scanType="BASIC", rules=[{"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": fits}]
    )
    for name, there in scanned.items():
        lab.registry.push(f"{name}:1", like="nginx:1.27")
        asked = {"repositoryName": name, "imageId": {"imageTag": "1"}}
        if there:
            found = ecr.describe_image_scan_findings(**asked)
            assert found["imageScanStatus"]["status"] == "IN_PROGRESS"
        else:
            assert code_of(ecr.describe_image_scan_findings, **asked) == "ScanNotFoundException"


def test_enhanced_scanning_is_not_simulated_and_says_so(lab: Lab) -> None:
    """It is Amazon Inspector's: a scan that is started is no scan of ECR's own."""
    ecr = lab.client("ecr")
    lab.registry.push("web:1", like="nginx:1.27")
    ecr.put_registry_scanning_configuration(scanType="ENHANCED", rules=[])
    one = {"repositoryName": "web", "imageId": {"imageTag": "1"}}
    assert code_of(ecr.start_image_scan, **one) == "NotSimulatedException"


def test_a_token_is_for_the_user_aws_and_lasts_twelve_hours(lab: Lab) -> None:
    """Base64 of AWS and a password; each call gives another."""
    ecr = lab.client("ecr")
    (data,) = ecr.get_authorization_token()["authorizationData"]
    user, _, password = base64.b64decode(data["authorizationToken"]).decode().partition(":")
    assert (user, len(password)) == ("AWS", 64)
    assert data["proxyEndpoint"] == "https://123456789012.dkr.ecr.us-east-1.amazonaws.com"
    lasts = data["expiresAt"].timestamp() - lab.world.now()
    assert 12 * 3600 - 5 <= lasts <= 12 * 3600
    assert ecr.get_authorization_token()["authorizationData"][0] != data


def test_a_repository_policy_that_denies_wins_over_the_role(lab: Lab) -> None:
    """The execution role may pull, the repository says no: the task does not start."""
    uri = lab.registry.push("web:1", script="print(1)")
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    lab.client("ecr").set_repository_policy(repositoryName="web", policyText=text)
    task = described(lab, on_fargate(lab, {"image": uri}))
    assert task["stoppedReason"].endswith("403 Forbidden")
    denial = lab.explain_last_denial()
    assert denial is not None
    assert (denial.action, "explicit deny" in denial.message) == ("ecr:BatchGetImage", True)


def public_rule(lab: Lab) -> None:
    """A pull through cache rule: `public` stands for Amazon ECR Public."""
    lab.client("ecr").create_pull_through_cache_rule(
        ecrRepositoryPrefix="public", upstreamRegistryUrl="public.ecr.aws"
    )


CACHED = "123456789012.dkr.ecr.us-east-1.amazonaws.com/public/nginx/nginx:1.27"


def may_import(lab: Lab, *actions: str) -> None:
    """Let the execution role do these actions on repositories of the cache."""
    arn = "arn:aws:ecr:us-east-1:123456789012:repository/public/*"
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": arn}
    lab.client("iam").put_role_policy(
        RoleName="ecsTaskExecutionRole",
        PolicyName="cache",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


def test_the_first_pull_through_a_rule_makes_the_repository_and_keeps_the_image(lab: Lab) -> None:
    """It needs two permissions more; a later pull needs neither of them, nor the rule."""
    public_rule(lab)
    for actions in ((), ("ecr:BatchImportUpstreamImage",), ("ecr:CreateRepository",)):
        if actions:
            may_import(lab, *actions)
        task = described(lab, on_fargate(lab, {"image": CACHED}))
        assert task["stoppedReason"].endswith("403 Forbidden")
        assert lab.client("ecr").describe_repositories()["repositories"] == []
    may_import(lab, "ecr:BatchImportUpstreamImage", "ecr:CreateRepository")
    assert described(lab, on_fargate(lab, {"image": CACHED}))["lastStatus"] == "RUNNING"
    ecr = lab.client("ecr")
    (image,) = ecr.describe_images(repositoryName="public/nginx/nginx")["imageDetails"]
    assert image["imageTags"] == ["1.27"]
    may_import(lab, "ecr:ListImages")
    ecr.delete_pull_through_cache_rule(ecrRepositoryPrefix="public")
    assert described(lab, on_fargate(lab, {"image": CACHED}))["lastStatus"] == "RUNNING"


def test_a_cached_image_does_what_the_original_does(lab: Lab) -> None:
    """nginx through the cache answers with its page."""
    public_rule(lab)
    may_import(lab, "ecr:BatchImportUpstreamImage", "ecr:CreateRepository")
    arn = on_fargate(lab, {"image": CACHED, "portMappings": [{"containerPort": 80}]})
    address = described(lab, arn)["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
    reply = lab.http.from_subnet(lab.network.public_subnets[0]).get(f"http://{address}/")
    assert "Welcome to nginx" in reply.text


def test_a_pull_through_cache_rule_is_listed_until_it_is_deleted(lab: Lab) -> None:
    """With its upstream registry by name; a second one for the prefix is refused."""
    public_rule(lab)
    ecr = lab.client("ecr")
    (rule_of,) = ecr.describe_pull_through_cache_rules()["pullThroughCacheRules"]
    assert (rule_of["ecrRepositoryPrefix"], rule_of["upstreamRegistry"]) == ("public", "ecr-public")
    again = {"ecrRepositoryPrefix": "public/", "upstreamRegistryUrl": "quay.io"}
    code = code_of(ecr.create_pull_through_cache_rule, **again)
    assert code == "PullThroughCacheRuleAlreadyExistsException"
    ecr.delete_pull_through_cache_rule(ecrRepositoryPrefix="public")
    assert ecr.describe_pull_through_cache_rules()["pullThroughCacheRules"] == []
    code = code_of(ecr.delete_pull_through_cache_rule, ecrRepositoryPrefix="public")
    assert code == "PullThroughCacheRuleNotFoundException"


def test_docker_hub_wants_a_secret_and_an_unknown_host_is_refused(lab: Lab) -> None:
    """The secret has to be there; its name begins with ecr-pullthroughcache/."""
    create = lab.client("ecr").create_pull_through_cache_rule
    hub = {"ecrRepositoryPrefix": "hub", "upstreamRegistryUrl": "registry-1.docker.io"}
    assert code_of(create, **hub) == "InvalidParameterException"
    missing = "arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/hub-a1b2c3"
    assert code_of(create, **hub, credentialArn=missing) == "SecretNotFoundException"
    arn = lab.client("secretsmanager").create_secret(
        Name="ecr-pullthroughcache/hub", SecretString="{}"
    )["ARN"]
    assert create(**hub, credentialArn=arn)["upstreamRegistry"] == "docker-hub"
    other = {"ecrRepositoryPrefix": "other", "upstreamRegistryUrl": "registry.example.com"}
    assert code_of(create, **other) == "UnsupportedUpstreamRegistryException"
    own = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
    private = {"ecrRepositoryPrefix": "other", "upstreamRegistryUrl": own}
    assert code_of(create, **private) == "NotSimulatedException"


def heard(lab: Lab) -> list[dict[str, Any]]:
    """The events that the queue has got, in order."""
    url = lab.client("sqs").get_queue_url(QueueName="heard")["QueueUrl"]
    found = []
    while messages := lab.client("sqs").receive_message(QueueUrl=url).get("Messages"):
        for each in messages:
            found.append(json.loads(each["Body"]))
            lab.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return found


def test_eventbridge_hears_of_pushes_scans_and_deleted_images(lab: Lab) -> None:
    """A rule for aws.ecr sends a queue each of them, the scan with its counts by severity."""
    events, sqs, ecr = (lab.client(name) for name in ("events", "sqs", "ecr"))
    url = sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = "arn:aws:sqs:us-east-1:123456789012:heard"
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document})
    events.put_rule(Name="ecr", EventPattern=json.dumps({"source": ["aws.ecr"]}))
    events.put_targets(Rule="ecr", Targets=[{"Id": "heard", "Arn": arn}])
    ecr.create_repository(repositoryName="web", imageScanningConfiguration={"scanOnPush": True})
    lab.registry.push("web:1", like="example.com/base:old")
    lab.wait(60)
    pushed, scanned = heard(lab)
    assert (pushed["detail-type"], pushed["detail"]["action-type"]) == ("ECR Image Action", "PUSH")
    assert (pushed["detail"]["repository-name"], pushed["detail"]["image-tag"]) == ("web", "1")
    assert scanned["detail-type"] == "ECR Image Scan"
    assert scanned["detail"]["finding-severity-counts"] == {"CRITICAL": 1, "HIGH": 2, "LOW": 1}
    assert scanned["resources"] == ["arn:aws:ecr:us-east-1:123456789012:repository/web"]
    ecr.batch_delete_image(repositoryName="web", imageIds=[{"imageTag": "1"}])
    lab.wait(5)
    (deleted,) = heard(lab)
    assert (deleted["detail"]["action-type"], deleted["detail"]["image-tag"]) == ("DELETE", "1")
    pushes = ("2", "3")
    for tag in pushes:
        lab.registry.push(f"web:{tag}", script=f"print({tag})")
    text = policy(rule(1, "any", 1))
    ecr.put_lifecycle_policy(repositoryName="web", lifecyclePolicyText=text)
    lab.wait(DAY_S)
    expired = [
        each["detail"] for each in heard(lab) if each["detail"].get("action-type") == "DELETE"
    ]
    assert [each["image-tag"] for each in expired] == ["2"]
