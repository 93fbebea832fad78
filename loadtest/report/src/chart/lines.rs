//! Line charts: how does one figure follow another?

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::chart::Draw;
use crate::chart::along::{Along, Frame};
use crate::chart::axis::{Axis, Spacing};
use crate::chart::canvas::{legend, px};
use crate::evidence::interval::{Estimate, Interval};

pub(crate) struct Lines {
    pub(crate) along: Along,
    pub(crate) upwards: Upwards,
    /// How a value is told, with its unit.
    pub(crate) told: fn(f64) -> String,
    pub(crate) lines: Vec<Line>,
    /// Where two of them meet.
    pub(crate) meetings: Vec<(f64, f64)>,
}

/// What is twice as high.
pub(crate) enum Upwards {
    /// Twice as much, from nothing on.
    Evenly,
    /// As much more as from one to ten, where the small ones are what it is about.
    ByFactors,
}

pub(crate) struct Line {
    pub(crate) label: String,
    /// Its colour, as `canvas::side` says it.
    pub(crate) side: &'static str,
    pub(crate) look: Look,
    /// Ascending.
    pub(crate) points: Vec<(f64, Estimate)>,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Look {
    /// Dots, joined; what leads to nothing is dashed.
    Joined,
    /// Dots alone.
    Dots,
    /// A curve in the band of its intervals.
    Fitted,
    Dashed,
}

/// The same chart for each fleet, every one with a scale of its own.
pub(crate) struct Panels {
    pub(crate) legend: &'static [(&'static str, &'static str)],
    pub(crate) panels: Vec<(&'static str, Lines)>,
}

impl Draw for Lines {
    fn draw(&self) -> Markup {
        let entries: Vec<_> = self.lines.iter().map(|line| (line.side, line.label.clone())).collect();
        html! {
            @if !self.along.names_at_ends() { (legend(&entries)) }
            (self.svg(""))
        }
    }
}

impl Draw for Panels {
    fn draw(&self) -> Markup {
        html! {
            (legend(self.legend))
            div.panels { @for (title, lines) in &self.panels { (lines.svg(title)) } }
        }
    }

    fn is_wide(&self) -> bool {
        true
    }
}

impl Lines {
    fn svg(&self, title: &str) -> Markup {
        html! {
            svg viewBox=(self.view()) aria-hidden="true" {
                @if !title.is_empty() { text.name x="0" y="14" { (title) } }
                (self.plot())
            }
        }
    }

    pub(crate) fn view(&self) -> String {
        let Frame { width, height, .. } = self.along.frame();
        format!("0 0 {width} {height}")
    }

    /// Without the frame of an `svg`, for a page that has its own.
    pub(crate) fn plot(&self) -> Markup {
        let (frame, stops) = (self.along.frame(), self.stops());
        let plot = Plot { chart: self, frame, x: self.along.axis(&stops), y: self.upwards(frame) };
        html! {
            (plot.grid(&stops))
            @for line in &self.lines { g class=(line.side) { (plot.line(line)) } }
            @for &(at, value) in &self.meetings { (plot.meeting(at, value)) }
            @if self.along.names_at_ends() { (plot.names()) }
        }
    }

    /// Each place that some line has a value at.
    fn stops(&self) -> Vec<f64> {
        let dots = self.lines.iter().filter(|line| matches!(line.look, Look::Joined | Look::Dots));
        let all: BTreeSet<u64> = dots.flat_map(|line| &line.points).map(|(at, _)| at.to_bits()).collect();
        all.into_iter().map(f64::from_bits).collect() // The bits of what is not negative are in its order.
    }

    fn upwards(&self, Frame { top, bottom, .. }: Frame) -> Axis {
        let values = || self.lines.iter().filter(|line| line.look != Look::Fitted).flat_map(|line| &line.points);
        let highest = values().map(|(_, one)| one.ends().high).fold(f64::MIN_POSITIVE, f64::max);
        match self.upwards {
            Upwards::Evenly => Axis::from_zero(highest, (bottom, top)),
            Upwards::ByFactors => {
                let lowest = values().map(|(_, one)| one.value).filter(|value| *value > 0.0).fold(highest, f64::min);
                Axis::new(Spacing::Log, (lowest * 0.8, (highest * 1.2).max(lowest * 2.5)), (bottom, top))
            }
        }
    }
}

/// A chart with its axes.
struct Plot<'a> {
    chart: &'a Lines,
    frame: Frame,
    x: Axis,
    y: Axis,
}

impl Plot<'_> {
    fn grid(&self, stops: &[f64]) -> Markup {
        let (along, Frame { name, height, left, right, top, bottom, .. }) = (&self.chart.along, self.frame);
        let upright = if matches!(along, Along::Shares) { top } else { bottom };
        html! {
            @for tick in self.y.ticks() {
                line.grid x1=(left) x2=(right) y1=(px(self.y.at(tick))) y2=(px(self.y.at(tick))) {}
                text x=(left - 8.0) y=(px(self.y.at(tick) + 4.0)) text-anchor="end" { ((self.chart.told)(tick)) }
            }
            @for (at, name) in along.ticks(stops, &self.x) {
                @let at = px(self.x.at(at));
                @if upright < bottom { line.grid x1=(at) x2=(at) y1=(upright) y2=(bottom) {} }
                text x=(at) y=(bottom + 17.0) text-anchor="middle" { (name) }
            }
            @if let Some(name) = name {
                text.axis x=(px((left + right) / 2.0)) y=(height - 4.0) text-anchor="middle" { (name) }
            }
            @if let Along::Recordings { moved } = along { @for first in moved { (self.moved(*first)) } }
        }
    }

