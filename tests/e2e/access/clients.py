"""Clients in an app's own pods that connect anew for each row, with whatever credentials their pod was started with."""

import subprocess
import threading
from dataclasses import dataclass, field
from typing import Self

from tests.e2e.live import Live

_WRITES = """
import os, sys, threading, time, psycopg2
# Whoever runs this is gone: a program that kubectl began outlives kubectl.
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
while True:
    try:
        one = psycopg2.connect(
            host=os.environ["DB_HOST"], dbname=os.environ["DB_NAME"], user=os.environ["DB_USER"],
            password=os.environ["DB_PASSWORD"], connect_timeout=3,
        )
        with one, one.cursor() as cursor:
            cursor.execute("INSERT INTO public.observation (symbol, price, pod) VALUES ('rotated', 1, current_user)")
        one.close()
        print("kept", os.environ["DB_USER"], flush=True)
    except psycopg2.Error as error:
        print("failed", os.environ["DB_USER"], str(error).split(chr(10))[0], flush=True)
    time.sleep(0.1)
"""


@dataclass
class Clients:
    """While the `with` block runs, one client in each pod of `workload`, as long as that pod lives."""

    live: Live
    workload: str
    said: list[str] = field(default_factory=list)
    _running: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        for client in self._running.values():
            client.kill()

    def _run(self) -> None:
        while not self._ended.wait(0.5):
            for pod in self.live.pods(self.workload):
                name = pod["metadata"]["name"]
                ready = all(status["ready"] for status in pod["status"].get("containerStatuses", [{"ready": False}]))
                if name not in self._running and ready:
                    self._running[name] = self._client(name)

    def _client(self, pod: str) -> subprocess.Popen[str]:
        words = [*self.live.kubectl_words, "--namespace", self.live.namespace, "exec", "-i", pod, "--", "python3", "-c"]
        client = subprocess.Popen(
            [*words, _WRITES],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        threading.Thread(target=self._listen, args=[client], daemon=True).start()
        return client

    def _listen(self, client: subprocess.Popen[str]) -> None:
        for line in client.stdout or ():
            self.said.append(line.strip())

    def kept(self, user: str) -> int:
        """How many rows were kept that a client wrote who had signed in as `user`."""
        return self.said.count(f"kept {user}")

    @property
    def failed(self) -> list[str]:
        """What was not kept, and why."""
        return [line for line in self.said if line.startswith("failed")]
