//! What did each further replica bring?

use maud::{Markup, html};

use crate::chart::axis::Axis;
use crate::chart::canvas::{legend, px, side};
use crate::experiments::scale_out::findings::Curve;
use crate::experiments::scale_out::step::Step;
use crate::experiments::scale_out::usl::{Fit, Place};
use crate::recording::Workload;
use crate::words;

const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 206.0;
const LEFT: f64 = 52.0;
const TOP: f64 = 28.0;
const BOTTOM: f64 = 184.0;

/// A panel for each fleet, throughput against replicas. Each has a scale of its own, so that the ideal is the same line
/// in all of them and the eye compares how far the fleets fall below it.
pub(crate) fn draw(curves: &[Curve]) -> Markup {
    let entries = [
        ("measured", "measured, with 95 % interval".to_owned()),
        ("fitted", "fitted law, with 95 % band".to_owned()),
        ("ideal", "each replica as good as the first".to_owned()),
    ];
    html! {
        (legend(&entries))
        div.panels { @for curve in curves { (panel(curve)) } }
    }
}

fn panel(curve: &Curve) -> Markup {
    let most = curve.steps.last().map_or(1, |step| step.replicas);
    let highest = curve.steps.iter().map(top).chain([ideal(curve, most)]).fold(0.0, f64::max);
    let y = Axis::from_zero(highest, (BOTTOM, TOP));
    let x = Axis::linear((0.6, f64::from(most) + 0.4), (LEFT, WIDTH));
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) aria-hidden="true" {
            text.name x="0" y="14" { (words::mode(curve.mode)) }
            (frame(curve, &x, &y))
            g class=(side(curve.mode, Workload::Whoami)) {
                @if let Some(fit) = &curve.fit { (law(fit, &x, &y)) }
                (ideal_line(curve, &x, &y, most))
                @for step in &curve.steps { (point(step, &x, &y)) }
            }
        }
    }
}

fn frame(curve: &Curve, x: &Axis, y: &Axis) -> Markup {
    html! {
        @for tick in y.ticks() {
            line.grid x1=(LEFT) x2=(WIDTH) y1=(px(y.at(tick))) y2=(px(y.at(tick))) {}
            text x=(LEFT - 7.0) y=(px(y.at(tick) + 4.0)) text-anchor="end" { (words::count(tick as u64)) }
        }
        @for step in &curve.steps {
            text x=(px(x.at(f64::from(step.replicas)))) y=(BOTTOM + 17.0) text-anchor="middle" { (step.replicas) }
        }
    }
}

fn law(fit: &Fit, x: &Axis, y: &Axis) -> Markup {
    let at = |size: f64, value: f64| format!("{},{}", px(x.at(size)), px(y.at(value).max(TOP)));
    let line: Vec<String> = fit.curve.iter().map(|place| at(place.size, place.throughput)).collect();
    let low = |place: &Place| Some(at(place.size, place.interval?.low));
    let high = |place: &Place| Some(at(place.size, place.interval?.high));
    let band: Vec<String> = fit.curve.iter().filter_map(low).chain(fit.curve.iter().rev().filter_map(high)).collect();
    html! {
        @if !band.is_empty() { polygon.band points=(band.join(" ")) {} }
        polyline.line.fitted points=(line.join(" ")) {}
    }
}

fn ideal_line(curve: &Curve, x: &Axis, y: &Axis, most: u32) -> Markup {
    let at = |replicas: u32| (px(x.at(f64::from(replicas))), px(y.at(ideal(curve, replicas))));
    let ((left, from), (right, to)) = (at(1), at(most));
    html! {
        @if ideal(curve, 1) > 0.0 { line.line.dashed x1=(left) y1=(from) x2=(right) y2=(to) {} }
    }
}

fn point(step: &Step, x: &Axis, y: &Axis) -> Markup {
    let left = x.at(f64::from(step.replicas));
    html! {
        @if let Some(interval) = step.throughput.interval {
            line.interval x1=(px(left)) x2=(px(left)) y1=(px(y.at(interval.low))) y2=(px(y.at(interval.high))) {}
        }
        circle.dot cx=(px(left)) cy=(px(y.at(step.throughput.value))) r="3.6" {}
    }
}

/// Zero when nobody knows what one replica can do.
fn ideal(curve: &Curve, replicas: u32) -> f64 {
    let alone = curve.steps.iter().find(|step| step.replicas == 1);
    alone.map_or(0.0, |step| step.throughput.value * f64::from(replicas))
}

fn top(step: &Step) -> f64 {
    step.throughput.interval.map_or(step.throughput.value, |interval| interval.high)
}