    fn moved(&self, first: usize) -> Markup {
        let between = px(self.x.at(first as f64 - 0.5));
        html! {
            line.moved x1=(between) x2=(between) y1="4" y2=(self.frame.bottom) {}
            text.halo x=(between) y="11" text-anchor="middle" { "another machine" }
        }
    }

    fn line(&self, line: &Line) -> Markup {
        let class = match line.look {
            Look::Fitted => "line fitted",
            Look::Dashed => "line dashed",
            Look::Joined | Look::Dots => "line",
        };
        let from = line.points.iter().take_while(|(at, _)| *at <= 0.0).count();
        let leap = if from == 0 { &[] } else { &line.points[..line.points.len().min(from + 1)] };
        let dots = line.points.iter().filter(|(at, _)| self.chart.along.is_named(*at));
        html! {
            @if line.look == Look::Fitted { polygon.band points=(self.band(&line.points)) {} }
            @if !leap.is_empty() { polyline.line.dashed points=(self.path(leap)) {} }
            @if line.look != Look::Dots { polyline class=(class) points=(self.path(&line.points[from..])) {} }
            @if matches!(line.look, Look::Joined | Look::Dots) { @for (at, one) in dots { (self.dot(*at, one)) } }
        }
    }

    fn dot(&self, at: f64, one: &Estimate) -> Markup {
        let (x, Interval { low, high }) = (px(self.x.at(at)), one.ends());
        html! {
            @if low < high { line.interval x1=(x) x2=(x) y1=(px(self.y.at(low))) y2=(px(self.y.at(high))) {} }
            circle.dot cx=(x) cy=(px(self.y.at(one.value))) r="3.6" {}
        }
    }

    fn path(&self, points: &[(f64, Estimate)]) -> String {
        points.iter().map(|(at, one)| self.place(*at, one.value)).collect::<Vec<_>>().join(" ")
    }

    /// There along the upper ends, and back along the lower ones.
    fn band(&self, points: &[(f64, Estimate)]) -> String {
        let upper = points.iter().map(|(at, one)| self.place(*at, one.ends().high));
        let lower = points.iter().rev().map(|(at, one)| self.place(*at, one.ends().low));
        upper.chain(lower).collect::<Vec<_>>().join(" ")
    }

    fn place(&self, at: f64, value: f64) -> String {
        format!("{},{}", px(self.x.at(at)), px(self.y.at(value).max(self.frame.top)))
    }

    fn meeting(&self, at: f64, value: f64) -> Markup {
        let (x, y) = (px(self.x.at(at)), px(self.y.at(value)));
        html! {
            line.moved x1=(x) x2=(x) y1=(y) y2=(self.frame.bottom) {}
            circle.meeting cx=(x) cy=(y) r="6" {}
        }
    }

    /// Behind the ends of the lines, and no two on each other: from the lowest up, each as near to its place as the ones
    /// below let it.
    fn names(&self) -> Markup {
        let end = |line: &Line| line.points.last().map_or(self.frame.bottom, |(_, one)| self.y.at(one.value));
        let mut ends: Vec<(f64, &Line)> = self.chart.lines.iter().map(|line| (end(line), line)).collect();
        ends.sort_by(|one, other| other.0.total_cmp(&one.0));
        let mut below = self.frame.bottom + APART;
        for (height, _) in &mut ends {
            *height = height.min(below - APART);
            below = *height;
        }
        html! {
            @for (height, line) in ends.iter().rev() {
                g class=(line.side) {
                    text.of-line x=(px(self.frame.right + 8.0)) y=(px(height + 4.0)) { (shortened(&line.label)) }
                }
            }
        }
    }
}

/// From one name to the next.
const APART: f64 = 14.0;
/// Letters that a name has room for.
const LETTERS: usize = 19;

fn shortened(label: &str) -> String {
    if label.chars().count() <= LETTERS {
        label.to_owned()
    } else {
        label.chars().take(LETTERS - 1).chain(['…']).collect()
    }
}
