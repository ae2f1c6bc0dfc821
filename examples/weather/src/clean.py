"""Keeps the days that make sense, once each, in order of their date; says how many did not.

Usage: clean.py RAW.csv DAYS.csv COUNTS.json
"""

import csv
import datetime
import json
import sys

COLUMNS = ["date", "precipitation", "temp_max", "temp_min", "wind", "weather"]


def sensible(row):
    """Whether the row has a date and numbers that a day in Seattle can have."""
    try:
        datetime.date.fromisoformat(row["date"])
        rain, high, low, wind = (float(row[name]) for name in COLUMNS[1:5])
    except (KeyError, TypeError, ValueError):
        return False
    return 0 <= rain < 300 and 0 <= wind < 60 and -40 < low <= high < 50


def main(raw, days, counts):
    with open(raw, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kept = {row["date"]: row for row in rows if sensible(row)}
    if len(kept) < 0.95 * len(rows) or not kept:
        sys.exit(f"only {len(kept)} of {len(rows)} rows are days with sensible numbers")

    with open(days, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(kept[date] for date in sorted(kept))
    with open(counts, "w", encoding="utf-8") as file:
        json.dump({"rowsRead": len(rows), "daysKept": len(kept)}, file)
        file.write("\n")
    print(f"kept {len(kept)} of {len(rows)} days")


main(*sys.argv[1:])
