//! What does a stall look like, depending on when the clock is started?
//!
//! A picture that stands alone, for a page of the book: latency against the share of requests, three ways to count.

use std::time::Duration;

use maud::{Markup, PreEscaped, html};

use crate::chart::axis::Axis;
use crate::chart::canvas::{WIDTH, px};
use crate::chart::percentiles::{named_shares, nines};
use crate::recording::Latency;
use crate::words;

/// One way to count.
pub struct Count<'a> {
    pub name: &'static str,
    pub latency: &'a Latency,
}

const HEIGHT: f64 = 290.0;
const LEFT: f64 = 62.0;
const BOTTOM: f64 = 246.0;
const TOP: f64 = 14.0;
/// Where no line passes.
const LEGEND: (f64, f64) = (180.0, 84.0);
/// Between 50 % and 99.9 %, evenly in "nines".
const POINTS: u32 = 200;
const STYLE: &str = "svg{background:#fff;font:12px system-ui,sans-serif;fill:#59606b}\
    .grid{stroke:#dfe2e6}polyline{fill:none;stroke-width:2.5;stroke-linejoin:round}\
    .a{stroke:#868d97;fill:#868d97}.b{stroke:#d55e00;fill:#d55e00}.c{stroke:#0072b2;fill:#0072b2}\
    polyline.a,polyline.b,polyline.c{fill:none}text{stroke:none}\
    @media(prefers-color-scheme:dark){svg{background:#15171b;fill:#a2a9b4}.grid{stroke:#353a42}\
    .a{stroke:#8e96a1;fill:#8e96a1}.b{stroke:#f58d42;fill:#f58d42}.c{stroke:#56b4f0;fill:#56b4f0}}";
const CLASSES: [&str; 3] = ["a", "b", "c"];

/// As an SVG file, readable on light and on dark paper.
pub fn picture(counts: &[Count; 3]) -> String {
    let low = counts.iter().map(|count| micros(count.latency.quantile(0.5))).fold(f64::INFINITY, f64::min);
    let high = counts.iter().map(|count| micros(count.latency.max())).fold(0.0, f64::max);
    let y = Axis::log((low * 0.7, high * 1.3), (BOTTOM, TOP));
    let x = Axis::linear((nines(0.5), nines(0.999)), (LEFT + 8.0, WIDTH - 26.0));
    let svg = html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) {
            style { (PreEscaped(STYLE)) }
            (frame(&x, &y))
            @for (count, class) in counts.iter().zip(CLASSES) { (line(count, class, &x, &y)) }
            @for (index, (count, class)) in counts.iter().zip(CLASSES).enumerate() {
                (entry(count.name, class, LEGEND.1 + index as f64 * 17.0))
            }
            text x=(px((LEFT + WIDTH) / 2.0)) y=(HEIGHT - 6.0) text-anchor="middle" { "share of requests answered by then" }
        }
    };
    svg.into_string()
}

fn frame(x: &Axis, y: &Axis) -> Markup {
    html! {
        @for tick in y.ticks() {
            line.grid x1=(LEFT) x2=(WIDTH) y1=(px(y.at(tick))) y2=(px(y.at(tick))) {}
            text x=(LEFT - 8.0) y=(px(y.at(tick) + 4.0)) text-anchor="end" { (words::tick_micros(tick)) }
        }
        (named_shares(x, (TOP, BOTTOM)))
    }
}

fn line(count: &Count, class: &str, x: &Axis, y: &Axis) -> Markup {
    let (from, to) = (nines(0.5), nines(0.999));
    let point = |step: u32| {
        let at = from + (to - from) * f64::from(step) / f64::from(POINTS);
        let latency = count.latency.quantile(1.0 - 10f64.powf(-at));
        format!("{},{}", px(x.at(at)), px(y.at(micros(latency))))
    };
    html! { polyline class=(class) points=((0..=POINTS).map(point).collect::<Vec<_>>().join(" ")) {} }
}

fn entry(name: &str, class: &str, y: f64) -> Markup {
    html! {
        rect class=(class) x=(LEGEND.0) y=(px(y - 9.0)) width="14" height="8" {}
        text x=(LEGEND.0 + 20.0) y=(px(y)) { (name) }
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
