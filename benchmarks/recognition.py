"""How fast CTC's loss and searches are beside torch's and SpeechBrain's.

    python -m benchmarks.recognition                    all cases, 16 s (T = 400)
    python -m benchmarks.recognition --only search

How a case is measured stands in `benchmarks.measure`, what it is in
`benchmarks.cases_recognition`.
"""

from __future__ import annotations

import argparse

from benchmarks.measure import HEADINGS, as_line, cases, measure

MODULE = "benchmarks.cases_recognition"


def main() -> None:
    """Measure, and print a table as it grows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="part of the cases' names")
    parser.add_argument("--seconds", type=float, nargs="+", default=[16])
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    print(HEADINGS)
    for name, case in cases(MODULE, 1).items():
        if options.only in name:
            for seconds in options.seconds:
                row = measure(MODULE, case, seconds, repeats=options.repeats)
                print(as_line(row), flush=True)


if __name__ == "__main__":
    main()
