//! What did each further replica bring?

use maud::{Markup, html};

use super::axis::Axis;
use super::canvas::{WIDTH, legend, px, side, svg};
use crate::analyse::scale_out::{Curve, Step};
use crate::recording::Workload;
use crate::words;

const HEIGHT: f64 = 290.0;
const LEFT: f64 = 58.0;
const BOTTOM: f64 = 250.0;

/// Throughput against replicas; dashed, what it would be if each replica were as good as the first.
pub(super) fn draw(curves: &[Curve]) -> Markup {
    let steps = || curves.iter().flat_map(|curve| &curve.steps);
    let most = steps().map(|step| step.replicas).max().unwrap_or(1);
    let highest = curves.iter().map(|curve| ideal(curve, most)).chain(steps().map(top)).fold(0.0, f64::max);
    let y = Axis::from_zero(highest, (BOTTOM, 12.0));
    let x = Axis::linear((0.6, f64::from(most) + 0.4), (LEFT, WIDTH));
    let mut entries: Vec<_> = curves.iter().map(|curve| (class(curve), words::mode(curve.mode).to_owned())).collect();
    entries.push(("ideal", "each replica as good as the first".into()));
    html! {
        (legend(&entries))
        (svg(HEIGHT, html! {
            (frame(&x, &y, most))
            @for curve in curves { (one(curve, &x, &y, most)) }
            text.axis x=(px((LEFT + WIDTH) / 2.0)) y=(HEIGHT - 4.0) text-anchor="middle" { "replicas" }
        }))
    }
}

fn frame(x: &Axis, y: &Axis, most: u32) -> Markup {
    html! {
        @for tick in y.ticks() {
            line.grid x1=(LEFT) x2=(WIDTH) y1=(px(y.at(tick))) y2=(px(y.at(tick))) {}
            text x=(LEFT - 8.0) y=(px(y.at(tick) + 4.0)) text-anchor="end" { (words::count(tick as u64)) }
        }
        @for replicas in 1..=most {
            text x=(px(x.at(f64::from(replicas)))) y=(BOTTOM + 17.0) text-anchor="middle" { (replicas) }
        }
    }
}

fn one(curve: &Curve, x: &Axis, y: &Axis, most: u32) -> Markup {
    let at = |step: &Step| (x.at(f64::from(step.replicas)), y.at(step.throughput.value));
    let (from, to) = (y.at(ideal(curve, 1)), y.at(ideal(curve, most)));
    let points: Vec<String> = curve.steps.iter().map(at).map(|(x, y)| format!("{},{}", px(x), px(y))).collect();
    html! {
        g class=(class(curve)) {
            @if ideal(curve, 1) > 0.0 {
                line.line.dashed x1=(px(x.at(1.0))) y1=(px(from)) x2=(px(x.at(most.into()))) y2=(px(to)) {}
            }
            polyline.line points=(points.join(" ")) {}
            @for step in &curve.steps {
                @let (left, top) = at(step);
                @if let Some(interval) = step.throughput.interval {
                    line.line x1=(px(left)) x2=(px(left)) y1=(px(y.at(interval.low))) y2=(px(y.at(interval.high))) {}
                }
                circle.dot cx=(px(left)) cy=(px(top)) r="4" {}
            }
        }
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

fn class(curve: &Curve) -> &'static str {
    side(curve.mode, Workload::Whoami)
}
