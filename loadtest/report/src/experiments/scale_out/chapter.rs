//! Chapter of `scale-out`: how is it told?

use crate::article::{Columns, Figure, Section, or_dash, sentences};
use crate::chart::along::Along;
use crate::chart::canvas::side;
use crate::chart::lines::{Line, Lines, Look, Panels, Upwards};
use crate::evidence::component::Component;
use crate::evidence::interval::Estimate;
use crate::evidence::thresholds::{LITTLE, SATURATED};
use crate::experiments::scale_out::forecast::{Forecast, LeftOut, typical};
use crate::experiments::scale_out::step::Step;
use crate::experiments::scale_out::usl::{Place, Source};
use crate::experiments::scale_out::{Curve, ScaleOut};
use crate::format::{self, number, off, percent};
use crate::labels;
use crate::recording::{Mode, Workload};

pub(crate) fn section(scale: &ScaleOut) -> Section {
    let limit = scale.limit.map(|limit| format!("Each replica was {}.", labels::limit(limit)));
    let fixed = sentences([
        &format!("Every visitor asks “{}”, and each replica has one worker.", labels::workload(scale.workload)),
        "The ideal is the throughput of one replica in the same block, times their number.",
        &format!("A component counts as the limit from {} of what it may use.", percent(SATURATED)),
        &format!(
            "By Little's law, rate times response time is the number of visitors. A sample that misses it by more than \
             {} does not count.",
            percent(LITTLE)
        ),
    ]);
    Section {
        figures: vec![throughput(scale), foretold(scale), steps(scale), utilisation(scale)],
        measured: fixed.into_iter().chain(limit).chain(intervals(scale)).collect(),
        not_shown: vec![
            "More machines: replicas, stores and the generator share the cores of this one, so the curve bends when \
             those run out.",
            "What limits a fleet far beyond the largest number of replicas tried here: a law that fits what was seen \
             knows nothing of a wall behind it.",
        ],
    }
}

/// Where the intervals of the law come from, when there is a law.
fn intervals(scale: &ScaleOut) -> Option<String> {
    let source = scale.curves.iter().find_map(|curve| curve.fit.as_ref())?.from;
    let told = match source {
        Source::Blocks => "The law is fitted anew to blocks drawn again, which gives the intervals of λ, σ and κ.",
        Source::Scatter => "With so few blocks the intervals of λ, σ and κ come from the scatter around the curve.",
        Source::Nothing => "So few figures fit the law whatever they are: its λ, σ and κ have no intervals.",
    };
    Some(told.into())
}

fn throughput(scale: &ScaleOut) -> Figure {
    let table = Columns::<Curve>(&[
        ("", |curve| curve.mode.label().into()),
        ("λ, one replica", |curve| or_dash(curve.fit.as_ref(), |fit| fit.lambda.to_string())),
        ("σ, contention", |curve| or_dash(curve.fit.as_ref(), |fit| fit.sigma.to_string())),
        ("κ, coherency", |curve| or_dash(curve.fit.as_ref(), |fit| fit.kappa.to_string())),
        ("peak at", |curve| or_dash(curve.fit.as_ref(), |fit| fit.peak.map_or("none".into(), number))),
        ("R²", |curve| or_dash(curve.fit.as_ref().and_then(|fit| fit.r_squared), |share| format!("{share:.3}"))),
        ("the limit", |curve| or_dash(curve.steps.last(), limit)),
    ])
    .of(&scale.curves);
    Figure::new(
        "Throughput",
        "Good answers a second, and the Universal Scalability Law N·λ / (1 + σ(N−1) + κN(N−1)) through them. σ is \
         work for which replicas queue, κ what they spend on agreeing with each other: with σ alone the curve \
         flattens, with κ it turns down.",
        table,
    )
    .drawn(panels(&scale.curves))
}

