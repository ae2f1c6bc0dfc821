"""Draws the months of every year: mean highs and lows as a band, rain as bars. One SVG file.

Usage: report.py TITLE SUMMARIES_DIRECTORY TREND.json REPORT.svg
"""

import html
import json
import pathlib
import sys

WIDTH, YEAR_HEIGHT, LEFT, RIGHT, HEAD = 760, 150, 64, 16, 70
COLDEST, HOTTEST, MOST_RAIN = -5, 35, 300

STYLE = """
  svg { background: #ffffff; font: 13px system-ui, sans-serif; }
  .title { font-size: 20px; font-weight: 600; fill: #1c2126; }
  .year { font-size: 15px; font-weight: 600; fill: #1c2126; }
  .note { fill: #5c6670; }
  .grid { stroke: #d9dee3; }
  .band { fill: #d0803f; fill-opacity: 0.45; }
  .rain { fill: #2f6f9f; fill-opacity: 0.55; }
  @media (prefers-color-scheme: dark) {
    svg { background: #15181b; }
    .title, .year { fill: #e3e6e9; }
    .note { fill: #9aa4ad; }
    .grid { stroke: #363d44; }
    .band { fill: #dba55c; }
    .rain { fill: #6aa9d8; }
  }
"""


def month_x(month):
    return LEFT + (month - 0.5) * (WIDTH - LEFT - RIGHT) / 12


def draw_year(summary, top):
    """The marks of one year, in a strip that begins at the height `top`."""
    base, height = top + YEAR_HEIGHT - 30, YEAR_HEIGHT - 50

    def temperature_y(celsius):
        return base - (celsius - COLDEST) / (HOTTEST - COLDEST) * height

    marks = []
    for celsius in (0, 10, 20, 30):
        y = temperature_y(celsius)
        marks.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="note" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{celsius} °C</text>'
        )
    known = [month for month in summary["months"] if month["meanHigh"] is not None]
    for month in known:
        tall = min(month["rain"], MOST_RAIN) / MOST_RAIN * height
        marks.append(
            f'<rect class="rain" x="{month_x(month["month"]) - 14:.1f}" y="{base - tall:.1f}"'
            f' width="28" height="{tall:.1f}"><title>{month["rain"]} mm</title></rect>'
        )
    highs = [(month_x(m["month"]), temperature_y(m["meanHigh"])) for m in known]
    lows = [(month_x(m["month"]), temperature_y(m["meanLow"])) for m in reversed(known)]
    band = " ".join(f"{x:.1f},{y:.1f}" for x, y in highs + lows)
    marks.append(f'<polygon class="band" points="{band}"/>')
    marks.append(
        f'<text class="year" x="{LEFT}" y="{top + 12}">{summary["year"]}</text>'
        f'<text class="note" x="{WIDTH - RIGHT}" y="{top + 12}" text-anchor="end">'
        f'{summary["rain"]} mm of rain on {summary["wetDays"]} days,'
        f' {summary["coldest"]} to {summary["hottest"]} °C</text>'
    )
    return "\n".join(marks)


def main(title, directory, trend, report):
    files = [path for path in pathlib.Path(directory).iterdir() if path.name != "index.json"]
    years = sorted(
        (json.loads(path.read_text(encoding="utf-8")) for path in files),
        key=lambda summary: summary["year"],
    )
    found = json.loads(pathlib.Path(trend).read_text(encoding="utf-8"))
    height = HEAD + YEAR_HEIGHT * len(years) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<style>{STYLE}</style>",
        f'<text class="title" x="{LEFT}" y="28">{html.escape(title)}</text>',
        f'<text class="note" x="{LEFT}" y="50">Mean highs and lows (band) and rain (bars) by month;'
        f' wettest year {found["wettestYear"]} with {found["wettestRain"]} mm.</text>',
    ]
    parts += [draw_year(year, HEAD + index * YEAR_HEIGHT) for index, year in enumerate(years)]
    for month, name in enumerate("JFMAMJJASOND", start=1):
        parts.append(
            f'<text class="note" x="{month_x(month):.1f}" y="{height - 18}"'
            f' text-anchor="middle">{name}</text>'
        )
    parts.append("</svg>\n")
    pathlib.Path(report).write_text("\n".join(parts), encoding="utf-8")
    print(f"drew {len(years)} years")


main(*sys.argv[1:])
