//! How does it grow with something that grows by factors?

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::article::{Line, Lines, Upwards};
use crate::chart::axis::Axis;
use crate::chart::canvas::{WIDTH, px, side, svg};
use crate::evidence::interval::Estimate;
use crate::recording::Workload;

const HEIGHT: f64 = 286.0;
const LEFT: f64 = 58.0;
/// Names stand behind the ends of their lines.
const RIGHT: f64 = WIDTH - 118.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 246.0;
/// From one name to the next.
const APART: f64 = 14.0;
/// Letters that a name has room for.
const LETTERS: usize = 19;

/// Nothing has no place on such an axis: it stands at its left end, and what leads there is dashed.
pub(crate) fn draw(lines: &Lines) -> Markup {
    let stops = stops(lines);
    let x = Along::of(&stops);
    let y = upwards(lines);
    svg(
        HEIGHT,
        html! {
            (frame(lines, &stops, &x, &y))
            @for one in &lines.lines { g class=(side(one.mode, Workload::Whoami)) { (line(one, &x, &y)) } }
            @for (at, value) in &lines.meetings {
                line.moved x1=(px(x.at(*at))) x2=(px(x.at(*at))) y1=(px(y.at(*value))) y2=(BOTTOM) {}
                circle.meeting cx=(px(x.at(*at))) cy=(px(y.at(*value))) r="6" {}
            }
            (names(&lines.lines, &y))
        },
    )
}

fn upwards(lines: &Lines) -> Axis {
    let values = || lines.lines.iter().flat_map(|line| &line.points).map(|(_, one)| one);
    let highest = values().map(top).fold(f64::MIN_POSITIVE, f64::max);
    match lines.upwards {
        Upwards::Evenly => Axis::from_zero(highest, (BOTTOM, TOP)),
        Upwards::ByFactors => {
            let lowest = values().map(|one| one.value).filter(|value| *value > 0.0).fold(highest, f64::min);
            Axis::log((lowest * 0.7, highest * 1.2), (BOTTOM, TOP))
        }
    }
}

/// Each place that some line has a value at, from nothing on.
fn stops(lines: &Lines) -> Vec<f64> {
    let all: BTreeSet<u64> = lines.lines.iter().flat_map(|line| &line.points).map(|(at, _)| at.to_bits()).collect();
    all.into_iter().map(f64::from_bits).collect() // The bits of what is not negative are in its order.
}

struct Along {
    factors: Axis,
    /// Left of it there is no place but nothing.
    least: f64,
}

impl Along {
    fn of(stops: &[f64]) -> Along {
        let (nothing, some): (Vec<f64>, Vec<f64>) = stops.iter().partition(|stop| **stop <= 0.0);
        let (first, last) = (some.first().copied().unwrap_or(1.0), some.last().copied().unwrap_or(10.0));
        let least = if nothing.is_empty() { first * 0.8 } else { first / 8.0 };
        Along { factors: Axis::log((least, last.max(first * 1.01)), (LEFT + 14.0, RIGHT)), least }
    }

    fn at(&self, value: f64) -> f64 {
        self.factors.at(value.max(self.least))
    }
}

fn frame(lines: &Lines, stops: &[f64], x: &Along, y: &Axis) -> Markup {
    html! {
        @for tick in y.ticks() {
            line.grid x1=(LEFT) x2=(RIGHT) y1=(px(y.at(tick))) y2=(px(y.at(tick))) {}
            text x=(LEFT - 8.0) y=(px(y.at(tick) + 4.0)) text-anchor="end" { ((lines.told)(tick)) }
        }
        @for stop in legible(stops, x) {
            text x=(px(x.at(stop))) y=(BOTTOM + 17.0) text-anchor="middle" { ((lines.amount)(stop)) }
        }
        text.axis x=(px((LEFT + RIGHT) / 2.0)) y=(HEIGHT - 4.0) text-anchor="middle" { (lines.along) }
    }
}

/// Those that stand far enough from the one named before.
fn legible(stops: &[f64], x: &Along) -> Vec<f64> {
    const ROOM: f64 = 42.0;
    let mut named: Vec<f64> = Vec::new();
    for stop in stops {
        if named.last().is_none_or(|before| x.at(*stop) - x.at(*before) >= ROOM) {
            named.push(*stop);
        }
    }
    named
}

fn line(line: &Line, x: &Along, y: &Axis) -> Markup {
    let place = |(at, one): &(f64, Estimate)| format!("{},{}", px(x.at(*at)), px(y.at(one.value)));
    let from_nothing = line.points.first().is_some_and(|(at, _)| *at <= 0.0);
    let leap: Vec<String> = if from_nothing { line.points.iter().take(2).map(place).collect() } else { Vec::new() };
    let path: Vec<String> = line.points.iter().filter(|(at, _)| *at > 0.0).map(place).collect();
    html! {
        polyline.line.dashed points=(leap.join(" ")) {}
        polyline.line points=(path.join(" ")) {}
        @for (at, one) in &line.points {
            @if let Some(interval) = one.interval {
                line.interval x1=(px(x.at(*at))) x2=(px(x.at(*at))) y1=(px(y.at(interval.low))) y2=(px(y.at(interval.high))) {}
            }
            circle.dot cx=(px(x.at(*at))) cy=(px(y.at(one.value))) r="3.4" {}
        }
    }
}

/// Behind the ends of the lines, and no two on each other.
fn names(lines: &[Line], y: &Axis) -> Markup {
    let end = |line: &Line| line.points.last().map_or(BOTTOM, |(_, one)| y.at(one.value));
    let mut order: Vec<(f64, &Line)> = lines.iter().map(|line| (end(line), line)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let heights: Vec<f64> = order.iter().map(|(height, _)| *height).collect();
    html! {
        @for ((_, line), height) in order.iter().zip(spread(&heights)) {
            g class=(side(line.mode, Workload::Whoami)) {
                text.of-line x=(px(RIGHT + 8.0)) y=(px(height + 4.0)) { (shortened(&line.label)) }
            }
        }
    }
}

/// From the lowest up, each as near to its place as the ones below let it.
fn spread(ascending: &[f64]) -> Vec<f64> {
    let mut below = BOTTOM + APART;
    let mut placed: Vec<f64> = ascending
        .iter()
        .rev()
        .map(|height| {
            below = height.min(below - APART);
            below
        })
        .collect();
    placed.reverse();
    placed
}

fn shortened(label: &str) -> String {
    if label.chars().count() <= LETTERS {
        label.to_owned()
    } else {
        label.chars().take(LETTERS - 1).chain(['…']).collect()
    }
}

fn top(one: &Estimate) -> f64 {
    one.interval.map_or(one.value, |interval| interval.high)
}
