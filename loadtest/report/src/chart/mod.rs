//! How is a number drawn?
//!
//! Small SVG of our own. The chart library that was tried first (kuva 0.6) takes its colours as fixed values or CSS,
//! places its ticks in even steps and its legend inside the frame: no p50–p90–p99–p99.9 axis, and half of a phone's
//! width for names. Here colours are classes, so one picture serves light, dark and print, and every picture is 420
//! units wide: with 12-unit type it can be read on a phone and thrown on a wall.

pub(crate) mod axis;
mod bars;
pub(crate) mod canvas;
mod changes;
mod curves;
mod grid;
mod interval;
mod lines;
pub(crate) mod percentiles;
mod sparkline;
mod timeline;
mod tradeoff;
mod trend;

use maud::Markup;

use crate::article::Picture;

pub(crate) use changes::{class, tiny as tiny_change};
pub(crate) use interval::tiny;
pub(crate) use sparkline::{cases as tiny_cases, pair as tiny_pair, share as tiny_share};

pub(crate) fn picture(picture: &Picture) -> Markup {
    match picture {
        Picture::Spectrum(series) => percentiles::draw(series),
        Picture::Bars(bars) => bars::draw(bars),
        Picture::Curves(curves) => curves::draw(curves),
        Picture::Intervals(effects) => interval::draw(effects),
        Picture::Changes(marks) => changes::draw(marks),
        Picture::Course(trend) => trend::draw(trend),
        Picture::Timeline(lanes) => timeline::draw(lanes),
        Picture::Lines(lines) => lines::draw(lines),
        Picture::Frontier(tradeoff) => tradeoff::draw(tradeoff),
        Picture::Grid(grid) => grid::draw(grid),
    }
}
