//! Coordinated omission: what does a stall look like, depending on when the clock is started?
//!
//! A picture that stands alone, for a page of the book: latency against the share of requests, three ways to count.

use maud::{Markup, PreEscaped, html};

use crate::chart::along::Along;
use crate::chart::canvas::px;
use crate::chart::lines::{Line, Lines, Look, Upwards};
use crate::evidence::interval::Estimate;
use crate::format;
use crate::recording::Latency;

/// One way to count.
pub struct Count<'a> {
    pub name: &'static str,
    pub latency: &'a Latency,
}

/// Where no line passes.
const LEGEND: (f64, f64) = (180.0, 76.0);
/// Between 50 % and 99.9 %, evenly in "nines".
const POINTS: u32 = 200;
const STYLE: &str = "svg{background:#fff;font:12px system-ui,sans-serif;fill:#59606b}\
    .grid{stroke:#dfe2e6}.line{fill:none;stroke:currentColor;stroke-width:2.5;stroke-linejoin:round}.dot{display:none}\
    rect{fill:currentColor}.a{color:#868d97}.b{color:#d55e00}.c{color:#0072b2}\
    @media(prefers-color-scheme:dark){svg{background:#15171b;fill:#a2a9b4}.grid{stroke:#353a42}\
    .a{color:#8e96a1}.b{color:#f58d42}.c{color:#56b4f0}}";
const CLASSES: [&str; 3] = ["a", "b", "c"];

/// As an SVG file, readable on light and on dark paper.
pub fn picture(counts: &[Count; 3]) -> String {
    let lines = Lines {
        along: Along::Shares,
        upwards: Upwards::ByFactors,
        told: format::tick_micros,
        lines: counts.iter().zip(CLASSES).map(|(count, class)| line(count, class)).collect(),
        meetings: Vec::new(),
    };
    let svg = html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox=(lines.view()) {
            style { (PreEscaped(STYLE)) }
            (lines.plot())
            @for (index, line) in lines.lines.iter().enumerate() { (entry(line, LEGEND.1 + index as f64 * 17.0)) }
        }
    };
    svg.into_string()
}

fn line(count: &Count, side: &'static str) -> Line {
    let point = |step: u32| {
        let share = 1.0 - 0.5 * (0.001_f64 / 0.5).powf(f64::from(step) / f64::from(POINTS));
        (share, Estimate::exact(count.latency.quantile(share).as_secs_f64() * 1e6))
    };
    Line { label: count.name.into(), side, look: Look::Joined, points: (0..=POINTS).map(point).collect() }
}

fn entry(line: &Line, y: f64) -> Markup {
    html! {
        g class=(line.side) { rect x=(LEGEND.0) y=(px(y - 9.0)) width="14" height="8" {} }
        text x=(LEGEND.0 + 20.0) y=(px(y)) { (line.label) }
    }
}
