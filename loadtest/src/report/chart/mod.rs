//! How is a number drawn?
//!
//! Small SVG of our own. The chart library that was tried first (kuva 0.6) takes its colours as fixed values or CSS,
//! places its ticks in even steps and its legend inside the frame: no p50–p90–p99–p99.9 axis, and half of a phone's
//! width for names. Here colours are classes, so one picture serves light, dark and print, and every picture is 420
//! units wide: with 12-unit type it can be read on a phone and thrown on a wall.

pub(super) mod axis;
mod bars;
pub(super) mod canvas;
mod changes;
mod course;
mod curves;
mod frontier;
mod grid;
mod interval;
mod lines;
pub(super) mod spectrum;
mod timeline;
mod tiny;

use maud::Markup;

use super::article::Picture;

pub(super) use changes::{class, tiny as tiny_change};
pub(super) use interval::tiny;
pub(super) use tiny::{cases as tiny_cases, pair as tiny_pair, share as tiny_share};

pub(super) fn picture(picture: &Picture) -> Markup {
    match picture {
        Picture::Spectrum(series) => spectrum::draw(series),
        Picture::Bars(bars) => bars::draw(bars),
        Picture::Curves(curves) => curves::draw(curves),
        Picture::Intervals(effects) => interval::draw(effects),
        Picture::Changes(marks) => changes::draw(marks),
        Picture::Course(course) => course::draw(course),
        Picture::Timeline(lanes) => timeline::draw(lanes),
        Picture::Lines(lines) => lines::draw(lines),
        Picture::Frontier(frontier) => frontier::draw(frontier),
        Picture::Grid(grid) => grid::draw(grid),
    }
}
