"""`factory lint`: every gate over the products, with what to do about each finding."""

from __future__ import annotations

import click

from factory.cli.skeleton import kept
from factory.cli.workspace import Workspace, factory_command
from factory.gates.finding import Finding, Severity, refusing, to_json, to_sarif
from factory.gates.junit import to_junit
from factory.planning.render import numbered
from factory.planning.written import State

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFORMATIONAL: "cyan"}


@factory_command("lint")
@click.argument("products", nargs=-1, metavar="[PRODUCT]...")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
@click.option("--sarif", "as_sarif", is_flag=True, help="Print a SARIF 2.1.0 log for code-scanning screens.")
@click.option("--junit", "as_junit", is_flag=True, help="Print a JUnit report, which build services show as tests.")
@click.option("--exceptions", is_flag=True, help="Show what exceptions cover, too, and why.")
def command(
    workspace: Workspace, products: tuple[str, ...], as_json: bool, as_sarif: bool, as_junit: bool, exceptions: bool
) -> int:
    """Run all gates and say what is wrong, why, and how to mend it.

    Any finding, an informational one included, makes the exit code 1. One that an exception beside its resource covers
    does not, and is only counted; the documents for machines have all of them.

    \b
    Example: factory lint network --json
    """
    if as_json + as_sarif + as_junit > 1:
        raise click.UsageError("--json, --sarif and --junit exclude each other.")
    artifacts = workspace.chosen(products)
    with workspace.terminal.progress(f"linting {len(artifacts)} products"):
        findings = workspace.findings(artifacts)
    if as_json:
        workspace.terminal.json(to_json(findings))
    elif as_sarif:
        workspace.terminal.json(to_sarif(findings))
    elif as_junit:
        click.echo(to_junit((artifact.product for artifact in artifacts), findings))
    else:
        # One exception may cover a finding on many branches, of which the first tells enough.
        shown = {
            (item.product, item.resource, item.rule, item.message if item.exemption is None else ""): item
            for item in reversed(findings)
        }
        for finding in sorted(shown.values()):
            if exceptions or finding.exemption is None:
                _show(workspace, finding)
        refused = len(refusing(findings))
        count = numbered(refused, "finding") if refused else "no findings"
        excused = numbered(sum(item.exemption is not None for item in shown.values()), "exception")
        seen = "" if exceptions or excused.startswith("0 ") else ", which --exceptions shows"
        workspace.terminal.note(f"{count} in {numbered(len(artifacts), 'product')}; {excused}{seen}")
        for file in kept(workspace.root):
            if file.state is State.OUTDATED:
                workspace.terminal.note(f"{file.path} is as product-factory {file.by} wrote it: factory init --update")
    return 1 if refusing(findings) else 0


def _show(workspace: Workspace, finding: Finding) -> None:
    terminal = workspace.terminal
    title = f"{finding.product}/{finding.resource}  {finding.rule}"
    if exemption := finding.exemption:
        terminal.result(f"{title}  excused until {exemption.review}", style="dim")
        terminal.result(f"  what   {finding.message}")
        terminal.result(f"  reason {exemption.reason} ({exemption.owner})")
        return
    terminal.result(title, style=f"bold {_STYLES[finding.severity]}")
    terminal.result(f"  what   {finding.message}")
    terminal.result(f"  where  {finding.path}, line {finding.line}")
    terminal.result(f"  why    {finding.why}")
    terminal.result(f"  mend   {finding.mend}")
