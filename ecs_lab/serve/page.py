"""The page that a browser gets at the lab's address: what it is, with a picture of it."""

from __future__ import annotations

import html as markup
from typing import Any

from ecs_lab.diagram import RenderError, draw
from ecs_lab.serve.balancers import links
from ecs_lab.serve.live import LiveWorld

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="5">
<meta name="color-scheme" content="light dark">
<title>ecs-lab</title>
<style>body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem;
padding: 0 1rem }} svg {{ max-width: 100%; height: auto }}</style>
</head>
<body>
<main>
<h1>A lab that behaves like Amazon ECS</h1>
<p>This address answers the APIs of AWS for the AWS CLI, CDK and every AWS SDK; the terminal where
it was started shows what to paste. Nothing here reaches AWS. In the lab it is <time>{now}</time>,
and time runs {speed:g} times as fast as yours.</p>
{balancers}
{picture}
</main>
</body>
</html>
"""


def html(live: LiveWorld, port: int) -> str:
    """The page, with the lab as it is now, served at a port."""
    snapshot = live.snapshot()
    now = markup.escape(str(snapshot["now"])[:19].replace("T", " ") + " UTC")
    return _PAGE.format(
        now=now,
        speed=live.speed,
        balancers=_balancers(snapshot["loadBalancers"], port),
        picture=_picture(snapshot),
    )


def _balancers(found: list[dict[str, Any]], port: int) -> str:
    """The load balancers of the lab, as links that this machine follows."""
    items = "".join(
        f'<li><a href="{markup.escape(each)}">{markup.escape(each)}</a></li>'
        for each in links(found, port)
    )
    return f"<h2>Load balancers</h2>\n<ul>{items}</ul>" if items else ""


def _picture(snapshot: dict[str, Any]) -> str:
    picture = draw(snapshot)
    try:
        return picture.svg
    except RenderError:  # no Graphviz on this machine: the same in words
        return f"<pre>{markup.escape(picture.text)}</pre>"
