//! Interval charts: is it more than noise?

use maud::{Markup, html};

use crate::chart::Draw;
use crate::chart::axis::{Axis, Spacing};
use crate::chart::canvas::{WIDTH, px, svg};
use crate::evidence::claims::{Effect, Yardstick};
use crate::evidence::interval::{Estimate, Interval};
use crate::format;

/// Ratios with their intervals over the bands of noise, all on one axis.
pub(crate) struct Intervals {
    pub(crate) scale: Scale,
    /// What lies left of 1, and right of it.
    pub(crate) sides: [&'static str; 2],
    pub(crate) ratios: Vec<Ratio>,
}

/// How a ratio is told on the axis.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Scale {
    /// 0.9 ×.
    Factors,
    /// −10 %.
    Changes,
}

pub(crate) struct Ratio {
    pub(crate) label: String,
    /// What it says of the sides, as a colour.
    pub(crate) side: &'static str,
    pub(crate) ratio: Estimate,
    /// As a factor.
    pub(crate) noise: Option<f64>,
}

const ROW: f64 = 42.0;
const TINY: (f64, f64) = (120.0, 22.0);
/// From one tick to the next that is named.
const APART: f64 = 46.0;
const TICKS: [[f64; 11]; 2] = [
    [0.98, 0.95, 0.9, 0.8, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.001],
    [1.02, 1.05, 1.1, 1.2, 1.5, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0],
];

impl Draw for Intervals {
    fn draw(&self) -> Markup {
        let x = axis(&self.ratios, self.scale.widest(), (8.0, WIDTH - 8.0));
        let bottom = ROW * self.ratios.len() as f64;
        svg(
            bottom + 40.0,
            html! {
                @for tick in ticks(&x) {
                    line.grid x1=(px(x.at(tick))) x2=(px(x.at(tick))) y1="0" y2=(bottom) {}
                    text x=(px(x.at(tick))) y=(px(bottom + 16.0)) text-anchor="middle" { (self.scale.told(tick)) }
                }
                line.one x1=(px(x.at(1.0))) x2=(px(x.at(1.0))) y1="0" y2=(bottom) {}
                text.axis x="8" y=(px(bottom + 35.0)) { "← " (self.sides[0]) }
                text.axis x=(WIDTH - 8.0) y=(px(bottom + 35.0)) text-anchor="end" { (self.sides[1]) " →" }
                @for (index, one) in self.ratios.iter().enumerate() {
                    text.name.halo x="8" y=(px(index as f64 * ROW + 14.0)) { (one.label) }
                    (mark(one, &x, index as f64 * ROW + 27.0))
                }
            },
        )
    }
}

/// The same for one ratio, small enough for a table's cell.
impl Draw for Ratio {
    fn draw(&self) -> Markup {
        let x = axis(std::slice::from_ref(self), f64::INFINITY, (6.0, TINY.0 - 6.0));
        html! {
            svg.tiny viewBox=(format!("0 0 {} {}", TINY.0, TINY.1)) aria-hidden="true" {
                line.grid x1="0" x2=(TINY.0) y1="11" y2="11" {}
                (mark(self, &x, 11.0))
                line.one x1=(px(x.at(1.0))) x2=(px(x.at(1.0))) y1="1" y2=(TINY.1 - 1.0) {}
            }
        }
    }
}

impl Ratio {
    /// What touches the noise has no winner, and no winner's colour.
    pub(crate) fn of(label: String, effect: &Effect) -> Ratio {
        let Interval { low, high } = effect.ratio.ends();
        let side = match effect.band {
            Some(band) if low <= band.high() && high >= band.low() => "side control",
            _ if effect.to == Yardstick::Without => "side setting",
            _ if effect.ratio.value < 1.0 || effect.to == Yardstick::Ideal => "side stateless",
            _ => "side stateful",
        };
        Ratio { label, side, ratio: effect.ratio, noise: effect.band.map(|band| band.high()) }
    }
}

impl Scale {
    fn told(self, tick: f64) -> String {
        match self {
            Scale::Factors => format!("{}×", format::short(tick)),
            Scale::Changes => format::change(tick),
        }
    }

    /// Further out than this factor, a change would press all others into the middle.
    fn widest(self) -> f64 {
        if self == Scale::Changes { 3.0 } else { f64::INFINITY }
    }
}

/// As wide on both sides of 1, so that 1 is always in the middle and the eye sees which way it went.
fn axis(ratios: &[Ratio], widest: f64, units: (f64, f64)) -> Axis {
    let ends = |one: &Ratio| [one.ratio.ends().low, one.ratio.ends().high, one.noise.unwrap_or(1.0)];
    let far = ratios.iter().flat_map(ends).map(|end| end.ln().abs()).fold(0.08, f64::max);
    let reach = far.min(widest.ln()) * 1.13;
    Axis::new(Spacing::Log, ((-reach).exp(), reach.exp()), units)
}

/// 1, and round ratios on both sides of it as far as there is room for their names.
fn ticks(x: &Axis) -> Vec<f64> {
    let mut ticks = vec![1.0];
    for side in TICKS {
        let mut before = x.at(1.0);
        for tick in side.into_iter().filter(|tick| (20.0..WIDTH - 20.0).contains(&x.at(*tick))) {
            if (x.at(tick) - before).abs() >= APART {
                before = x.at(tick);
                ticks.push(tick);
            }
        }
    }
    ticks
}

/// What lies further out than the axis stands at its end.
fn mark(one: &Ratio, x: &Axis, y: f64) -> Markup {
    let Interval { low, high } = one.ratio.ends();
    let at = |value: f64| px(x.at(x.within(value)));
    html! {
        g class=(one.side) {
            @if let Some(noise) = one.noise {
                rect.noise x=(px(x.at(1.0 / noise))) y=(px(y - 8.0)) width=(px(x.at(noise) - x.at(1.0 / noise))) height="16" {}
            }
            @if low < high { line.interval x1=(at(low)) x2=(at(high)) y1=(px(y)) y2=(px(y)) {} }
            circle.dot cx=(at(one.ratio.value)) cy=(px(y)) r="3.6" {}
        }
    }
}
