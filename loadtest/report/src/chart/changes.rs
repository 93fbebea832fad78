//! What moved, and how far?

use maud::{Markup, html};

use crate::article::Mark;
use crate::chart::axis::Axis;
use crate::chart::canvas::{WIDTH, px, svg};
use crate::diff::judge::Change;
use crate::evidence::interval::Interval;
use crate::words;

const ROW: f64 = 40.0;
const TINY: (f64, f64) = (120.0, 22.0);
/// Further out than this, a mark would press all others into the middle.
const WIDEST: f64 = 1.1;

/// Ratios with their intervals over the band of noise, on one axis around “nothing changed”.
pub(crate) fn draw(marks: &[Mark]) -> Markup {
    let x = axis(marks.iter(), (8.0, WIDTH - 8.0));
    let bottom = ROW * marks.len() as f64;
    html! {
        (svg(bottom + 40.0, html! {
            @for tick in ticks(&x) {
                line.grid x1=(px(x.at(tick))) x2=(px(x.at(tick))) y1="0" y2=(bottom) {}
                text x=(px(x.at(tick))) y=(px(bottom + 16.0)) text-anchor="middle" { (words::change(tick)) }
            }
            line.one x1=(px(x.at(1.0))) x2=(px(x.at(1.0))) y1="0" y2=(bottom) {}
            text.axis x="8" y=(px(bottom + 35.0)) { "← less in B" }
            text.axis x=(WIDTH - 8.0) y=(px(bottom + 35.0)) text-anchor="end" { "more in B →" }
            @for (index, one) in marks.iter().enumerate() {
                text.name.halo x="8" y=(px(index as f64 * ROW + 14.0)) { (one.label) }
                (mark(one, &x, index as f64 * ROW + 27.0, 8.0))
            }
        }))
    }
}

/// The same for one ratio, small enough for a table's cell.
pub(crate) fn tiny(one: &Mark) -> Markup {
    let x = axis([one].into_iter(), (6.0, TINY.0 - 6.0));
    html! {
        svg.tiny viewBox=(format!("0 0 {} {}", TINY.0, TINY.1)) aria-hidden="true" {
            line.grid x1="0" x2=(TINY.0) y1="11" y2="11" {}
            (mark(one, &x, 11.0, 8.0))
            line.one x1=(px(x.at(1.0))) x2=(px(x.at(1.0))) y1="1" y2=(TINY.1 - 1.0) {}
        }
    }
}

/// As wide on both sides of 1, so that the eye sees which way it went.
fn axis<'a>(marks: impl Iterator<Item = &'a Mark>, units: (f64, f64)) -> Axis {
    let far = |mark: &Mark| {
        let value = mark.ratio.value;
        let ends = mark.ratio.interval.map_or([value; 2], |interval| [interval.low, interval.high]);
        ends.into_iter().chain([mark.noise]).map(|end| end.ln().abs()).fold(0.0, f64::max)
    };
    let reach = marks.map(far).fold(0.06, f64::max).min(WIDEST) * 1.12;
    Axis::log(((-reach).exp(), reach.exp()), units)
}

/// Round changes on both sides, and nothing in the middle, where there is a line.
fn ticks(x: &Axis) -> Vec<f64> {
    let shares = [0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0];
    let (from, to) = (x.at(1.0), WIDTH - 30.0);
    let fits = |share: &&f64| (x.at(1.0 + **share) - from) > 34.0 && x.at(1.0 + **share) < to;
    let shown: Vec<f64> = shares.iter().filter(fits).copied().collect();
    let apart = shown.len().saturating_sub(2);
    let up = shown.iter().skip(apart).map(|share| 1.0 + share);
    let down = shown.iter().skip(apart).filter(|share| **share < 0.9).map(|share| 1.0 - share);
    down.filter(|tick| x.at(*tick) > 20.0).chain(up).collect()
}

fn mark(mark: &Mark, x: &Axis, y: f64, half: f64) -> Markup {
    let value = mark.ratio.value;
    let Interval { low, high } = mark.ratio.interval.unwrap_or(Interval { low: value, high: value });
    let at = |value: f64| px(x.at(value.clamp((-WIDEST).exp(), WIDEST.exp())));
    let width = x.at(mark.noise) - x.at(1.0 / mark.noise);
    html! {
        g class=(class(mark.change)) {
            rect.noise x=(at(1.0 / mark.noise)) y=(px(y - half)) width=(px(width)) height=(px(half * 2.0)) {}
            line.interval x1=(at(low)) x2=(at(high)) y1=(px(y)) y2=(px(y)) {}
            circle.dot cx=(at(value)) cy=(px(y)) r="3.6" {}
        }
    }
}

/// What is no change has no colour.
pub(crate) fn class(change: Change) -> &'static str {
    match change {
        Change::Worse => "side worse",
        Change::Better => "side better",
        _ => "side control",
    }
}
