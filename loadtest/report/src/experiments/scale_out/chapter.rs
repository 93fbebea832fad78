//! Chapter of `scale-out`: how is it told?

use crate::article::{Figure, Section, Table, or_dash, sentences};
use crate::evidence::component::Component;
use crate::evidence::thresholds::{LITTLE, SATURATED};
use crate::experiments::scale_out::curves::panels;
use crate::experiments::scale_out::forecast::{Forecast, LeftOut, typical};
use crate::experiments::scale_out::step::Step;
use crate::experiments::scale_out::usl::Source;
use crate::experiments::scale_out::{Curve, ScaleOut};
use crate::recording::Mode;
use crate::words;
use crate::words::{number, off, percent};

pub(crate) fn section(scale: &ScaleOut) -> Section {
    let limit = scale.limit.map(|limit| format!("Each replica was {}.", words::limit(limit)));
    let asked = format!("Every visitor asks “{}”, and each replica has one worker.", words::workload(scale.workload));
    let from = format!("A component counts as the limit from {} of what it may use.", percent(SATURATED));
    let by_law = format!(
        "By Little's law, rate times response time is the number of visitors. A sample that misses it by more than \
         {} does not count.",
        percent(LITTLE)
    );
    let ideal = "The ideal is the throughput of one replica in the same block, times their number.";
    let measured = sentences([&asked, ideal, &from, &by_law]).into_iter().chain(limit).chain(intervals(scale));
    Section {
        figures: vec![throughput(scale), foretold(scale), steps(scale), utilisation(scale)],
        measured: measured.collect(),
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
    let table = Table::by_column(
        &scale.curves,
        [
            ("", |curve| words::mode(curve.mode).into()),
            ("λ, one replica", |curve| or_dash(curve.fit.as_ref(), |fit| fit.lambda.to_string())),
            ("σ, contention", |curve| or_dash(curve.fit.as_ref(), |fit| fit.sigma.to_string())),
            ("κ, coherency", |curve| or_dash(curve.fit.as_ref(), |fit| fit.kappa.to_string())),
            ("peak at", |curve| or_dash(curve.fit.as_ref(), |fit| fit.peak.map_or("none".into(), number))),
            ("R²", |curve| or_dash(curve.fit.as_ref().and_then(|fit| fit.r_squared), |share| format!("{share:.3}"))),
            ("the limit", |curve| or_dash(curve.steps.last(), limit)),
        ],
    );
    Figure::new(
        "Throughput",
        "Good answers a second, and the Universal Scalability Law N·λ / (1 + σ(N−1) + κN(N−1)) through them. σ \
                  is work for which replicas queue, κ what they spend on agreeing with each other: with σ alone the \
                  curve flattens, with κ it turns down.",
        table,
    )
    .drawn(panels(&scale.curves))
}

fn foretold(scale: &ScaleOut) -> Figure {
    let table = Table::new([
        "",
        "measured",
        "law, from fewer",
        "off by",
        "counting, from fewer",
        "off by",
        "law, each left out",
        "counting, each next",
    ])
    .with(scale.curves.iter().filter_map(last));
    Figure::new(
        "Would we have known?",
        "Throughput of the largest fleet, and what would have been said of it before: by the law from all \
                  smaller fleets, and by counting alone, where nobody answers more than what each component may use \
                  allows at what an answer cost it in the fleet before. Behind it, how far both are off on average \
                  when each fleet is left out once.",
        table,
    )
}

fn last(curve: &Curve) -> Option<Vec<String>> {
    let last = curve.steps.last().filter(|step| step.replicas > 1)?;
    let (law, counting) = (law(curve, last), counting(curve, last));
    Some(vec![
        label(curve.mode, last.replicas),
        number(last.throughput.value),
        or_dash(law, |told| number(told.throughput)),
        or_dash(law, |told| off(told.error)),
        or_dash(counting, |told| number(told.throughput)),
        or_dash(counting, |told| off(told.error)),
        or_dash(typical(curve.left_out.iter().map(|told| told.error)), percent),
        or_dash(typical(curve.forecasts.iter().map(|told| told.error)), percent),
    ])
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
    let table = Table::by_column(
        &steps_of(scale),
        [
            ("", |(curve, step)| label(curve.mode, step.replicas)),
            ("answers a second", |(_, step)| step.throughput.to_string()),
            ("of the ideal", |(_, step)| or_dash(step.of_ideal, |share| share.to_string())),
            ("law without it", |(curve, step)| or_dash(law(curve, step), |told| off(told.error))),
            ("counting, from fewer", |(curve, step)| or_dash(counting(curve, step), |told| off(told.error))),
            ("who would limit", |(curve, step)| {
                or_dash(counting(curve, step), |told| told.by.map_or("the visitors".into(), |by| by.to_string()))
            }),
        ],
    );
    Figure::new(
        "Step by step",
        "Each number of replicas, and by how much the two would have been wrong about it.",
        table,
    )
}

fn utilisation(scale: &ScaleOut) -> Figure {
    let table = Table::by_column(
        &steps_of(scale),
        [
            ("", |(curve, step)| label(curve.mode, step.replicas)),
            ("load", |(_, step)| words::load(step.load)),
            ("servers", |(_, step)| or_dash(step.used(Component::Replicas), percent)),
            ("held back", |(_, step)| or_dash(step.replicas_throttled, percent)),
            ("Redis", |(_, step)| or_dash(step.used(Component::Redis), percent)),
            ("held back", |(_, step)| or_dash(step.redis_throttled, percent)),
            ("generator", |(_, step)| or_dash(step.used(Component::Generator), percent)),
            ("machine", |(_, step)| or_dash(step.used(Component::Machine), percent)),
            ("the limit", |(_, step)| limit(step)),
        ],
    );
    Figure::new(
        "Who was busy",
        "CPU used, as a share of what each component may use: its cap, or one core for each replica and for \
                  Redis, which run on one thread; the generator with what else runs on its core. Held back: the share \
                  of periods in which the cap was used up before the period was over.",
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
    format!("{}, {replicas} {}", words::mode(mode), if replicas == 1 { "replica" } else { "replicas" })
}
