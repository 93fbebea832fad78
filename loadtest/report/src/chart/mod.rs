//! Charts: how is a number drawn?
//!
//! Small SVG of our own. The chart library that was tried first (kuva 0.6) takes its colours as fixed values or CSS,
//! places its ticks in even steps and its legend inside the frame: no p50–p90–p99–p99.9 axis, and half of a phone's
//! width for names. Here colours are classes, so one picture serves light, dark and print, and every picture is 420
//! units wide: with 12-unit type it can be read on a phone and thrown on a wall.

pub(crate) mod along;
pub(crate) mod axis;
pub(crate) mod bars;
pub(crate) mod canvas;
pub(crate) mod grid;
pub(crate) mod intervals;
pub(crate) mod lines;
pub(crate) mod sparkline;
pub(crate) mod timeline;
pub(crate) mod tradeoff;

use maud::Markup;

/// A chart holds its data and draws it.
pub(crate) trait Draw {
    fn draw(&self) -> Markup;

    /// Whether it takes all the width there is.
    fn is_wide(&self) -> bool {
        false
    }
}

pub(crate) type Picture = Box<dyn Draw>;

pub(crate) fn boxed(chart: impl Draw + 'static) -> Picture {
    Box::new(chart)
}
