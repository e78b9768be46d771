"""What was looked at: expected, found, and whether they agree."""
import textwrap
import time


class Table:
    """Rows are told as they come, and all together at the end."""

    def __init__(self):
        self.rows, self.begin = [], time.monotonic()

    def say(self, text):
        print(f"[{time.monotonic() - self.begin:6.1f} s] {text}", flush=True)

    def check(self, what, expected, found, good):
        self.rows.append((what, expected, str(found), bool(good)))
        self.say(f"{'ok    ' if good else 'FAILED'} {what}: {found}" + ("" if good else f"; expected {expected}"))

    @property
    def failures(self):
        return sum(not row[3] for row in self.rows)

    def show(self, widths=(40, 38, 52)):
        rule = "+".join("-" * (width + 2) for width in (*widths, 6))
        print(rule)
        for cells in [("what", "expected", "found", "")] + [(*row[:3], "ok" if row[3] else "FAILED") for row in self.rows]:
            parts = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, (*widths, 6))]
            for index in range(max(map(len, parts))):
                texts = [part[index] if index < len(part) else "" for part in parts]
                print("|".join(f" {text:<{width}} " for text, width in zip(texts, (*widths, 6))))
            print(rule)
        print(f"{len(self.rows)} looks, {self.failures} failed, {time.monotonic() - self.begin:.0f} s")
