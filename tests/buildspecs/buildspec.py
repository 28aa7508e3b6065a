"""Reads a buildspec as strictly as it should be written: what the reference does not know is a mistake.

Source: AWS document "Build specification reference for CodeBuild". Batch builds and Windows are left out, as nothing
here uses them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PHASES = ("install", "pre_build", "build", "post_build")
SHELLS = {"/bin/sh": "/bin/sh", "bash": "bash"}
REPORT_FORMATS = frozenset(
    {
        *("CUCUMBERJSON", "JUNITXML", "NUNITXML", "NUNIT3XML", "TESTNGXML", "VISUALSTUDIOTRX"),
        *("CLOVERXML", "COBERTURAXML", "JACOCOXML", "SIMPLECOV"),
    }
)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# The retries are ABORT once they are spent; a build that needs them is not repeatable, so that nothing here runs them.
_ON_FAILURE = re.compile(r"ABORT|CONTINUE|RETRY(-\d+)?(-.+)?")
_REPORT_GROUPS = 5
_FALLBACK_KEYS = 5


class BuildspecError(Exception):
    """What is wrong with a buildspec, all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """The commands of one phase, and what happens when one of them fails."""

    name: str
    commands: tuple[str, ...] = ()
    finally_: tuple[str, ...] = ()
    on_failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Files that a build leaves behind: an artifact or a report."""

    name: str
    """Empty for the primary artifact."""
    patterns: tuple[str, ...]
    base_directory: str = "."
    exclude: tuple[str, ...] = ()
    discard_paths: bool = False

    def found(self, source: Path) -> dict[str, Path]:
        """The files by their path in the artifact. Raises FileNotFoundError for a pattern that matches none."""
        base = source / self.base_directory
        left_out = {path for pattern in self.exclude for path in base.glob(pattern)}
        result = {}
        for pattern in self.patterns:
            matched = sorted(path for path in base.glob(pattern) if path.is_file() and path not in left_out)
            if not matched:
                raise FileNotFoundError(f"no matching artifact paths found for {pattern} in {self.base_directory}")
            for path in matched:
                result[path.name if self.discard_paths else path.relative_to(base).as_posix()] = path
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Buildspec:
    """A build as its file describes it."""

    shell: str
    variables: Mapping[str, str]
    parameters: Mapping[str, str]
    """Variable to the name of the parameter of Parameter Store."""
    secrets: Mapping[str, str]
    """Variable to the reference of the secret."""
    exported: tuple[str, ...]
    phases: tuple[Phase, ...]
    """All four, in their order."""
    artifacts: tuple[Files, ...]
    reports: tuple[Files, ...]
    cached: tuple[str, ...]

    def commands(self) -> Iterator[str]:
        """Every command of every phase."""
        for phase in self.phases:
            yield from (*phase.commands, *phase.finally_)


def load(path: Path) -> Buildspec:
    """The buildspec of a file. Raises BuildspecError."""
    return parse(path.read_text(encoding="utf-8"), name=path.name)


def parse(text: str, *, name: str = "buildspec.yml") -> Buildspec:
    """The buildspec of a text. Raises BuildspecError with all that is wrong."""
    try:
        root = yaml.load(text, Loader=_Strict)  # noqa: S506 - a safe loader, which also refuses duplicate keys
    except yaml.YAMLError as error:
        raise BuildspecError(f"{name}: {error}") from error
    reader = _Reader()
    result = reader.buildspec(root)
    if reader.problems:
        raise BuildspecError("\n".join(f"{name}: {problem}" for problem in reader.problems))
    return result


class _Strict(yaml.SafeLoader):
    """YAML whose mappings name a key once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"{key} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


