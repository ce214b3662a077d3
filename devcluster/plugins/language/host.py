"""The language host: what the engine asks of a language, answered for Python.

The protocol is proto/pulumi/language.proto of pulumi/pulumi.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from devcluster.plugins.language.environment import NoEnvironment, installed, interpreter
from devcluster.plugins.language.printed import printed
from devcluster.plugins.language.program import LOGGED
from devcluster.plugins.protocol.engine import address_in
from devcluster.plugins.protocol.serve import serve
from devcluster.plugins.protocol.stubs import empty_pb2, grpc, language_pb2, language_pb2_grpc, plugin_pb2
from devcluster.plugins.protocol.values import read

PROGRAM = Path(__file__).resolve().parent / "program.py"


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Answers the engine at `engine` (host:port). Calls come in parallel."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self._children: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()

    def Handshake(self, request: Any, context: Any) -> Any:
        self.engine = request.engine_address or self.engine
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="0.0.0")

    def About(self, request: Any, context: Any) -> Any:
        python = self._interpreter(request.info, context)
        version = subprocess.run([python, "--version"], capture_output=True, text=True, check=False).stdout.split()
        return language_pb2.AboutResponse(executable=str(python), version=version[-1] if version else "")

    def GetRequiredPlugins(self, request: Any, context: Any) -> Any:
        return language_pb2.GetRequiredPluginsResponse()

    def GetRequiredPackages(self, request: Any, context: Any) -> Any:
        # Empty: the engine then looks for a plugin when a resource needs it, and takes the one on PATH.
        return language_pb2.GetRequiredPackagesResponse()

    def GetProgramDependencies(self, request: Any, context: Any) -> Any:
        python = self._interpreter(request.info, context)
        found = [language_pb2.DependencyInfo(name=name, version=version) for name, version in installed(python)]
        return language_pb2.GetProgramDependenciesResponse(dependencies=found)

    def RuntimeOptionsPrompts(self, request: Any, context: Any) -> Any:
        return language_pb2.RuntimeOptionsResponse()

    def Template(self, request: Any, context: Any) -> Any:
        return language_pb2.TemplateResponse()

    def InstallDependencies(self, request: Any, context: Any) -> Iterator[Any]:
        text = "this stand-in for pulumi-language-python installs nothing; use the environment's own pip or uv\n"
        yield language_pb2.InstallDependenciesResponse(stderr=text.encode())

    def Cancel(self, request: Any, context: Any) -> Any:
        with self._lock:
            for child in self._children:
                child.terminate()
        return empty_pb2.Empty()

    def Run(self, request: Any, context: Any) -> Any:
        """Run the program in a process of its own: a preview and the update after it must not share modules."""
        python = self._interpreter(request.info, context)
        program = os.path.normpath(os.path.join(request.info.program_directory, request.info.entry_point))
        settings = {
            "monitor": request.monitor_address,
            "engine": self.engine,
            "project": request.project,
            "stack": request.stack,
            "parallel": request.parallel,
            "dry_run": request.dryRun,
            "organization": request.organization or "organization",
            "root_directory": request.info.root_directory,
        }
        environment = {
            **os.environ,
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        command = [str(python), "-u", str(PROGRAM), json.dumps(settings), program, *request.args]
        child = self._start(command, cwd=request.pwd or None, env=environment)
        code = self._wait(child)
        if code == LOGGED:
            return language_pb2.RunResponse(bail=True)
        if code != 0:
            return language_pb2.RunResponse(error=f"the program ended with exit code {code}; {python} ran {program}")
        return language_pb2.RunResponse()

    def RunPlugin(self, request: Any, context: Any) -> Iterator[Any]:
        """Run a policy pack, or a plugin that is a Python program, and pass on what it prints as it prints it."""
        python = self._interpreter(request.info, context)
        # The request names a folder; proto/pulumi/language.proto: `program` is deprecated for `info`.
        folder = request.info.program_directory
        if request.kind == "analyzer":
            command = [str(python), "-u", "-m", "pulumi.policy", *request.args, folder]
            cwd = folder
        else:
            command = [str(python), "-u", folder, *request.args]
            cwd = request.pwd
        pairs = (pair.partition("=") for pair in request.env)
        environment = {**os.environ, **{name: value for name, _, value in pairs}}
        child = self._start(
            command, cwd=cwd or None, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
        )
        context.add_callback(child.terminate)
        # Apart: the engine takes the first line of stdout for the port. A traceback there is none, and the engine
        # then waits forever for the stderr of a plugin that it can't read the rest of (CLI 3.246, newPlugin).
        for stream, piece in printed(child):
            of = language_pb2.RunPluginResponse
            yield of(stdout=piece) if stream == "stdout" else of(stderr=piece)
        yield language_pb2.RunPluginResponse(exitcode=self._wait(child))

    def _interpreter(self, info: Any, context: Any) -> Path:
        try:
            return interpreter(info.root_directory, read(info.options))
        except NoEnvironment as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
            raise

    def _start(self, command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        child = subprocess.Popen[bytes](command, stdin=subprocess.DEVNULL, **options)
        with self._lock:
            self._children.add(child)
        return child

    def _wait(self, child: subprocess.Popen[bytes]) -> int:
        code = child.wait()
        with self._lock:
            self._children.discard(child)
        return code


def main(arguments: list[str]) -> None:
    """Serve the language host until the engine ends it. `arguments` are the engine's: flags, then its address."""
    host = LanguageHost(address_in(arguments))
    serve(lambda server: language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server))


if __name__ == "__main__":
    main(sys.argv[1:])
