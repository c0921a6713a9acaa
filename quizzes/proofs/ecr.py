"""Proofs of the questions on Amazon ECR."""

import base64
import json
from typing import Any

from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import Options, proof
from ecs_lab.quiz.trace import ProofLab

DAY_S = 24 * 60 * 60
REPOSITORY = "shop/web"


def push(lab: ProofLab, tag: str, text: str = "") -> str:
    """Push an image that says its tag, or another text; its digest."""
    lab.registry.push(f"{REPOSITORY}:{tag}", script=f"print('{text or tag}')")
    return digests(lab)[tag]


def digests(lab: ProofLab) -> dict[str, str]:
    """The digest behind each tag of the repository."""
    images = lab.client("ecr").describe_images(repositoryName=REPOSITORY)["imageDetails"]
    return {tag: image["imageDigest"] for image in images for tag in image.get("imageTags", [])}


def untagged(lab: ProofLab) -> int:
    """How many images of the repository have no tag."""
    listed = lab.client("ecr").list_images(
        repositoryName=REPOSITORY, filter={"tagStatus": "UNTAGGED"}
    )
    return len(listed["imageIds"])


def rule(priority: int, **selection: Any) -> dict[str, Any]:
    """A rule of a lifecycle policy that expires images."""
    return {"rulePriority": priority, "selection": selection, "action": {"type": "expire"}}


def policy(*rules: dict[str, Any]) -> dict[str, str]:
    """Parameters of a call that takes a lifecycle policy."""
    text = json.dumps({"rules": list(rules)}, indent=2)
    return {"repositoryName": REPOSITORY, "lifecyclePolicyText": text}


def by_age(days: int) -> dict[str, Any]:
    """The part of a selection that is about age."""
    return {"countType": "sinceImagePushed", "countUnit": "days", "countNumber": days}


def by_count(count: int) -> dict[str, Any]:
    """The part of a selection that is about the number of images."""
    return {"countType": "imageCountMoreThan", "countNumber": count}


def role(lab: ProofLab, *actions: str) -> None:
    """The role ci, which may do these actions on all."""
    iam = lab.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "codebuild.amazonaws.com"},
             "Action": "sts:AssumeRole"}  # fmt: skip
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName="ci", AssumeRolePolicyDocument=document)
    allow = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_role_policy(RoleName="ci", PolicyName="own", PolicyDocument=document)


@proof
def token_expired(lab: ProofLab, option: Options) -> None:
    """Ask for a token on Monday, and look at when it expires; ask again a day later."""
    ecr = lab.client("ecr")
    first = ecr.get_authorization_token()["authorizationData"][0]
    lasts_h = (first["expiresAt"].timestamp() - lab.now.timestamp()) / 3600
    lab.wait(DAY_S)
    expired = first["expiresAt"].timestamp() < lab.now.timestamp()
    again = ecr.get_authorization_token()["authorizationData"][0]
    valid = again["expiresAt"].timestamp() > lab.now.timestamp()
    option("Ask for a token").holds_if(
        expired and valid, f"Monday's token lasted {lasts_h:.0f} hours; a new one is valid"
    )


@proof
def login_refused_push(lab: ProofLab, option: Options) -> None:
    """The role may ask for a token only; it asks, and pushes."""
    lab.client("ecr").create_repository(repositoryName=REPOSITORY)
    role(lab, "ecr:GetAuthorizationToken")
    with lab.acting_as("ci"):
        login = scene.refusal(lab.client("ecr").get_authorization_token)
        pushed = scene.refusal(push, lab, "1")
    found = f"the token is {'refused' if login else 'given'}; push: {pushed[:21] or 'done'}"
    option("The login fails").holds_if(bool(login), found)
    option("Login and push succeed").holds_if(not login and not pushed, found)
    option("The login succeeds, and").holds_if(not login and bool(pushed), found)
    option("The push succeeds").holds_if(not pushed, found)


