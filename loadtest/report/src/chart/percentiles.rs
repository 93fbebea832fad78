//! How long did the slow ones take?

use maud::{Markup, html};

use crate::article::Series;
use crate::chart::axis::Axis;
use crate::chart::canvas::{WIDTH, legend, px, side, svg};
use crate::words;

const HEIGHT: f64 = 270.0;
const LEFT: f64 = 58.0;
const BOTTOM: f64 = 232.0;
const NAMED: [(f64, &str); 4] = [(0.5, "p50"), (0.9, "p90"), (0.99, "p99"), (0.999, "p99.9")];

/// Latency against the share of requests, the axis stretched towards the slowest: each nine is as wide as the one
/// before.
pub(crate) fn draw(series: &[Series]) -> Markup {
    let values = || series.iter().flat_map(|series| series.points.iter().map(|(_, micros)| *micros));
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max));
    let y = Axis::log((low * 0.85, (high * 1.15).max(low * 2.5)), (BOTTOM, 10.0));
    let x = Axis::linear((nines(0.5), nines(0.999)), (LEFT + 12.0, WIDTH - 20.0));
    let entries: Vec<_> = series
        .iter()
        .map(|series| (side(series.mode, series.workload), words::arm(series.mode, series.workload)))
        .collect();
    html! {
        (legend(&entries))
        (svg(HEIGHT, html! {
            (frame(&x, &y))
            @for one in series { (line(one, &x, &y)) }
            text.axis x=(px((LEFT + WIDTH) / 2.0)) y=(HEIGHT - 4.0) text-anchor="middle" {
                "share of requests answered by then"
            }
        }))
    }
}

/// 0.9 → 1, 0.99 → 2, 0.999 → 3.
pub(crate) fn nines(share: f64) -> f64 {
    -(1.0 - share).log10()
}

fn frame(x: &Axis, y: &Axis) -> Markup {
    html! {
        @for tick in y.ticks() {
            line.grid x1=(LEFT) x2=(WIDTH) y1=(px(y.at(tick))) y2=(px(y.at(tick))) {}
            text x=(LEFT - 8.0) y=(px(y.at(tick) + 4.0)) text-anchor="end" { (words::tick_micros(tick)) }
        }
        (named_shares(x, (10.0, BOTTOM)))
    }
}

/// A line down from the top at p50, p90, p99 and p99.9, and its name below.
pub(crate) fn named_shares(x: &Axis, (top, bottom): (f64, f64)) -> Markup {
    html! {
        @for (share, name) in NAMED {
            line.grid x1=(px(x.at(nines(share)))) x2=(px(x.at(nines(share)))) y1=(top) y2=(bottom) {}
            text x=(px(x.at(nines(share)))) y=(bottom + 17.0) text-anchor="middle" { (name) }
        }
    }
}

fn line(series: &Series, x: &Axis, y: &Axis) -> Markup {
    let at = |&(share, micros): &(f64, f64)| format!("{},{}", px(x.at(nines(share))), px(y.at(micros)));
    let points: Vec<String> = series.points.iter().map(at).collect();
    let named = |(share, _): &&(f64, f64)| NAMED.iter().any(|(name, _)| (name - share).abs() < 1e-9);
    html! {
        g class=(side(series.mode, series.workload)) {
            polyline.line points=(points.join(" ")) {}
            @for (share, micros) in series.points.iter().filter(named) {
                circle.dot cx=(px(x.at(nines(*share)))) cy=(px(y.at(*micros))) r="3" {}
            }
        }
    }
}
