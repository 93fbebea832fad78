//! Sparklines: how does a figure look in a table's cell?

use maud::{Markup, html};

use crate::chart::Draw;
use crate::chart::axis::{Axis, Spacing};
use crate::chart::canvas::px;
use crate::chart::intervals::Ratio;
use crate::evidence::claims::{Case, Strength};
use crate::evidence::interval::{Estimate, Interval};
use crate::format;

const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 12.0;

/// A ratio beside its noise; a share as so much of all, with its interval; a figure of either side, or of several cases,
/// as bars one below the other.
pub(crate) fn sparkline(strength: &Strength) -> Markup {
    match strength {
        Strength::Ratio(effect) => Ratio::of(String::new(), effect).draw(),
        Strength::Share(share) => of_all(share.hits, share.of, share.interval()),
        // Without intervals: what matters is that they differ.
        Strength::Cases(cases) => {
            let bar = |case: &Case| {
                (of_all(case.hits, case.of, None), format::counted(case.hits, case.of), case.label.clone())
            };
            bars(cases.cases.iter().map(bar))
        }
        Strength::Pair(pair) => {
            let sides = [("stateless", &pair.stateless), ("stateful", &pair.stateful)];
            let most = sides.map(|(_, one)| one.ends().high).into_iter().fold(f64::MIN_POSITIVE, f64::max);
            let frame = html! { line.grid x1="2" x2="2" y1="0" y2=(HEIGHT) {} };
            let bar = |(side, one): (&str, &Estimate)| {
                (bar(one, most, &format!("side {side}"), &frame), pair.unit.told(one), side.to_owned())
            };
            bars(sides.into_iter().map(bar))
        }
    }
}

fn bars(bars: impl Iterator<Item = (Markup, String, String)>) -> Markup {
    html! {
        div.pair-of-sides { @for (bar, told, of) in bars { (bar) span { b { (told) } " " (of) } } }
    }
}

fn of_all(hits: u64, of: u64, interval: Option<Interval>) -> Markup {
    let frame = html! { rect.noise x="2" y="2" width=(px(WIDTH - 4.0)) height="8" {} };
    bar(&Estimate { value: hits as f64 / of.max(1) as f64, interval, blocks: 1 }, 1.0, "side setting", &frame)
}

/// As long as its value; the interval is thinner than any bar, and has ends, so that it is not taken for one.
fn bar(one: &Estimate, most: f64, side: &str, frame: &Markup) -> Markup {
    let x = Axis::new(Spacing::Linear, (0.0, most), (2.0, WIDTH - 2.0));
    let Interval { low, high } = one.ends();
    html! {
        svg.tiny viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) aria-hidden="true" {
            (frame)
            g class=(side) {
                @if one.value > 0.0 { rect.filled x="2" y="2" width=(px(x.at(one.value) - 2.0)) height="8" {} }
                @if low < high {
                    line.whisker x1=(px(x.at(low))) x2=(px(x.at(high))) y1="6" y2="6" {}
                    @for end in [low, high] { line.whisker x1=(px(x.at(end))) x2=(px(x.at(end))) y1="3.5" y2="8.5" {} }
                }
            }
        }
    }
}