@proof
def who_logs_in(lab: ProofLab, option: Options) -> None:
    """Decode a token: a user name, a colon, a password."""
    data = lab.client("ecr").get_authorization_token()["authorizationData"][0]
    user, _, password = base64.b64decode(data["authorizationToken"]).decode().partition(":")
    found = f"the token is for {user}, with a password of {len(password)} characters"
    option("AWS and what").holds_if(user == "AWS" and bool(password), found)
    account = lab.client("sts").get_caller_identity()["Account"]
    option("The account's number").holds_if(user == account, found)


@proof
def lifecycle_untagged(lab: ProofLab, option: Options) -> None:
    """Ten commits and a quiet fortnight; then each of the rules, in a preview."""
    for number in range(10):
        push(lab, "latest", f"commit {number}")
    lab.wait(14 * DAY_S)
    assert untagged(lab) == 9, "nine images have lost their tag"
    tagged = {"tagStatus": "tagged", "tagPatternList": ["latest"]}
    selections = {
        "tagStatus untagged": {"tagStatus": "untagged", **by_age(7)},
        "tagStatus tagged with latest, sinceImagePushed": {**tagged, **by_age(7)},
        "tagStatus tagged with latest, imageCountMoreThan": {**tagged, **by_count(1)},
        "tagStatus any": {"tagStatus": "any", **by_age(7)},
    }
    for text, selection in selections.items():
        gone = expiring(lab, rule(1, **selection))
        latest = [tags for tags in gone if tags == ["latest"]]
        option(text).holds_if(
            len(gone) == 9 and not latest,
            f"{len(gone)} of 10 images would go" + (", latest too" if latest else ""),
        )


def expiring(lab: ProofLab, *rules: dict[str, Any]) -> list[list[str]]:
    """The tags of each image that these rules would expire, by a preview."""
    ecr = lab.client("ecr")
    ecr.start_lifecycle_policy_preview(**policy(*rules))
    ecr.get_waiter("lifecycle_policy_preview_complete").wait(repositoryName=REPOSITORY)
    found = ecr.get_lifecycle_policy_preview(repositoryName=REPOSITORY)["previewResults"]
    return [image.get("imageTags", []) for image in found]


@proof
def lifecycle_two_rules(lab: ProofLab, option: Options) -> None:
    """Push the three images, apply the policy, and look a day later."""
    for name, tags in (("A", ["dev-1", "prod-1"]), ("B", ["dev-2", "prod-2"]), ("C", ["dev-3"])):
        for tag in tags:
            push(lab, tag, name)
        lab.wait(60)
    rules = [
        rule(number, tagStatus="tagged", tagPatternList=[pattern], **by_count(1))
        for number, pattern in ((1, "prod*"), (2, "dev*"))
    ]
    lab.client("ecr").put_lifecycle_policy(**policy(*rules))
    lab.wait(DAY_S)
    there = digests(lab)
    tags = {"dev-1": "A", "dev-2": "B", "dev-3": "C"}
    gone = [name for tag, name in tags.items() if tag not in there]
    expected = {"A": ["A"], "A and B": ["A", "B"], "B and C": ["B", "C"]}
    for text in option:
        option(text).holds_if(gone == expected.get(text, []), f"gone: {', '.join(gone)}")


@proof
def lifecycle_sure_before(lab: ProofLab, option: Options) -> None:
    """Three images of which the policy takes two; see what each of the calls shows."""
    ecr = lab.client("ecr")
    for tag in ("1", "2", "3"):
        push(lab, tag)
    keep_one = rule(1, tagStatus="any", **by_count(1))
    shown = expiring(lab, keep_one)
    lab.wait(2 * DAY_S)
    kept = len(digests(lab))
    option("StartLifecyclePolicyPreview").holds_if(
        shown == [["1"], ["2"]] and kept == 3, f"it names {shown}, and {kept} images are there"
    )
    listed = untagged(lab)
    option("ListImages").holds_if(listed == 2, f"it lists {listed} images")
    missing = scene.refusal(ecr.get_lifecycle_policy, repositoryName=REPOSITORY)
    option("GetLifecyclePolicy").holds_if(not missing, missing)
    ecr.put_lifecycle_policy(**policy(keep_one))
    lab.wait(3600)
    hour = len(digests(lab))
    lab.wait(DAY_S)
    day = len(digests(lab))
    option("PutLifecyclePolicy").holds_if(
        day == 3, f"after an hour {hour} images are there, a day later {day}"
    )


