//! Bar charts: what is it made of?

use maud::{Markup, html};

use crate::chart::Draw;
use crate::chart::axis::{Axis, Spacing};
use crate::chart::canvas::{WIDTH, legend, px, side, svg};
use crate::recording::{Mode, Workload};

/// Horizontal bars, each stacked from named parts.
pub(crate) struct Bars {
    /// How the length of a bar is told, with its unit.
    pub(crate) told: fn(f64) -> String,
    pub(crate) bars: Vec<Bar>,
}

pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) mode: Mode,
    pub(crate) workload: Workload,
    pub(crate) parts: Vec<Part>,
}

pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) amount: f64,
    pub(crate) tone: Tone,
}

/// How much a part should stand out from its bar.
impl Part {
    pub(crate) fn new(name: &str, amount: f64, tone: Tone) -> Part {
        Part { name: name.into(), amount, tone }
    }
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Tone {
    Full,
    Light,
    Quiet,
    Quieter,
}

const BAR: f64 = 18.0;
const ROW: f64 = 46.0;

/// Horizontal bars, one under the other, each stacked from parts; the label stands above its bar, so it can be long.
impl Draw for Bars {
    fn draw(&self) -> Markup {
        let total = |bar: &Bar| bar.parts.iter().map(|part| part.amount).sum();
        let highest = self.bars.iter().map(total).fold(0.0, f64::max);
        let x = Axis::new(Spacing::Linear, (0.0, highest), (0.0, WIDTH - 90.0));
        html! {
            (legend(&entries(self)))
            (svg(ROW * self.bars.len() as f64, html! {
                @for (index, bar) in self.bars.iter().enumerate() { (one(bar, self.told, index as f64 * ROW, &x)) }
            }))
        }
    }
}

/// What the tones mean, once; the colour of the side is told by the labels.
fn entries(bars: &Bars) -> Vec<(&'static str, String)> {
    let mut entries: Vec<(&'static str, String)> = Vec::new();
    for part in bars.bars.iter().flat_map(|bar| &bar.parts).filter(|part| part.amount > 0.0) {
        if !entries.iter().any(|(_, name)| *name == part.name) {
            entries.push((tone(part.tone), part.name.clone()));
        }
    }
    entries
}

fn one(bar: &Bar, told: fn(f64) -> String, top: f64, x: &Axis) -> Markup {
    let mut from = 0.0;
    let mut segments = Vec::new();
    for part in bar.parts.iter().filter(|part| part.amount > 0.0) {
        segments.push((tone(part.tone), x.at(from), (x.at(from + part.amount) - x.at(from)).max(0.5)));
        from += part.amount;
    }
    let end = x.at(from);
    html! {
        g class=(side(bar.mode, bar.workload)) {
            text.name x="0" y=(px(top + 14.0)) { (bar.label) }
            @for (tone, left, width) in segments {
                rect class=(tone) x=(px(left)) y=(px(top + 20.0)) width=(px(width)) height=(BAR) {}
            }
            text.value x=(px(end + 7.0)) y=(px(top + 34.0)) { (told(from)) }
        }
    }
}

fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Full => "full",
        Tone::Light => "light",
        Tone::Quiet => "quiet",
        Tone::Quieter => "quieter",
    }
}
