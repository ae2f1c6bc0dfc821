"""Puts the years side by side: their means, the wettest one, and the slope of the mean high.

The slope is the least-squares line's. Over four years it says little about a climate; it shows how
a step takes the results of a fan-out whose width was not known when the document was written.

Usage: trend.py SUMMARIES_DIRECTORY TREND.json METRICS.json
"""

import json
import math
import pathlib
import sys


def slope(xs, ys):
    x_mean = math.fsum(xs) / len(xs)
    y_mean = math.fsum(ys) / len(ys)
    spread = math.fsum((x - x_mean) ** 2 for x in xs)
    joint = math.fsum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys))
    return round(joint / spread, 3) if spread else 0.0


def main(directory, trend, metrics):
    files = [path for path in pathlib.Path(directory).iterdir() if path.name != "index.json"]
    years = sorted(
        (json.loads(path.read_text(encoding="utf-8")) for path in files),
        key=lambda summary: summary["year"],
    )
    wettest = max(years, key=lambda summary: summary["rain"])
    result = {
        "years": [{name: year[name] for name in year if name != "months"} for year in years],
        "wettestYear": wettest["year"],
        "wettestRain": wettest["rain"],
        "meanRain": round(math.fsum(year["rain"] for year in years) / len(years), 1),
        "highPerYear": slope([y["year"] for y in years], [y["meanHigh"] for y in years]),
    }
    numbers = {name: result[name] for name in ("wettestRain", "meanRain", "highPerYear")}
    for path, value in ((trend, result), (metrics, numbers)):
        with open(path, "w", encoding="utf-8") as file:
            json.dump(value, file, indent=2)
            file.write("\n")
    print(numbers)


main(*sys.argv[1:])