@proof
def lifecycle_not_gone_yet(lab: ProofLab, option: Options) -> None:
    """Old images with tags, a policy, ten minutes and a day."""
    for number in range(4):
        push(lab, f"v{number}")
    lab.wait(30 * DAY_S)
    lab.client("ecr").put_lifecycle_policy(**policy(rule(1, tagStatus="any", **by_count(1))))
    lab.wait(600)
    soon = len(digests(lab))
    lab.wait(DAY_S)
    late = sorted(digests(lab))
    found = f"{soon} images after ten minutes, {late} after a day"
    option("ECR has up to 24 hours").holds_if(soon == 4 and late == ["v3"], found)
    for text in ("A preview has to be", "Only images that are pushed", "Images that have a tag"):
        option(text).holds_if(len(late) == 4, found)


@proof
def lifecycle_any_first(lab: ProofLab, option: Options) -> None:
    """Put the policy as it is, and with each of the changes."""
    ecr = lab.client("ecr")
    push(lab, "1")
    whole, rest = {"tagStatus": "any", **by_count(9)}, {"tagStatus": "untagged", **by_age(7)}
    changes = {
        "The rule for any image gets the highest": [rule(3, **whole), rule(2, **rest)],
        "The numbers become": [rule(10, **whole), rule(20, **rest)],
        "The rule for any image gets a tagPatternList": [
            rule(1, **whole, tagPatternList=["*"]), rule(2, **rest),
        ],
        "Both rules": [rule(1, **whole), rule(1, **rest)],
    }  # fmt: skip
    first = scene.refusal(ecr.put_lifecycle_policy, **policy(rule(1, **whole), rule(2, **rest)))
    assert first, "the policy as it was is refused"
    for text, rules in changes.items():
        refused = scene.refusal(ecr.put_lifecycle_policy, **policy(*rules))
        option(text).holds_if(not refused, refused or "the policy is taken")


def scan_on_push(lab: ProofLab) -> None:
    """The repository scans what is pushed from now on."""
    lab.client("ecr").put_image_scanning_configuration(
        repositoryName=REPOSITORY, imageScanningConfiguration={"scanOnPush": True}
    )


def image(tag: str) -> dict[str, Any]:
    """Parameters of a call that is about one image."""
    return {"repositoryName": REPOSITORY, "imageId": {"imageTag": tag}}


@proof
def scan_old_images(lab: ProofLab, option: Options) -> None:
    """An image, then the setting, then a pull; then a scan that is started."""
    ecr = lab.client("ecr")
    push(lab, "1")
    scan_on_push(lab)
    lab.wait(600)
    at_once = scene.refusal(ecr.describe_image_scan_findings, **image("1"))
    option("They were all scanned").holds_if(not at_once, at_once)
    ecr.batch_get_image(repositoryName=REPOSITORY, imageIds=[{"imageTag": "1"}])
    lab.wait(600)
    pulled = scene.refusal(ecr.describe_image_scan_findings, **image("1"))
    option("They are scanned the next").holds_if(not pulled, pulled)
    started = scene.refusal(ecr.start_image_scan, **image("1"))
    option("They cannot be scanned").holds_if(bool(started), "the scan is started")
    ecr.get_waiter("image_scan_complete").wait(**image("1"))
    option("They have no findings").holds_if(bool(at_once and pulled and not started), "until then")


