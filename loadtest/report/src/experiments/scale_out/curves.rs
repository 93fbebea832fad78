//! Scale-out curves: what did each further replica bring, in pictures?

use crate::chart::along::Along;
use crate::chart::canvas::side;
use crate::chart::lines::{Line, Lines, Look, Panels, Upwards};
use crate::evidence::interval::Estimate;
use crate::experiments::scale_out::Curve;
use crate::experiments::scale_out::usl::Place;
use crate::recording::Workload;
use crate::words;

/// A panel for each fleet, throughput against replicas. Each has a scale of its own, so that the ideal is the same line
/// in all of them and the eye compares how far the fleets fall below it.
pub(crate) fn panels(curves: &[Curve]) -> Panels {
    Panels { legend: &LEGEND, panels: curves.iter().map(|curve| (words::mode(curve.mode), panel(curve))).collect() }
}

const LEGEND: [(&str, &str); 3] = [
    ("measured", "measured, with 95 % interval"),
    ("fitted", "fitted law, with 95 % band"),
    ("ideal", "each replica as good as the first"),
];

fn panel(curve: &Curve) -> Lines {
    let measured = curve.steps.iter().map(|step| (f64::from(step.replicas), step.throughput)).collect();
    let lines = [(Look::Fitted, fitted(curve)), (Look::Dashed, ideal(curve)), (Look::Dots, measured)];
    let side = side(curve.mode, Workload::Whoami);
    let line = |(look, points)| Line { label: String::new(), side, look, points };
    Lines {
        along: Along::Replicas,
        upwards: Upwards::Evenly,
        told: |throughput| words::count(throughput as u64),
        lines: lines.into_iter().filter(|(_, points): &(_, Vec<_>)| !points.is_empty()).map(line).collect(),
        meetings: Vec::new(),
    }
}

fn fitted(curve: &Curve) -> Vec<(f64, Estimate)> {
    let places = curve.fit.iter().flat_map(|fit| &fit.curve);
    places.map(|&Place { size, throughput: value, interval }| (size, Estimate { value, interval, blocks: 0 })).collect()
}

/// Empty when nobody knows what one replica can do.
fn ideal(curve: &Curve) -> Vec<(f64, Estimate)> {
    let alone = curve.steps.iter().find(|step| step.replicas == 1).map(|step| step.throughput.value);
    let most = curve.steps.last().map_or(1, |step| step.replicas);
    let at = |alone: f64| [1, most].map(|replicas| (f64::from(replicas), Estimate::exact(alone * f64::from(replicas))));
    alone.map(|alone| at(alone).into()).unwrap_or_default()
}
