//! How does a figure look that is neither a ratio nor a line, in a table's cell?

use maud::{Markup, html};

use super::axis::Axis;
use super::canvas::px;
use crate::analyse::claims::{Pair, Share};
use crate::analyse::interval::{Estimate, Interval};
use crate::words;

const WIDTH: f64 = 120.0;

/// So much of all, with its interval.
pub(crate) fn share(share: &Share) -> Markup {
    let x = Axis::linear((0.0, 1.0), (2.0, WIDTH - 2.0));
    let filled = x.at(share.hits as f64 / share.of.max(1) as f64) - x.at(0.0);
    html! {
        svg.tiny viewBox=(format!("0 0 {WIDTH} 22")) aria-hidden="true" {
            rect.noise x="2" y="7" width=(px(WIDTH - 4.0)) height="8" {}
            g.side.setting {
                rect.filled x="2" y="7" width=(px(filled)) height="8" {}
                @if let Some(Interval { low, high }) = share.interval() {
                    line.interval x1=(px(x.at(low))) x2=(px(x.at(high))) y1="11" y2="11" {}
                }
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
            svg.tiny viewBox=(format!("0 0 {WIDTH} 10")) aria-hidden="true" {
                g class=(format!("side {name}")) {
                    rect.filled x="2" y="1" width=(px((x.at(estimate.value) - 2.0).max(1.0))) height="8" {}
                    @if let Some(Interval { low, high }) = estimate.interval {
                        line.interval x1=(px(x.at(low))) x2=(px(x.at(high))) y1="5" y2="5" {}
                    }
                }
            }
            span { b { (words::amount(pair.unit, estimate)) } " " (name) }
          }
        }
    }
}

fn highest(estimate: &Estimate) -> f64 {
    estimate.interval.map_or(estimate.value, |interval| interval.high)
}