@proof
def scan_twice_a_day(lab: ProofLab, option: Options) -> None:
    """Push, wait two hours, start a scan; and once more when a day has passed."""
    ecr = lab.client("ecr")
    ecr.create_repository(repositoryName=REPOSITORY)
    scan_on_push(lab)
    push(lab, "1")
    lab.wait(2 * 3600)
    said = scene.refusal(ecr.start_image_scan, **image("1"))
    for text in ("LimitExceededException", "ScanNotFoundException"):
        option(text).holds_if(said.startswith(text), said)
    for text in ("IN_PROGRESS", "COMPLETE"):
        option(text).holds_if(not said, said)
    lab.wait(DAY_S)
    assert not scene.refusal(ecr.start_image_scan, **image("1")), "a day later it is started"


@proof
def scan_stop_pipeline(lab: ProofLab, option: Options) -> None:
    """Push an image on an invented base with findings: run it, and read them."""
    ecr = lab.client("ecr")
    ecr.create_repository(repositoryName=REPOSITORY)
    scan_on_push(lab)
    uri = lab.registry.push(f"{REPOSITORY}:1", like="example.com/base:old")
    ecr.get_waiter("image_scan_complete").wait(**image("1"))
    found = ecr.describe_image_scan_findings(**image("1"))["imageScanFindings"]
    counts = found["findingSeverityCounts"]
    option("A wait for the scan").holds_if("CRITICAL" in counts, f"counts: {counts}")
    scene.cluster(lab)
    scene.fargate_definition(lab, scene.container(image=uri))
    task = scene.run_task(lab, launchType="FARGATE")["tasks"][0]
    runs = task["lastStatus"] == "RUNNING"
    option("Nothing, because").holds_if(not runs, f"the task is {task['lastStatus']}")


@proof
def immutable_push(lab: ProofLab, option: Options) -> None:
    """Push 1.4, and another image as 1.4."""
    lab.client("ecr").create_repository(repositoryName=REPOSITORY, imageTagMutability="IMMUTABLE")
    first = push(lab, "1.4")
    said = scene.refusal(push, lab, "1.4", "another")
    tags = digests(lab)
    option("The push fails").holds_if(said.startswith("ImageTagAlreadyExists"), said)
    option("The new image has the tag").holds_if(tags["1.4"] != first, f"tags: {sorted(tags)}")
    without = untagged(lab)
    option("The new image is stored without").holds_if(without == 1, f"{without} without a tag")
    option("The new image is stored as").holds_if("1.4-1" in tags, f"tags: {sorted(tags)}")


@proof
def same_image_tomorrow(lab: ProofLab, option: Options) -> None:
    """Move the tag, and start a task that names it, and one that names the digest."""
    scene.cluster(lab)
    uri = lab.registry.push(f"{REPOSITORY}:stable", script="print('old')")
    digest = digests(lab)["stable"]
    push(lab, "stable", "other")
    named = {uri: "", f"{uri.rpartition(':')[0]}@{digest}": "The task definition names"}
    for name, text in named.items():
        scene.fargate_definition(lab, scene.container(image=name))
        task = scene.run_task(lab, launchType="FARGATE")["tasks"][0]
        said = [line.text for line in lab.logs(task["taskArn"])]
        if text:
            option(text).holds_if(said == ["old"], f"the task says {said}")
        else:
            assert said == ["other"], "the tag names other code"
    scan_on_push(lab)
    moved = scene.refusal(push, lab, "stable", "third")
    option("The repository scans").holds_if(bool(moved), "the tag moves all the same")
    lab.client("ecr").put_image_tag_mutability(
        repositoryName=REPOSITORY, imageTagMutability="IMMUTABLE"
    )
    moved = scene.refusal(push, lab, "stable", "fourth")
    option("The repository does not let").holds_if(bool(moved), moved)