fn foretold(scale: &ScaleOut) -> Figure {
    let curves = scale.curves.iter();
    let last = curves.filter_map(|curve| Some((curve, curve.steps.last().filter(|step| step.replicas > 1)?)));
    let last: Vec<(&Curve, &Step)> = last.collect();
    let table = Columns::<(&Curve, &Step)>(&[
        ("", |(curve, step)| label(curve.mode, step.replicas)),
        ("measured", |(_, step)| number(step.throughput.value)),
        ("law, from fewer", |(curve, step)| or_dash(law(curve, step), |told| number(told.throughput))),
        ("off by", |(curve, step)| or_dash(law(curve, step), |told| off(told.error))),
        ("counting, from fewer", |(curve, step)| or_dash(counting(curve, step), |told| number(told.throughput))),
        ("off by", |(curve, step)| or_dash(counting(curve, step), |told| off(told.error))),
        ("law, each left out", |(curve, _)| or_dash(typical(curve.left_out.iter().map(|told| told.error)), percent)),
        ("counting, each next", |(curve, _)| or_dash(typical(curve.forecasts.iter().map(|told| told.error)), percent)),
    ])
    .of(&last);
    Figure::new(
        "Would we have known?",
        "Throughput of the largest fleet, and what would have been said of it before: by the law from all smaller \
         fleets, and by counting alone, where nobody answers more than what each component may use allows at what an \
         answer cost it in the fleet before. Behind it, how far both are off on average when each fleet is left out \
         once.",
        table,
    )
}

/// What the law said of this step without it.
fn law<'a>(curve: &'a Curve, step: &Step) -> Option<&'a LeftOut> {
    curve.left_out.iter().find(|told| told.replicas == step.replicas)
}

/// What counting alone said of it.
fn counting<'a>(curve: &'a Curve, step: &Step) -> Option<&'a Forecast> {
    curve.forecasts.iter().find(|told| told.replicas == step.replicas)
}

fn steps(scale: &ScaleOut) -> Figure {
    let table = Columns::<(&Curve, &Step)>(&[
        ("", |(curve, step)| label(curve.mode, step.replicas)),
        ("answers a second", |(_, step)| step.throughput.to_string()),
        ("of the ideal", |(_, step)| or_dash(step.of_ideal, |share| share.to_string())),
        ("law without it", |(curve, step)| or_dash(law(curve, step), |told| off(told.error))),
        ("counting, from fewer", |(curve, step)| or_dash(counting(curve, step), |told| off(told.error))),
        ("who would limit", |(curve, step)| {
            or_dash(counting(curve, step), |told| told.by.map_or("the visitors".into(), |by| by.to_string()))
        }),
    ])
    .of(&steps_of(scale));
    Figure::new(
        "Step by step",
        "Each number of replicas, and by how much the two would have been wrong about it.",
        table,
    )
}

fn utilisation(scale: &ScaleOut) -> Figure {
    let table = Columns::<(&Curve, &Step)>(&[
        ("", |(curve, step)| label(curve.mode, step.replicas)),
        ("load", |(_, step)| labels::load(step.load)),
        ("servers", |(_, step)| or_dash(step.used(Component::Replicas), percent)),
        ("held back", |(_, step)| or_dash(step.replicas_throttled, percent)),
        ("Redis", |(_, step)| or_dash(step.used(Component::Redis), percent)),
        ("held back", |(_, step)| or_dash(step.redis_throttled, percent)),
        ("generator", |(_, step)| or_dash(step.used(Component::Generator), percent)),
        ("machine", |(_, step)| or_dash(step.used(Component::Machine), percent)),
        ("the limit", |(_, step)| limit(step)),
    ])
    .of(&steps_of(scale));
    Figure::new(
        "Who was busy",
        "CPU used, as a share of what each component may use: its cap, or one core for each replica and for Redis, \
         which run on one thread; the generator with what else runs on its core. Held back: the share of periods in \
         which the cap was used up before the period was over.",
        table,
    )
}

fn limit(step: &Step) -> String {
    let limit = step.outside_limit().or(step.saturated());
    limit.map_or("none reached".into(), |component| component.to_string())
}

fn steps_of(scale: &ScaleOut) -> Vec<(&Curve, &Step)> {
    scale.curves.iter().flat_map(|curve| curve.steps.iter().map(move |step| (curve, step))).collect()
}

/// "stateful, session in Redis, 4 replicas".
fn label(mode: Mode, replicas: u32) -> String {
    format!("{}, {replicas} {}", mode.label(), if replicas == 1 { "replica" } else { "replicas" })
}

/// A panel for each fleet, throughput against replicas. Each has a scale of its own, so that the ideal is the same line
/// in all of them and the eye compares how far the fleets fall below it.
fn panels(curves: &[Curve]) -> Panels {
    Panels { legend: &LEGEND, panels: curves.iter().map(|curve| (curve.mode.label(), panel(curve))).collect() }
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
        told: |throughput| format::count(throughput as u64),
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
