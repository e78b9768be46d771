"""The microcontroller: qemu-system-arm with the example's program, its UART on a pseudo-terminal."""

import fcntl
import json
import os
import re
import select
import socket
import struct
import subprocess
import termios
import time

from children import Failure, end, start, wait_for

# With -icount every instruction takes 2^5 ns of the emulated clock: 31 million a second, quick enough that no tick takes
# longer than its millisecond (a longer one would be interrupted, and not be counted).
INSTRUCTION_SHIFT = 5


class Emulator:
    def __init__(self, elf, folder, counting):
        """Starts the program. `counting`: time goes by instructions, held to the computer's clock, so that they can be counted."""
        self.elf, self.folder = elf, folder
        self.symbols = self._symbols()
        monitor = os.path.join(folder, "monitor")
        command = ["qemu-system-arm", "-M", "mps2-an386", "-nodefaults", "-display", "none", "-kernel", str(elf),
                   "-chardev", "pty,id=line", "-serial", "chardev:line", "-qmp", f"unix:{monitor},server=on,wait=off"]
        if counting:
            command += ["-icount", f"shift={INSTRUCTION_SHIFT},sleep=on"]
        self.process = start(command, os.path.join(folder, "qemu.log"), realtime=True)
        try:
            self._connect(monitor)
            lines = [c for c in self.ask("query-chardev") if c["label"] == "line"]
            self.port = lines[0]["filename"].removeprefix("pty:")
            # Held open from here on: no byte gets lost between two programs at the line, and each reading is a choice.
            self.line = os.open(self.port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        except Exception:
            end(self.process)
            raise

    def _symbols(self):
        text = subprocess.run(["arm-none-eabi-nm", str(self.elf)], check=True, capture_output=True, text=True).stdout
        return {name: int(address, 16) for address, name in re.findall(r"^([0-9a-f]+) \w (\w+)$", text, re.M)}

    def _connect(self, path):
        self.monitor = socket.socket(socket.AF_UNIX)
        self.monitor.settimeout(10)

        def attempt():
            if self.process.poll() is not None:
                raise Failure(f"qemu-system-arm ended with {self.process.returncode}, see {self.folder}/qemu.log")
            return self.monitor.connect_ex(path)
        wait_for("qemu's monitor", attempt, lambda result: result == 0, 10)
        self.answers = self.monitor.makefile("r")
        self.answers.readline()
        self.ask("qmp_capabilities")

    def ask(self, command, **arguments):
        self.monitor.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        while True:
            answer = json.loads(self.answers.readline() or '{"error": "qemu ended"}')
            if "error" in answer:
                raise Failure(f"qemu: {command}: {answer['error']}")
            if "return" in answer:
                return answer["return"]

    def reset(self):
        """The reset pin."""
        self.ask("system_reset")

    def memory(self, address, size):
        path = os.path.join(self.folder, "memory")
        self.ask("pmemsave", val=address, size=size, filename=path)
        with open(path, "rb") as file:
            return file.read()

    def words(self, symbol, count):
        return struct.unpack(f"<{count}I", self.memory(self.symbols[symbol], 4 * count))

    def release_line(self):
        """After a limbd: its exclusive claim outlives it, since the line is still open here, and binds all but root."""
        fcntl.ioctl(self.line, termios.TIOCNXCL)

    def read_line(self, seconds):
        """What the device sends, piece by piece, for so long."""
        limit = time.monotonic() + seconds
        while (left := limit - time.monotonic()) > 0:
            if not select.select([self.line], [], [], left)[0]:
                return
            yield os.read(self.line, 4096)

    def stop(self):
        os.close(self.line)
        self.answers.close()
        self.monitor.close()
        end(self.process)