@proof
def layers_route_table(lab: ProofLab, option: Options) -> None:
    """The endpoints, S3's in another route table; then in that of the private subnets."""
    ec2, network = lab.client("ec2"), lab.network
    uri = lab.registry.push(f"{REPOSITORY}:1", script="import time\ntime.sleep(9999)")
    private = route_table(lab, network.private_subnets[0])
    ec2.delete_route(RouteTableId=private, DestinationCidrBlock="0.0.0.0/0")
    group = ec2.create_security_group(GroupName="inner", Description="HTTPS", VpcId=network.vpc_id)[
        "GroupId"
    ]
    ec2.authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="10.0.0.0/16"
    )
    where = {"SubnetIds": network.private_subnets, "SecurityGroupIds": [group]}
    for name in ("ecr.api", "ecr.dkr"):
        endpoint(lab, name, VpcEndpointType="Interface", PrivateDnsEnabled=True, **where)
    other = route_table(lab, network.public_subnets[0])
    gateway = endpoint(lab, "s3", VpcEndpointType="Gateway", RouteTableIds=[other])
    scene.cluster(lab)
    scene.fargate_definition(lab, scene.container(image=uri))
    stopped = scene.run_task(lab, launchType="FARGATE")["tasks"][0]
    said = stopped.get("stoppedReason", "")
    assert "starport-layer" in said, said
    option("The private DNS names").holds_if("registry auth" in said, said)
    option("The task execution role's").holds_if("AccessDenied" in said, said)
    ec2.modify_vpc_endpoint(VpcEndpointId=gateway, AddRouteTableIds=[private])
    task = scene.run_task(lab, launchType="FARGATE")["tasks"][0]
    lab.diagram("The gateway endpoint is in the private subnets' route table")
    option("The route tables").holds_if(
        task["lastStatus"] == "RUNNING", f"with the route the task is {task['lastStatus']}"
    )


def route_table(lab: ProofLab, subnet_id: str) -> str:
    """The id of a subnet's route table."""
    subnet = [{"Name": "association.subnet-id", "Values": [subnet_id]}]
    (table,) = lab.client("ec2").describe_route_tables(Filters=subnet)["RouteTables"]
    return str(table["RouteTableId"])


def endpoint(lab: ProofLab, name: str, **asked: Any) -> str:
    """A VPC endpoint for a service; its id."""
    made = lab.client("ec2").create_vpc_endpoint(
        VpcId=lab.network.vpc_id, ServiceName=f"com.amazonaws.{lab.region}.{name}", **asked
    )
    return str(made["VpcEndpoint"]["VpcEndpointId"])


@proof
def pull_through(lab: ProofLab, option: Options) -> None:
    """A rule for Amazon ECR Public; a task pulls through it, and ECR has the image then."""
    ecr, iam = lab.client("ecr"), lab.client("iam")
    ecr.create_pull_through_cache_rule(
        ecrRepositoryPrefix="public", upstreamRegistryUrl="public.ecr.aws"
    )
    actions = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
    allow = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_role_policy(
        RoleName="ecsTaskExecutionRole", PolicyName="cache", PolicyDocument=document
    )
    account = lab.client("sts").get_caller_identity()["Account"]
    registry = f"{account}.dkr.ecr.{lab.region}.amazonaws.com"
    scene.cluster(lab)
    named = scene.container(image=f"{registry}/public/nginx/nginx:1.27")
    scene.fargate_definition(lab, named)
    before = len(ecr.describe_repositories()["repositories"])
    task = scene.run_task(lab, launchType="FARGATE")["tasks"][0]
    kept = [each["repositoryName"] for each in ecr.describe_repositories()["repositories"]]
    option("A pull through cache rule").holds_if(
        before == 0 and task["lastStatus"] == "RUNNING" and kept == ["public/nginx/nginx"],
        f"the task is {task['lastStatus']}; repositories: {kept}",
    )
