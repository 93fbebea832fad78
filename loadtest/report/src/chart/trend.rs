//! How did it go over time?

use maud::{Markup, html};

use crate::article::Course;
use crate::chart::axis::Axis;
use crate::chart::canvas::{WIDTH, legend, px, side, svg};
use crate::evidence::interval::Estimate;
use crate::recording::{Mode, Workload};
use crate::words;

const HEIGHT: f64 = 216.0;
const LEFT: f64 = 62.0;
const BOTTOM: f64 = 176.0;

/// One line an arm, from recording to recording; they stand evenly, whatever lay between them.
pub(crate) fn draw(course: &Course) -> Markup {
    let stops = course.lines.iter().map(|(.., points)| points.len()).max().unwrap_or(1);
    let highest = course.lines.iter().flat_map(|(.., points)| points).flatten().map(top).fold(0.0, f64::max);
    let y = Axis::from_zero(highest, (BOTTOM, 14.0));
    let x = Axis::linear((-0.35, stops as f64 - 0.65), (LEFT, WIDTH));
    let name = |(mode, workload, _): &(Mode, Workload, _)| (side(*mode, *workload), words::arm(*mode, *workload));
    html! {
        (legend(&course.lines.iter().map(name).collect::<Vec<_>>()))
        (svg(HEIGHT, html! {
            (frame(course, &x, &y, stops))
            @for (mode, workload, points) in &course.lines { g class=(side(*mode, *workload)) { (line(points, &x, &y)) } }
            text.axis x=(px((LEFT + WIDTH) / 2.0)) y=(HEIGHT - 4.0) text-anchor="middle" { "recording" }
        }))
    }
}

fn frame(course: &Course, x: &Axis, y: &Axis, stops: usize) -> Markup {
    html! {
        @for tick in y.ticks() {
            line.grid x1=(LEFT) x2=(WIDTH) y1=(px(y.at(tick))) y2=(px(y.at(tick))) {}
            text x=(LEFT - 8.0) y=(px(y.at(tick) + 4.0)) text-anchor="end" { ((course.told)(tick)) }
        }
        @for stop in 0..stops {
            text x=(px(x.at(stop as f64))) y=(BOTTOM + 17.0) text-anchor="middle" { (stop + 1) }
        }
        @for stop in &course.moved_house {
            @let between = px(x.at(*stop as f64 - 0.5));
            line.moved x1=(between) x2=(between) y1="4" y2=(BOTTOM) {}
            text.halo x=(between) y="11" text-anchor="middle" { "another machine" }
        }
    }
}

fn line(points: &[Option<Estimate>], x: &Axis, y: &Axis) -> Markup {
    let known = || points.iter().enumerate().filter_map(|(stop, point)| Some((stop as f64, (*point)?)));
    let path: Vec<String> = known().map(|(stop, one)| format!("{},{}", px(x.at(stop)), px(y.at(one.value)))).collect();
    html! {
        polyline.line points=(path.join(" ")) {}
        @for (stop, one) in known() {
            @if let Some(interval) = one.interval {
                line.line x1=(px(x.at(stop))) x2=(px(x.at(stop))) y1=(px(y.at(interval.low))) y2=(px(y.at(interval.high))) {}
            }
            circle.dot cx=(px(x.at(stop))) cy=(px(y.at(one.value))) r="4" {}
        }
    }
}

fn top(point: &Estimate) -> f64 {
    point.interval.map_or(point.value, |interval| interval.high)
}