class _Reader:
    def __init__(self) -> None:
        self.problems: list[str] = []

    def buildspec(self, root: Any) -> Buildspec:
        top = self._mapping(
            root,
            "",
            {"version", "run-as", "env", "proxy", "phases", "reports", "artifacts", "cache"},
            {"version", "phases"},
        )
        if top.get("version") != 0.2:
            self.problems.append("version: 0.2 is the one that runs a phase in one shell")
        self._text(top.get("run-as"), "run-as")
        proxy = self._mapping(top.get("proxy"), "proxy", {"upload-artifacts", "logs"})
        for key in proxy:
            self._flag(proxy[key], f"proxy/{key}")
        env = self._mapping(
            top.get("env"),
            "env",
            {"shell", "variables", "parameter-store", "secrets-manager", "exported-variables", "git-credential-helper"},
        )
        self._flag(env.get("git-credential-helper"), "env/git-credential-helper")
        shell = env.get("shell", "/bin/sh")
        if shell not in SHELLS:
            self.problems.append(f"env/shell: {shell!r} is none of {', '.join(SHELLS)}")
            shell = "/bin/sh"
        kinds = {key: self._variables(env.get(key), f"env/{key}") for key in _VARIABLES}
        names = [name for found in kinds.values() for name in found]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.problems.append(f"env: {name} is set twice")
        exported = self._texts(env.get("exported-variables"), "env/exported-variables")
        for name in exported:
            self._variable(name, "env/exported-variables")
            if name.startswith("AWS_") or name in kinds["parameter-store"] or name in kinds["secrets-manager"]:
                self.problems.append(f"env/exported-variables: {name} cannot be exported")
        return Buildspec(
            shell=SHELLS[shell],
            variables=kinds["variables"],
            parameters=kinds["parameter-store"],
            secrets=kinds["secrets-manager"],
            exported=exported,
            phases=tuple(self._phases(top.get("phases"))),
            artifacts=tuple(self._artifacts(top.get("artifacts"))),
            reports=tuple(self._reports(top.get("reports"))),
            cached=self._cache(top.get("cache")),
        )

    def _phases(self, value: Any) -> Iterator[Phase]:
        phases = self._mapping(value, "phases", set(PHASES))
        if not phases and value is not None:
            self.problems.append("phases: there is none")
        for name in PHASES:
            at = f"phases/{name}"
            known = {"run-as", "on-failure", "commands", "finally"}
            if name == "install":
                known.add("runtime-versions")
            phase = self._mapping(phases.get(name), at, known)
            self._text(phase.get("run-as"), f"{at}/run-as")
            versions = self._mapping(phase.get("runtime-versions"), f"{at}/runtime-versions", None)
            for runtime, version in versions.items():
                # Unquoted, 3.10 is the number 3.1.
                self._text(version, f"{at}/runtime-versions/{runtime}")
            on_failure = phase.get("on-failure")
            if on_failure is not None and not _ON_FAILURE.fullmatch(str(on_failure)):
                self.problems.append(f"{at}/on-failure: {on_failure!r} is none of ABORT, CONTINUE, RETRY")
            commands = self._texts(phase.get("commands"), f"{at}/commands")
            if name in phases and not commands and (name != "install" or not versions):
                self.problems.append(f"{at}: has no commands")
            yield Phase(
                name=name,
                commands=commands,
                finally_=self._texts(phase.get("finally"), f"{at}/finally"),
                on_failure=on_failure,
            )

    def _artifacts(self, value: Any) -> Iterator[Files]:
        known = {"files", "name", "discard-paths", "base-directory"}
        more = {"exclude-paths", "enable-symlinks", "s3-prefix"}
        primary = self._mapping(value, "artifacts", known | more | {"secondary-artifacts"}, {"files"})
        if not primary:
            return
        yield self._files("", primary, "artifacts")
        secondary = self._mapping(primary.get("secondary-artifacts"), "artifacts/secondary-artifacts", None)
        for name, artifact in secondary.items():
            at = f"artifacts/secondary-artifacts/{name}"
            yield self._files(name, self._mapping(artifact, at, known | more, {"files"}), at)

    def _reports(self, value: Any) -> Iterator[Files]:
        reports = self._mapping(value, "reports", None)
        if len(reports) > _REPORT_GROUPS:
            self.problems.append(f"reports: a project has at most {_REPORT_GROUPS} report groups")
        for name, report in reports.items():
            at = f"reports/{name}"
            found = self._mapping(report, at, {"files", "file-format", "base-directory", "discard-paths"}, {"files"})
            format_ = str(found.get("file-format", "JUNITXML"))
            if format_.upper() not in REPORT_FORMATS:
                self.problems.append(f"{at}/file-format: {format_} is unknown")
            yield self._files(name, found, at)

    def _files(self, name: str, value: Mapping[str, Any], at: str) -> Files:
        patterns = self._texts(value.get("files"), f"{at}/files")
        if "files" in value and not patterns:
            self.problems.append(f"{at}/files: there is none")
        self._text(value.get("name"), f"{at}/name")
        self._text(value.get("s3-prefix"), f"{at}/s3-prefix")
        self._flag(value.get("enable-symlinks"), f"{at}/enable-symlinks")
        exclude = value.get("exclude-paths")
        return Files(
            name=name,
            patterns=patterns,
            base_directory=self._text(value.get("base-directory"), f"{at}/base-directory") or ".",
            exclude=self._texts([exclude] if isinstance(exclude, str) else exclude, f"{at}/exclude-paths"),
            discard_paths=self._flag(value.get("discard-paths"), f"{at}/discard-paths"),
        )

    def _cache(self, value: Any) -> tuple[str, ...]:
        cache = self._mapping(value, "cache", {"key", "fallback-keys", "action", "paths"}, {"paths"})
        self._text(cache.get("key"), "cache/key")
        fallback = self._texts(cache.get("fallback-keys"), "cache/fallback-keys")
        if fallback and "key" not in cache:
            self.problems.append("cache/fallback-keys: without a key they are ignored")
        if len(fallback) > _FALLBACK_KEYS:
            self.problems.append(f"cache/fallback-keys: there are at most {_FALLBACK_KEYS}")
        if cache.get("action") not in (None, "restore", "save"):
            self.problems.append(f"cache/action: {cache['action']!r} is neither restore nor save")
        return self._texts(cache.get("paths"), "cache/paths")

    # --- nodes --------------------------------------------------------------------------------------------------------

    def _mapping(
        self,
        value: Any,
        at: str,
        known: set[str] | None,
        required: set[str] = frozenset(),  # type: ignore[assignment]
    ) -> Mapping[str, Any]:
        """A mapping; with `known` keys alone, unless these are free."""
        if value is None and (at or not required):
            return {}
        if not isinstance(value, dict):
            self.problems.append(f"{at or 'the file'}: is no mapping")
            return {}
        prefix = f"{at}/" if at else ""
        if known is not None:
            self.problems += [f"{prefix}{key}: is unknown" for key in value if key not in known]
        self.problems += [f"{prefix}{key}: is missing" for key in sorted(required - value.keys())]
        return value

    def _variables(self, value: Any, at: str) -> Mapping[str, str]:
        found = self._mapping(value, at, None)
        for name, text in found.items():
            self._variable(name, at)
            self._text(text, f"{at}/{name}")
        return found

    def _variable(self, name: object, at: str) -> None:
        if not _NAME.fullmatch(str(name)):
            self.problems.append(f"{at}: {name!r} is no name of a variable")
        elif str(name).startswith("CODEBUILD_"):
            self.problems.append(f"{at}: {name}: CodeBuild keeps names that begin so for itself")

    def _texts(self, value: Any, at: str) -> tuple[str, ...]:
        if value is None:
            return ()
        if not isinstance(value, list):
            self.problems.append(f"{at}: is no list")
            return ()
        # A colon in an unquoted command makes a mapping of it.
        return tuple(self._text(item, f"{at}[{n}]") for n, item in enumerate(value, start=1))

    def _text(self, value: Any, at: str) -> str:
        if value is None or isinstance(value, str):
            return value or ""
        self.problems.append(f"{at}: {value!r} is no text: quote it")
        return ""

    def _flag(self, value: Any, at: str) -> bool:
        """`yes` or `no`, which YAML reads as true and false."""
        if value is None or isinstance(value, bool):
            return bool(value)
        self.problems.append(f"{at}: {value!r} is neither yes nor no")
        return False


_VARIABLES = ("variables", "parameter-store", "secrets-manager")
