//! How is a number drawn?
//!
//! Small SVG of our own. The chart library that was tried first (kuva 0.6) takes its colours as fixed values or CSS,
//! places its ticks in even steps and its legend inside the frame: no p50–p90–p99–p99.9 axis, and half of a phone's
//! width for names. Here colours are classes, so one picture serves light, dark and print, and every picture is 420
//! units wide: with 12-unit type it can be read on a phone and thrown on a wall.

mod axis;
mod bars;
mod curves;
mod interval;
mod spectrum;

use maud::{Markup, html};

use super::article::Picture;
use crate::recording::{Mode, Workload};

pub(super) use interval::tiny;

/// Units of every picture's own coordinates; CSS decides how wide a unit is.
const WIDTH: f64 = 420.0;

pub(super) fn picture(picture: &Picture) -> Markup {
    match picture {
        Picture::Spectrum(series) => spectrum::draw(series),
        Picture::Bars(bars) => bars::draw(bars),
        Picture::Curves(curves) => curves::draw(curves),
        Picture::Intervals(effects) => interval::draw(effects),
    }
}

/// The colour of a side is the same on every picture; what carries no credential is grey.
fn side(mode: Mode, workload: Workload) -> &'static str {
    match (mode, workload) {
        (Mode::Bare, _) => "side bare",
        (Mode::Jwt | Mode::JwtDenylist, Workload::Anonymous) => "side control",
        (Mode::SessionRedis | Mode::SessionMemory, Workload::Anonymous) => "side control other",
        (Mode::Jwt | Mode::JwtDenylist, _) => "side stateless",
        (Mode::SessionRedis | Mode::SessionMemory, _) => "side stateful",
    }
}

/// A picture is for eyes; whoever has none reads the table beside it.
fn svg(height: f64, content: Markup) -> Markup {
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {height}")) aria-hidden="true" { (content) }
    }
}

/// Tenths of a unit are finer than any screen.
fn px(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// A name beside a swatch of its colour; in HTML, so that it wraps.
fn legend(entries: &[(&str, String)]) -> Markup {
    html! {
        ul.legend {
            @for (class, name) in entries { li class=(class) { i {} (name) } }
        }
    }
}
