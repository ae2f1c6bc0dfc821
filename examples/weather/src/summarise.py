"""Sums up one year, as a whole and by month.

Usage: summarise.py DAYS.csv YEAR SUMMARY.json METRICS.json
"""

import csv
import json
import math
import sys


def mean(values):
    # fsum rounds once, at the end: the same digits whatever the order and the machine.
    return round(math.fsum(values) / len(values), 2) if values else None


def total(values):
    return round(math.fsum(values), 1)


def main(days, year, summary, metrics):
    with open(days, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["date"].startswith(year + "-")]
    if not rows:
        sys.exit(f"there are no days of {year}")

    def values(name, month=None):
        return [float(row[name]) for row in rows if month in (None, int(row["date"][5:7]))]

    whole = {
        "year": int(year),
        "days": len(rows),
        "rain": total(values("precipitation")),
        "wetDays": sum(1 for value in values("precipitation") if value >= 1),
        "meanHigh": mean(values("temp_max")),
        "meanLow": mean(values("temp_min")),
        "hottest": max(values("temp_max")),
        "coldest": min(values("temp_min")),
    }
    months = [
        {
            "month": month,
            "rain": total(values("precipitation", month)),
            "meanHigh": mean(values("temp_max", month)),
            "meanLow": mean(values("temp_min", month)),
        }
        for month in range(1, 13)
    ]
    with open(summary, "w", encoding="utf-8") as file:
        json.dump({**whole, "months": months}, file, indent=2)
        file.write("\n")
    with open(metrics, "w", encoding="utf-8") as file:
        json.dump(whole, file)
        file.write("\n")
    print(whole)


main(*sys.argv[1:])
