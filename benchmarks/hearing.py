"""How much faster and smaller than pyclarity, measured side by side.

    python -m benchmarks.hearing                        all cases, 6 s and 30 s
    python -m benchmarks.hearing --only HASPI --seconds 6

How a case is measured stands in `benchmarks.measure`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.measure import HEADINGS, as_line, cases, first_call_extra_s, measure

MODULES = ("benchmarks.cases_ear_metrics", "benchmarks.cases_hearing_loss")


def main() -> None:
    """Measure, print a table as it grows, and write it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="part of the cases' names")
    parser.add_argument("--seconds", type=float, nargs="+", default=[6, 30])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=Path, default=Path("benchmarks-hearing.json"))
    options = parser.parse_args()
    print(HEADINGS)
    rows, first_calls = [], {}
    for module in MODULES:
        for name, case in cases(module, 1).items():
            if options.only not in name:
                continue
            for seconds in options.seconds:
                rows.append(measure(module, case, seconds, repeats=options.repeats))
                print(as_line(rows[-1]), flush=True)
            first_calls[name] = first_call_extra_s(module, case, 1)
            print(f"{'':32} first call, empty cache: + {first_calls[name]:.2f} s")
    report = {"rows": rows, "first_call_extra_cpu_s": first_calls}
    options.json.write_text(json.dumps(report, indent=2), encoding="utf-8")
    print(f"written to {options.json}")


if __name__ == "__main__":
    main()
