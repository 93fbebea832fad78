//! How does a figure look that is neither a ratio nor a line, in a table's cell?

use maud::{Markup, html};

use crate::chart::axis::Axis;
use crate::chart::canvas::px;
use crate::evidence::claims::{Case, Cases, Pair, Share};
use crate::evidence::interval::{Estimate, Interval};
use crate::words;

const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 12.0;

/// So much of all, with its interval.
pub(crate) fn share(share: &Share) -> Markup {
    of_all(share.hits, share.of, share.interval())
}

/// One below the other, and without intervals: what matters is that they differ.
pub(crate) fn cases(cases: &Cases) -> Markup {
    let one = |case: &Case| {
        html! {
            (of_all(case.hits, case.of, None))
            span { b { (words::counted(case.hits, case.of)) } " " (case.label) }
        }
    };
    html! { div.pair-of-sides { @for case in &cases.cases { (one(case)) } } }
}

fn of_all(hits: u64, of: u64, interval: Option<Interval>) -> Markup {
    let x = Axis::linear((0.0, 1.0), (2.0, WIDTH - 2.0));
    let filled = x.at(hits as f64 / of.max(1) as f64) - x.at(0.0);
    html! {
        svg.tiny viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) aria-hidden="true" {
            rect.noise x="2" y="2" width=(px(WIDTH - 4.0)) height="8" {}
            g.side.setting {
                @if hits > 0 { rect.filled x="2" y="2" width=(px(filled)) height="8" {} }
                (whisker(interval, &x))
            }
        }
    }
}

/// One bar for each side, as long as its value.
pub(crate) fn pair(pair: &Pair) -> Markup {
    let most = [&pair.stateless, &pair.stateful].map(highest).into_iter().fold(f64::MIN_POSITIVE, f64::max);
    let x = Axis::linear((0.0, most), (2.0, WIDTH - 2.0));
    let sides = [("stateless", &pair.stateless), ("stateful", &pair.stateful)];
    html! {
        div.pair-of-sides {
            @for (name, estimate) in sides {
                svg.tiny viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) aria-hidden="true" {
                    line.grid x1="2" x2="2" y1="0" y2=(HEIGHT) {}
                    g class=(format!("side {name}")) {
                        @if estimate.value > 0.0 {
                            rect.filled x="2" y="2" width=(px(x.at(estimate.value) - 2.0)) height="8" {}
                        }
                        (whisker(estimate.interval, &x))
                    }
                }
                span { b { (words::amount(pair.unit, estimate)) } " " (name) }
            }
        }
    }
}

/// The interval, thinner than any bar, and with ends, so that it is not taken for one.
fn whisker(interval: Option<Interval>, x: &Axis) -> Markup {
    let ends = interval.filter(|interval| interval.low < interval.high);
    html! {
        @if let Some(Interval { low, high }) = ends {
            line.whisker x1=(px(x.at(low))) x2=(px(x.at(high))) y1="6" y2="6" {}
            @for end in [low, high] { line.whisker x1=(px(x.at(end))) x2=(px(x.at(end))) y1="3.5" y2="8.5" {} }
        }
    }
}

fn highest(estimate: &Estimate) -> f64 {
    estimate.interval.map_or(estimate.value, |interval| interval.high)
}
