"""Writes one HTML page about the sweep and its champion, with nothing to be loaded from anywhere.

Usage: report.py TITLE SCORES_DIRECTORY CHOICE.json TEST.json CHECKS.txt REPORT.html
"""

import html
import json
import pathlib
import sys

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
:root {{ --ink: #1c2126; --soft: #5c6670; --rule: #d9dee3; --page: #ffffff; --mark: #2f6f9f; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e3e6e9; --soft: #9aa4ad; --rule: #363d44; --page: #15181b; --mark: #6aa9d8; }} }}
body {{ margin: 0 auto; max-width: 46rem; padding: 2.5rem 1.25rem 4rem; background: var(--page);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }}
h1 {{ font-size: 1.6rem; }}
h2 {{ font-size: 1.1rem; margin-top: 2.5rem; }}
p, caption {{ color: var(--soft); }}
table {{ border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }}
th, td {{ text-align: right; padding: .3rem .6rem; border-bottom: 1px solid var(--rule); }}
th {{ font-weight: 500; color: var(--soft); }}
th:first-child, td:first-child {{ text-align: left; }}
.best td {{ font-weight: 650; }}
svg {{ display: block; width: 100%; max-width: 26rem; height: auto; font: 12px system-ui, sans-serif; }}
svg text {{ fill: var(--soft); }}
.axis {{ stroke: var(--rule); fill: none; }}
.curve {{ stroke: var(--mark); stroke-width: 2; fill: none; }}
.bar {{ fill: var(--mark); }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{champion} tells {accuracy:.1%} of {rows} tumours right that no model has seen.
Trained and tested on {checks}.</p>
<h2>The sweep</h2>
<table>
<tr><th>Model</th><th>Scaling</th><th>Accuracy</th><th>±</th><th>F1</th></tr>
{sweep}
</table>
<p>Five-fold cross-validation of the training part; picked by {metric}.</p>
<h2>The test</h2>
<table>
<tr><th></th><th>said to be benign</th><th>said to be malignant</th></tr>
{confusion}
</table>
<h2>ROC curve</h2>
{roc}
<p>Area below it: {auc:.4f}.</p>
<h2>What the champion looks at</h2>
{importance}
<p>How much accuracy is lost when a column is shuffled.</p>
</body>
</html>
"""


def read(path):
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))


def sweep_rows(directory, choice):
    folder = pathlib.Path(directory)
    rows = []
    for task in read(folder / "index.json"):
        score = {**task["matrix"], **read(folder / task["entry"])}
        best = all(score[name] == choice[name] for name in ("learner", "scaling"))
        cells = "".join(
            f"<td>{html.escape(str(value))}</td>"
            for value in (
                score["learner"],
                score["scaling"],
                f"{score['accuracy']:.4f}",
                f"{score['accuracyDeviation']:.4f}",
                f"{score['f1']:.4f}",
            )
        )
        rows.append((-score[choice["metric"]], f"<tr{' class=best' if best else ''}>{cells}</tr>"))
    return "\n".join(row for _, row in sorted(rows, key=lambda pair: pair[0]))


def roc_curve(points):
    path = " ".join(f"{30 + 220 * x:.1f},{230 - 220 * y:.1f}" for x, y in points)
    return (
        '<svg viewBox="0 0 260 260" role="img" aria-label="ROC curve">'
        '<polyline class="axis" points="30,10 30,230 250,230"/>'
        '<line class="axis" x1="30" y1="230" x2="250" y2="10"/>'
        f'<polyline class="curve" points="{path}"/>'
        '<text x="140" y="250" text-anchor="middle">false alarms</text>'
        '<text x="18" y="120" text-anchor="middle" transform="rotate(-90 18 120)">found</text></svg>'
    )


def importance_bars(ranked):
    longest = max([value for _, value in ranked] + [1e-9])
    bars = []
    for row, (name, value) in enumerate(ranked):
        width = max(0.0, value) / longest * 170
        bars.append(
            f'<text x="150" y="{row * 22 + 15}" text-anchor="end">{html.escape(name.replace("_", " "))}</text>'
            f'<rect class="bar" x="158" y="{row * 22 + 4}" width="{width:.1f}" height="14"/>'
            f'<text x="{164 + width:.1f}" y="{row * 22 + 15}">{value:.3f}</text>'
        )
    return f'<svg viewBox="0 0 380 {len(ranked) * 22}" role="img">{"".join(bars)}</svg>'


def main(title, scores, choice_file, test_file, checks, page):
    choice, test = read(choice_file), read(test_file)
    counts = dict(line.split() for line in pathlib.Path(checks).read_text(encoding="utf-8").splitlines())
    confusion = "\n".join(
        f"<tr><td>{name}</td>" + "".join(f"<td>{count}</td>" for count in row) + "</tr>"
        for name, row in zip(("benign", "malignant"), test["confusion"])
    )
    text = PAGE.format(
        title=html.escape(title),
        champion=html.escape(choice["learner"].capitalize()),
        accuracy=test["testAccuracy"],
        rows=test["rows"],
        checks=f"{counts['rows']} rows of {counts['columns']} columns",
        metric=html.escape(choice["metric"]),
        sweep=sweep_rows(scores, choice),
        confusion=confusion,
        roc=roc_curve(test["roc"]),
        auc=test["testRocAuc"],
        importance=importance_bars(test["importance"]),
    )
    pathlib.Path(page).write_text(text, encoding="utf-8")
    print(f"wrote {len(text)} characters")


main(*sys.argv[1:])
