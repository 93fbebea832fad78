//! Is it more than noise?

use maud::{Markup, html};

use crate::chart::axis::Axis;
use crate::chart::canvas::{WIDTH, px, svg};
use crate::evidence::claims::{Effect, Yardstick};
use crate::words;

const ROW: f64 = 44.0;
const TINY: (f64, f64) = (120.0, 22.0);

/// Ratios with their intervals over the band of noise, all on one axis and to one yardstick.
pub(crate) fn draw(effects: &[(String, Effect)]) -> Markup {
    let x = axis(effects.iter().map(|(_, effect)| effect), (8.0, WIDTH - 8.0));
    let bottom = ROW * effects.len() as f64;
    let (left, right) = match effects.first().map(|(_, effect)| effect.to) {
        Some(Yardstick::Without) => ("← the setting saves", "the setting costs →"),
        _ => ("← stateless has less", "stateful has less →"),
    };
    html! {
        (svg(bottom + 40.0, html! {
            @for tick in x.ticks() {
                line.grid x1=(px(x.at(tick))) x2=(px(x.at(tick))) y1="0" y2=(bottom) {}
                text x=(px(x.at(tick))) y=(px(bottom + 16.0)) text-anchor="middle" { (words::short(tick)) "×" }
            }
            line.one x1=(px(x.at(1.0))) x2=(px(x.at(1.0))) y1="0" y2=(bottom) {}
            text.axis x="8" y=(px(bottom + 35.0)) { (left) }
            text.axis x=(WIDTH - 8.0) y=(px(bottom + 35.0)) text-anchor="end" { (right) }
            @for (index, (label, effect)) in effects.iter().enumerate() {
                text.name.halo x="8" y=(px(index as f64 * ROW + 14.0)) { (label) }
                (mark(effect, &x, index as f64 * ROW + 28.0, 9.0))
            }
        }))
    }
}

/// The same for one ratio, small enough for a table's cell.
pub(crate) fn tiny(effect: &Effect) -> Markup {
    let x = axis([effect].into_iter(), (6.0, TINY.0 - 6.0));
    html! {
        svg.tiny viewBox=(format!("0 0 {} {}", TINY.0, TINY.1)) aria-hidden="true" {
            line.grid x1="0" x2=(TINY.0) y1="11" y2="11" {}
            (mark(effect, &x, 11.0, 8.0))
            line.one x1=(px(x.at(1.0))) x2=(px(x.at(1.0))) y1="1" y2=(TINY.1 - 1.0) {}
        }
    }
}

/// As wide on both sides of 1, so that 1 is always in the middle and the eye sees which side wins.
fn axis<'a>(effects: impl Iterator<Item = &'a Effect>, units: (f64, f64)) -> Axis {
    let extreme = |effect: &Effect| {
        let ends = effect.ratio.interval.map_or([effect.ratio.value; 2], |interval| [interval.low, interval.high]);
        ends.into_iter().chain(effect.band.map(|band| band.high())).map(|end| end.ln().abs()).fold(0.0, f64::max)
    };
    let reach = effects.map(extreme).fold(0.1, f64::max) * 1.15;
    Axis::log(((-reach).exp(), reach.exp()), units)
}

fn mark(effect: &Effect, x: &Axis, y: f64, half: f64) -> Markup {
    let value = effect.ratio.value;
    let (low, high) = effect.ratio.interval.map_or((value, value), |interval| (interval.low, interval.high));
    let class = match effect.band {
        // What touches the noise has no winner, and no winner's colour.
        Some(band) if low <= band.high() && high >= band.low() => "side control",
        _ if effect.to == Yardstick::Without => "side setting",
        _ if value < 1.0 || effect.to == Yardstick::Ideal => "side stateless",
        _ => "side stateful",
    };
    html! {
        g class=(class) {
            @if let Some(band) = effect.band {
                @let width = x.at(band.high()) - x.at(band.low());
                rect.noise x=(px(x.at(band.low()))) y=(px(y - half)) width=(px(width)) height=(px(half * 2.0)) {}
            }
            @if let Some(interval) = effect.ratio.interval {
                line.interval x1=(px(x.at(interval.low))) x2=(px(x.at(interval.high))) y1=(px(y)) y2=(px(y)) {}
            }
            circle.dot cx=(px(x.at(value))) cy=(px(y)) r="3.6" {}
        }
    }
}
