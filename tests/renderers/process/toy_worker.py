"""A rendering process made small: it says it is ready, then does what each request asks of it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from renderers.process.child import limit_cpu, limit_this_process
from renderers.process.protocol import pack_frame, read_request


def obey(request):  # noqa: C901
    match request["do"]:
        case "echo":
            return pack_frame({"pid": os.getpid(), "environment": dict(os.environ)}, {"file": b"\x00\xff"})
        case "hang":
            time.sleep(3600)
        case "spawn and hang":
            child = subprocess.Popen(["sleep", "3600"])
            Path(request["note"]).write_text(str(child.pid))
            time.sleep(3600)
        case "die":
            os.kill(os.getpid(), signal.SIGFPE)
        case "exit":
            sys.exit(0)
        case "burn":
            limit_cpu(0)
            while True:
                pass
        case "babble":
            return b"\xff\xff\xff\xff nonsense"
        case "flood":
            return pack_frame({}, {"file": bytes(3_000_000)})
        case "take memory":
            limit_this_process(memory_mb=400, output_mb=1)
            try:
                bytearray(2_000_000_000)
            except MemoryError:
                return pack_frame({"refused": True})
    return pack_frame({})


if __name__ == "__main__":
    sys.stdout.buffer.write(pack_frame({"ready": True}))
    sys.stdout.buffer.flush()
    while (asked := read_request(sys.stdin.buffer)) is not None:
        request, _ = asked
        sys.stdout.buffer.write(obey(request))
        sys.stdout.buffer.flush()
