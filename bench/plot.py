"""Bar charts as SVG, readable on light and dark pages: their colours follow the reader's preference."""
import math
from xml.sax.saxutils import escape

LEFT, RIGHT, TOP, BAR, GAP, WIDTH = 170, 60, 84, 13, 9, 820

STYLE = """
  .page { fill: #ffffff } .text { fill: #1f2328 } .quiet { fill: #59636e } .grid { stroke: #d1d9e0 }
  text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif }
  .title { font-size: 16px; font-weight: 600 } .value { font-size: 11px }
  .s0 { fill: #8c959f } .s1 { fill: #c9772b } .s2 { fill: #0b69d0 } .s3 { fill: #7a4fd0 } .s4 { fill: #1f883d }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .text { fill: #e6edf3 } .quiet { fill: #9198a1 } .grid { stroke: #3d444d }
    .s0 { fill: #767e88 } .s1 { fill: #db8f45 } .s2 { fill: #4493f8 } .s3 { fill: #a98cf0 } .s4 { fill: #3fb950 }
  }
"""


class Scale:
    """Where a value is on the axis: logarithmic from `least`, or linear from 0."""

    def __init__(self, most, least=None):
        self.least, self.most = least, most

    def at(self, value):
        room = WIDTH - LEFT - RIGHT
        if self.least is None:
            return LEFT + room * value / self.most
        value = max(value, self.least)
        return LEFT + room * math.log(value / self.least) / math.log(self.most / self.least)

    def ticks(self):
        if self.least is None:
            step = next(s for s in (0.5, 1, 2, 5, 10, 20, 50, 100, 1000) if self.most / s <= 10)
            return [step * n for n in range(int(self.most / step) + 1)]
        steps = [m * 10 ** e for e in range(-1, 4) for m in (1, 2, 5)]
        return [tick for tick in steps if self.least <= tick <= self.most]


def show(value):
    return "%.0f" % value if value >= 100 else "%.1f" % value if value >= 10 else "%.2g" % value if value < 1 \
        else "%.1f" % value


def legend(series, out):
    x = 16
    for n, (title, _) in series:
        out.append('<rect class="s%d" x="%.0f" y="55" width="11" height="11" rx="2"/>' % (n, x))
        out.append('<text class="text" x="%.0f" y="65">%s</text>' % (x + 16, escape(title)))
        x += 36 + 6.6 * len(title)


def bars(title, subtitle, names, series, scale):
    """series: (legend, {name: value}) for each colour; a name without a value has no bar."""
    shown = [(n, entry) for n, entry in enumerate(series) if entry[1]]
    heights = [GAP + BAR * max(1, sum(name in values for _, (_, values) in shown)) for name in names]
    bottom = TOP + sum(heights) + GAP
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img">' %
           (WIDTH, bottom + 26, WIDTH, bottom + 26),
           "<title>%s</title><style>%s</style>" % (escape(title), STYLE),
           '<rect class="page" width="100%" height="100%" rx="6"/>',
           '<text class="text title" x="16" y="24">%s</text>' % escape(title),
           '<text class="quiet" x="16" y="42">%s</text>' % escape(subtitle)]
    legend(shown, out)
    for tick in scale.ticks():
        x = scale.at(tick)
        out.append('<line class="grid" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/>' % (x, x, TOP, bottom))
        out.append('<text class="quiet" x="%.1f" y="%d" text-anchor="middle">%g</text>' % (x, bottom + 17, tick))
    y = TOP + GAP
    for name, height in zip(names, heights):
        out.append('<text class="text" x="%d" y="%.1f" text-anchor="end">%s</text>' %
                   (LEFT - 8, y + (height - GAP) / 2 + 4, escape(name)))
        at = y
        for n, (_, values) in shown:
            if name not in values:
                continue
            end = scale.at(values[name])
            out.append('<rect class="s%d" x="%d" y="%.1f" width="%.1f" height="%d" rx="1.5"/>' %
                       (n, LEFT, at, max(end - LEFT, 1), BAR - 2))
            out.append('<text class="text value" x="%.1f" y="%.1f">%s</text>' % (end + 4, at + 9.5, show(values[name])))
            at += BAR
        y += height
    return "\n".join(out + ["</svg>", ""])
