"""The deepest that the stack can get: what the compiler says each function takes (-fstack-usage, -fcallgraph-info=su), along
the longest way through the calls, and an interrupt on top of it."""

import re
import subprocess

from children import Failure

# What the processor itself puts on the stack for an interrupt, floating-point registers included, and the word that
# keeps the stack aligned to eight bytes (ARMv7-M, B1.5.6 and B1.5.7).
EXCEPTION_BYTES = 26 * 4 + 4


class CallGraph:
    def __init__(self, build, elf):
        self.bytes, self.calls, self.compiled, self.elf = {}, {}, set(), elf
        for path in sorted(build.glob("*/*.ci")):
            text = path.read_text(encoding="utf-8")
            for title, size, kind in re.findall(r'title: "([^"]+)" label: "[^"]*\\n(\d+) bytes \(([^)]*)\)', text):
                if kind != "static":
                    raise Failure(f"stack of {title}: expected a size that the compiler knows, found {kind}")
                self.bytes[title] = int(size)
                self.calls.setdefault(title, set())
            for source, target in re.findall(r'sourcename: "([^"]+)" targetname: "([^"]+)"', text):
                self.calls.setdefault(source, set()).add(target)
        for title in sorted(set().union(*self.calls.values())):
            self._complete(title)

    def _complete(self, title):
        """A function that came compiled, out of the compiler's own library: read from its instructions."""
        if title in self.bytes:
            return
        text = subprocess.run(["arm-none-eabi-objdump", "-d", "--no-show-raw-insn", f"--disassemble={title}", str(self.elf)],
                              check=True, capture_output=True, text=True).stdout
        if f"<{title}>:" not in text or "vpush" in text:
            raise Failure(f"stack: a call of {title}, of which nothing is known")
        pushed = sum(4 * len(names.split(",")) for names in re.findall(r"(?:push|stmdb\s+sp!,)\s*(?:\.w\s*)?\{([^}]*)\}", text))
        moved = sum(int(a or b) for a, b in re.findall(r"\bsub(?:\.w)?\s+sp,(?: sp,)? #(\d+)|\[sp, #-(\d+)\]!", text))
        self.bytes[title] = pushed + moved
        self.compiled.add(title)
        self.calls[title] = set(re.findall(r"\bbl?(?:\.w)?\s+[0-9a-f]+ <([^+>]+)>", text)) - {title}
        for callee in self.calls[title]:
            self._complete(callee)

    def deepest(self, title, above=()):
        """Bytes, and the functions on the way."""
        if title in above:
            raise Failure(f"stack: expected no recursion, found {' > '.join([*above, title])}")
        ways = [self.deepest(callee, (*above, title)) for callee in sorted(self.calls[title])]
        deep, way = max(ways, default=(0, []))
        return self.bytes[title] + deep, [title.rsplit(":", 1)[-1], *way]

    def worst(self):
        """From reset, with the deeper of the two interrupts on top; they have one priority, so neither interrupts the other."""
        deep, way = self.deepest("reset_handler")
        handler = max(self.deepest(name) for name in ("clock_interrupt", "uart_interrupt"))
        return deep + EXCEPTION_BYTES + handler[0], [*way, *handler[1]]
