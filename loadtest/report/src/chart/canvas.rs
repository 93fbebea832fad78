//! The drawing area: what do all charts have in common?

use maud::{Markup, Render, html};

use crate::recording::{Mode, Workload};

/// Units of every picture's own coordinates; CSS decides how wide a unit is.
pub(crate) const WIDTH: f64 = 420.0;

/// The colour of a side is the same on every picture; what carries no credential is grey.
pub(crate) fn side(mode: Mode, workload: Workload) -> &'static str {
    match (mode, workload) {
        (Mode::Bare, _) => "side bare",
        (one, Workload::Anonymous) if one.is_stateless() => "side control",
        (_, Workload::Anonymous) => "side control other",
        (one, _) if one.is_stateless() => "side stateless",
        _ => "side stateful",
    }
}

/// A picture is for eyes; whoever has none reads the table beside it.
pub(crate) fn svg(height: f64, content: Markup) -> Markup {
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {height}")) aria-hidden="true" { (content) }
    }
}

/// Tenths of a unit are finer than any screen.
pub(crate) fn px(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// A name beside a swatch of its colour; in HTML, so that it wraps.
pub(crate) fn legend(entries: &[(&str, impl Render)]) -> Markup {
    html! {
        ul.legend {
            @for (class, name) in entries { li class=(class) { i {} (name) } }
        }
    }
}
