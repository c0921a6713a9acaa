"""What user data makes of /etc/ecs/ecs.config."""

from __future__ import annotations

import base64
import textwrap
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from ecs_lab.aws.user_data import EcsConfig, ecs_config

BASH = "#!/bin/bash\n"
SHOP = {"ECS_CLUSTER": "shop"}
PATH = "/etc/ecs/ecs.config"


def mime(*parts: tuple[str, str]) -> str:
    """A MIME multi-part message of (subtype, text) parts, as cloud-init takes it."""
    message = MIMEMultipart()
    for subtype, text in parts:
        message.attach(MIMEText(text, subtype))
    return message.as_string()


SCRIPTS = {
    "echo": f"echo ECS_CLUSTER=shop >> {PATH}",
    "no spaces": f"echo ECS_CLUSTER=shop>>{PATH}",
    "double quotes": f'echo "ECS_CLUSTER=shop" >> {PATH}',
    "single quotes": f"echo 'ECS_CLUSTER=shop' >> {PATH}",
    "quoted path": f'echo ECS_CLUSTER=shop >> "{PATH}"',
    "redirection first": f">> {PATH} echo ECS_CLUSTER=shop",
    "variable": f"CLUSTER=shop\necho ECS_CLUSTER=$CLUSTER >> {PATH}",
    "exported variable": f'export CLUSTER="shop"; echo "ECS_CLUSTER=${{CLUSTER}}" >> {PATH}',
    "default of a variable": f'echo "ECS_CLUSTER=${{NAME:-shop}}" >> {PATH}',
    "path in a variable": f"CONFIG={PATH}\necho ECS_CLUSTER=shop >> $CONFIG",
    "overwrites": f"echo ECS_CLUSTER=first > {PATH}\necho ECS_CLUSTER=shop > {PATH}",
    "last line counts": f"echo ECS_CLUSTER=first >> {PATH}\necho ECS_CLUSTER=shop >> {PATH}",
    "comments": f"# echo ECS_CLUSTER=no >> {PATH}\necho ECS_CLUSTER=shop >> {PATH} # yes",
    "other commands": f"yum update -y && ls\necho ECS_CLUSTER=shop >> {PATH}\nls -l",
    "error stream": f"echo ECS_CLUSTER=shop >> {PATH} 2>/dev/null",
    "line goes on": f"echo ECS_CLUSTER=shop \\\n  >> {PATH}",
    "windows line ends": f"echo ECS_CLUSTER=shop >> {PATH}\r\n",
    "tee": f"echo ECS_CLUSTER=shop | sudo tee -a {PATH} > /dev/null",
    "printf": f"printf 'ECS_CLUSTER=%s\\n' shop >> {PATH}",
    "here string": f"cat <<< ECS_CLUSTER=shop >> {PATH}",
    "bash -c": f"sudo bash -c 'echo ECS_CLUSTER=shop >> {PATH}'",
    "cat of a file": f"echo ECS_CLUSTER=shop > /tmp/x\ncat /tmp/x >> {PATH}",
    "after exit": f"echo ECS_CLUSTER=shop >> {PATH}\nexit 0\necho ECS_CLUSTER=no >> {PATH}",
    "here document": f"cat <<'EOF' >> {PATH}\nECS_CLUSTER=shop\nEOF\n",
    "here document, path first": f"cat >> {PATH} <<EOF\nECS_CLUSTER=shop\nEOF\n",
    "here document, tabs": f"cat <<-EOF > {PATH}\n\tECS_CLUSTER=shop\n\tEOF\n",
    "here document, variable": f"C=shop\ncat <<EOF > {PATH}\nECS_CLUSTER=$C\nEOF\n",
    "here document, tee": f"tee {PATH} <<EOF\nECS_CLUSTER=shop\nEOF\n",
    "here document, apostrophe": f"cat <<EOF > {PATH}\n# don't\nECS_CLUSTER=shop\nEOF\nls 'a'",
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_every_usual_way_to_write_the_cluster_is_understood(script: str) -> None:
    """Whatever a shell would write into ecs.config is what the agent gets."""
    assert ecs_config(BASH + script) == EcsConfig(SHOP)


def test_several_settings_in_one_echo() -> None:
    """`echo -e` turns backslash-n into a new line; without -e bash does not."""
    found = ecs_config(rf"{BASH}echo -e 'ECS_CLUSTER=shop\nECS_RESERVED_MEMORY=256' >> {PATH}")
    assert found.settings == {"ECS_CLUSTER": "shop", "ECS_RESERVED_MEMORY": "256"}
    without = ecs_config(rf"{BASH}echo 'ECS_CLUSTER=shop\nECS_RESERVED_MEMORY=256' >> {PATH}")
    assert without.settings == {"ECS_CLUSTER": r"shop\nECS_RESERVED_MEMORY=256"}


def test_a_quoted_text_may_have_several_lines() -> None:
    """A new line inside quotes belongs to the text."""
    found = ecs_config(f'{BASH}echo "ECS_CLUSTER=shop\nECS_RESERVED_MEMORY=256" >> {PATH}')
    assert found.settings == {"ECS_CLUSTER": "shop", "ECS_RESERVED_MEMORY": "256"}


def test_the_example_of_the_developer_guide() -> None:
    """The here document of AWS's bootstrapping page, JSON value and all."""
    found = ecs_config(
        textwrap.dedent("""\
            #!/bin/bash
            cat <<'EOF' >> /etc/ecs/ecs.config
            ECS_CLUSTER=MyCluster
            ECS_ENGINE_AUTH_TYPE=docker
            ECS_ENGINE_AUTH_DATA={"https://index.docker.io/v1/":{"username":"my_name"}}
            ECS_LOGLEVEL=debug
            EOF
            """)
    )
    assert found == EcsConfig(
        {
            "ECS_CLUSTER": "MyCluster",
            "ECS_ENGINE_AUTH_TYPE": "docker",
            "ECS_ENGINE_AUTH_DATA": '{"https://index.docker.io/v1/":{"username":"my_name"}}',
            "ECS_LOGLEVEL": "debug",
        }
    )


def test_variables_stay_as_they_are_where_a_shell_leaves_them() -> None:
    """Single quotes, a backslash and a quoted end word keep the dollar sign."""
    script = f"""{BASH}C=shop
echo 'ECS_A=$C' >> {PATH}
echo "ECS_B=\\$C" >> {PATH}
cat <<'EOF' >> {PATH}
ECS_D=$C
EOF
echo ECS_E=$NOBODY_SET_THIS >> {PATH}
"""
    assert ecs_config(script).settings == {
        "ECS_A": "$C",
        "ECS_B": "$C",
        "ECS_D": "$C",
        "ECS_E": "",
    }


def test_a_shell_eats_quotes_that_are_not_quoted() -> None:
    """Bare JSON loses its quotes on the way, as in a shell; operators in quotes are only text."""
    script = f"""{BASH}echo ECS_INSTANCE_ATTRIBUTES={{"stack":"prod"}} >> {PATH}
echo 'ECS_X=a > b; c | d # e' >> {PATH}
"""
    assert ecs_config(script).settings == {
        "ECS_INSTANCE_ATTRIBUTES": "{stack:prod}",
        "ECS_X": "a > b; c | d # e",
    }


def test_without_a_shebang_nothing_runs() -> None:
    """The classic mistake: cloud-init does not take the text for a script."""
    found = ecs_config(f"echo ECS_CLUSTER=shop >> {PATH}")
    assert found.settings == {}
    assert found.ignored[0].what == f"echo ECS_CLUSTER=shop >> {PATH}"
    assert "begin with #!/bin/bash" in found.ignored[0].why


@pytest.mark.parametrize("start", ["\n", "  ", "\n\n    "])
def test_the_shebang_has_to_be_the_very_beginning(start: str) -> None:
    """A blank line or spaces before it, as Python's triple quotes bring them, spoil the script."""
    found = ecs_config(f"{start}#!/bin/bash\necho ECS_CLUSTER=shop >> {PATH}")
    assert found.settings == {}
    assert "very first characters" in found.ignored[0].why


def test_base64_twice_is_told_apart() -> None:
    """boto3 encodes user data itself; who encodes it before gets told."""
    script = f"{BASH}echo ECS_CLUSTER=shop >> {PATH}"
    found = ecs_config(base64.b64encode(script.encode()).decode())
    assert found.settings == {}
    assert "boto3 encodes UserData itself" in found.ignored[0].why


NOT_READ = {
    "python": ("#!/usr/bin/env python3\nprint()", "shell scripts only"),
    "windows": ("<powershell>Initialize-ECSAgent</powershell>", "Windows"),
    "include": ("#include\nhttps://example.com/x", "the lab does not"),
}


@pytest.mark.parametrize(("user_data", "why"), NOT_READ.values(), ids=NOT_READ.keys())
def test_what_the_lab_does_not_read_is_said(user_data: str, why: str) -> None:
    """Nothing is set, and the reason is given."""
    found = ecs_config(user_data)
    assert found.settings == {}
    assert why in found.ignored[0].why


IGNORED = {
    "if": (f"if true; then\necho ECS_CLUSTER=shop >> {PATH}\nfi", "does not run if"),
    "braces": (f"{{ echo ECS_CLUSTER=shop; }} >> {PATH}", "does not run if"),
    "substitution": (f"echo ECS_CLUSTER=$(curl x) >> {PATH}", "write the value itself"),
    "backticks": (f"echo ECS_CLUSTER=`hostname` >> {PATH}", "write the value itself"),
    "download": (f"aws s3 cp s3://bucket/ecs.config {PATH}", "does not run aws"),
    "unknown output": (f"curl http://example.com >> {PATH}", "does not run curl"),
    "other file": ("echo ECS_CLUSTER=shop >> /etc/ecs/ecs.conf", "/etc/ecs/ecs.config only"),
    "no equals": (f"echo ECS_CLUSTER shop >> {PATH}", "this one has no ="),
    "export": (f"echo export ECS_CLUSTER=shop >> {PATH}", "'export ECS_CLUSTER'"),
    "open quote": (f'echo "ECS_CLUSTER=shop >> {PATH}', "cannot read this line"),
    "open here document": (f"cat <<EOF >> {PATH}\n  EOF", "no line is exactly EOF"),
}


@pytest.mark.parametrize(("script", "why"), IGNORED.values(), ids=IGNORED.keys())
def test_what_has_no_effect_is_said_with_the_reason(script: str, why: str) -> None:
    """The cluster is not set, and `ignored` names the line and what to do."""
    found = ecs_config(BASH + script)
    assert "ECS_CLUSTER" not in found.settings
    assert [ignored for ignored in found.ignored if why in ignored.why]


def test_quotes_in_the_file_belong_to_the_value() -> None:
    """ecs.config is no shell script: the agent keeps the quotes, and that is said."""
    found = ecs_config(f"""{BASH}echo 'ECS_CLUSTER="shop"' >> {PATH}""")
    assert found.settings == {"ECS_CLUSTER": '"shop"'}
    assert "does not take quotes off" in found.ignored[0].why


def test_settings_that_the_agent_does_not_know_are_kept_and_named() -> None:
    """A typing error in a name shows."""
    found = ecs_config(f"{BASH}echo ECS_CLUSTERS=shop >> {PATH}")
    assert found == EcsConfig({"ECS_CLUSTERS": "shop"}, (), ("ECS_CLUSTERS",))


def test_no_user_data_sets_nothing() -> None:
    """An empty text is no mistake."""
    assert ecs_config("") == EcsConfig()


CLOUD_CONFIGS = {
    "write_files": f"write_files:\n- path: {PATH}\n  content: |\n    ECS_CLUSTER=shop\n",
    "append": f"write_files:\n- {{path: {PATH}, content: ECS_CLUSTER=shop, append: true}}\n",
    "base64": (
        f"write_files:\n- path: {PATH}\n  encoding: b64\n"
        f"  content: {base64.b64encode(b'ECS_CLUSTER=shop').decode()}\n"
    ),
    "runcmd": f"runcmd:\n- echo ECS_CLUSTER=shop >> {PATH}\n",
    "runcmd list": f"runcmd:\n- [sh, -c, 'echo ECS_CLUSTER=shop >> {PATH}']\n",
    "bootcmd": f"bootcmd:\n- echo ECS_CLUSTER=shop > {PATH}\npackages: [jq]\n",
}


@pytest.mark.parametrize("text", CLOUD_CONFIGS.values(), ids=CLOUD_CONFIGS.keys())
def test_cloud_config(text: str) -> None:
    """write_files, runcmd and bootcmd of a cloud-config write the file too."""
    assert ecs_config("#cloud-config\n" + text) == EcsConfig(SHOP)


def test_runcmd_comes_after_write_files() -> None:
    """The order is cloud-init's, not that of the text."""
    text = f"""#cloud-config
runcmd:
- echo ECS_CLUSTER=shop >> {PATH}
write_files:
- path: {PATH}
  content: "ECS_CLUSTER=first\\n"
"""
    assert ecs_config(text).settings == SHOP


WRONG_CLOUD_CONFIGS = {
    "yaml": ("write_files:\n- path: [", "not valid YAML (line"),
    "no mapping": ("- a", "YAML mapping"),
    "no list": ("runcmd: echo", "begin each entry with a dash"),
    "no path": ("write_files:\n- content: x", "needs path:"),
    "encoding": (f"write_files:\n- {{path: {PATH}, encoding: gz, content: x}}", "encoding: gz"),
}


@pytest.mark.parametrize(
    ("text", "why"), WRONG_CLOUD_CONFIGS.values(), ids=WRONG_CLOUD_CONFIGS.keys()
)
def test_wrong_cloud_config_is_said(text: str, why: str) -> None:
    """A cloud-config that cannot be used sets nothing and tells why."""
    found = ecs_config("#cloud-config\n" + text)
    assert found.settings == {}
    assert why in found.ignored[0].why


def test_a_mime_message_with_several_parts() -> None:
    """Boothook, cloud-config and script each add their settings."""
    found = ecs_config(
        mime(
            ("x-shellscript", f"{BASH}echo ECS_CLUSTER=shop >> {PATH}"),
            ("cloud-config", f'write_files:\n- {{path: {PATH}, content: "ECS_A=1\\n"}}'),
            ("cloud-boothook", "cloud-init-per once x echo OPTIONS=1 >> /etc/sysconfig/docker"),
        )
    )
    assert found.settings == {"ECS_CLUSTER": "shop", "ECS_A": "1"}
    assert found.ignored == ()


def test_a_script_part_without_a_shebang_does_not_run() -> None:
    """The MIME type alone is not enough."""
    found = ecs_config(mime(("x-shellscript", f"echo ECS_CLUSTER=shop >> {PATH}")))
    assert found.settings == {}
    assert "begin with #!/bin/bash" in found.ignored[0].why


def test_a_boothook_runs() -> None:
    """#cloud-boothook marks a shell script that runs early at each boot."""
    assert ecs_config(f"#cloud-boothook\n{BASH}echo ECS_CLUSTER=shop > {PATH}").settings == SHOP
