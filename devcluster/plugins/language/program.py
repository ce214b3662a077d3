"""Runs one Pulumi program: `python program.py SETTINGS PROGRAM ARGUMENTS…`, started by the language host.

SETTINGS is a JSON object with what pulumi.runtime.Settings takes. The interpreter is the program's own, so
nothing of the checkout is imported here. It ends with LOGGED when the engine already has the error.
"""

import asyncio
import json
import logging
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor

LOGGED = 32
"""The exit code by which a program says that its error is logged already; the official host uses the same."""


def told_from(program: str, error: Exception) -> str:
    """The traceback of `error` from the first line of the program on; all of it where none of its lines are in it."""
    folder = os.path.join(program if os.path.isdir(program) else os.path.dirname(program), "")
    frames = error.__traceback__
    while frames is not None and not frames.tb_frame.f_code.co_filename.startswith(folder):
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(error), error, frames or error.__traceback__))


def main() -> int:
    """Run the program to its end; 0 when it and every registration succeeded."""
    try:
        import pulumi  # noqa: PLC0415  its absence is to be told in a sentence
        from pulumi import runtime  # noqa: PLC0415
    except ImportError as error:
        print(
            f"Pulumi's SDK is not in {sys.executable} ({error}); install the program's dependencies there, "
            "or name another environment in Pulumi.yaml under runtime.options.virtualenv",
            file=sys.stderr,
        )
        return 1
    runtime.set_all_config(runtime.get_config_env(), runtime.get_config_secret_keys_env())
    settings = json.loads(sys.argv[1])
    runtime.configure(runtime.Settings(**settings))
    program = sys.argv[2]
    # As if the program had been started by itself: its arguments, and its folder first on the path.
    sys.argv = sys.argv[2:]
    sys.path[0] = program if os.path.isdir(program) else os.path.dirname(program)
    # A program that fails leaves futures behind that nobody looks at; asyncio would complain of each.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # As pulumi-language-python-exec has it. asyncio's own default, CPUs + 4, can be all taken by registrations that
    # wait for a cluster, while what they wait for is never registered.
    workers = max(settings.get("parallel") or 0, 1) * 4
    loop.set_default_executor(ThreadPoolExecutor(max_workers=workers))

    def run() -> None:
        runpy.run_path(program, run_name="__main__")

    try:
        loop.run_until_complete(runtime.run_in_stack(run))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return LOGGED
    except Exception as error:
        pulumi.log.error("Program failed with an unhandled exception:\n" + told_from(program, error))
        return LOGGED
    finally:
        loop.close()
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
