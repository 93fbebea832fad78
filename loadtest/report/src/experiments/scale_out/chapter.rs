//! Chapter of `scale-out`: how is it told?

use crate::article::{Figure, Section, Table};
use crate::chart::boxed;
use crate::evidence::component::Component;
use crate::evidence::thresholds::{LITTLE, SATURATED};
use crate::experiments::scale_out::curves::panels;
use crate::experiments::scale_out::findings::{Curve, ScaleOut};
use crate::experiments::scale_out::forecast::{Forecast, LeftOut, typical};
use crate::experiments::scale_out::step::Step;
use crate::experiments::scale_out::usl::{Fit, Source};
use crate::recording::Mode;
use crate::words;
use crate::words::{number, off, percent};

pub(crate) fn section(scale: &ScaleOut) -> Section {
    let limit = scale.limit.map(|limit| format!("Each replica was {}.", words::limit(limit)));
    let mut measured = vec![
        format!("Every visitor asks “{}”, and each replica has one worker.", words::workload(scale.workload)),
        "The ideal is the throughput of one replica in the same block, times their number.".into(),
        format!("A component counts as the limit from {} of what it may use.", percent(SATURATED)),
        format!(
            "By Little's law, rate times response time is the number of visitors. A sample that misses it by more than \
             {} does not count.",
            percent(LITTLE)
        ),
    ];
    measured.extend(limit);
    measured.extend(intervals(scale));
    Section {
        figures: vec![throughput(scale), foretold(scale), steps(scale), utilisation(scale)],
        measured,
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
    let mut table = Table::new(["", "λ, one replica", "σ, contention", "κ, coherency", "peak at", "R²", "the limit"]);
    table.rows = scale.curves.iter().map(law).collect();
    Figure {
        title: "Throughput".into(),
        caption:
            "Good answers a second, and the Universal Scalability Law N·λ / (1 + σ(N−1) + κN(N−1)) through them. σ \
                  is work for which replicas queue, κ what they spend on agreeing with each other: with σ alone the \
                  curve flattens, with κ it turns down."
                .into(),
        picture: Some(boxed(panels(&scale.curves))),
        table,
    }
}

fn law(curve: &Curve) -> Vec<String> {
    let limit = curve.steps.last().map_or("–".into(), limit);
    let Some(fit) = &curve.fit else {
        let none = ["–"; 5].map(str::to_owned);
        return [words::mode(curve.mode).to_owned()].into_iter().chain(none).chain([limit]).collect();
    };
    let Fit { lambda, sigma, kappa, peak, r_squared, .. } = fit;
    vec![
        words::mode(curve.mode).to_owned(),
        lambda.to_string(),
        sigma.to_string(),
        kappa.to_string(),
        peak.map_or("none".into(), number),
        r_squared.map_or("–".into(), |share| format!("{share:.3}")),
        limit,
    ]
}

fn foretold(scale: &ScaleOut) -> Figure {
    let mut table = Table::new([
        "",
        "measured",
        "law, from fewer",
        "off by",
        "counting, from fewer",
        "off by",
        "law, each left out",
        "counting, each next",
    ]);
    table.rows = scale.curves.iter().filter_map(last).collect();
    Figure {
        title: "Would we have known?".into(),
        caption: "Throughput of the largest fleet, and what would have been said of it before: by the law from all \
                  smaller fleets, and by counting alone, where nobody answers more than what each component may use \
                  allows at what an answer cost it in the fleet before. Behind it, how far both are off on average \
                  when each fleet is left out once."
            .into(),
        picture: None,
        table,
    }
}

fn last(curve: &Curve) -> Option<Vec<String>> {
    let last = curve.steps.last().filter(|step| step.replicas > 1)?;
    let law = curve.left_out.iter().find(|told| told.replicas == last.replicas);
    let counting = curve.forecasts.iter().find(|told| told.replicas == last.replicas);
    let or_none = |told: Option<String>| told.unwrap_or("–".into());
    Some(vec![
        label(curve.mode, last.replicas),
        number(last.throughput.value),
        or_none(law.map(|told| number(told.throughput))),
        or_none(law.map(|told| off(told.error))),
        or_none(counting.map(|told| number(told.throughput))),
        or_none(counting.map(|told| off(told.error))),
        or_none(typical(curve.left_out.iter().map(|told| told.error)).map(percent)),
        or_none(typical(curve.forecasts.iter().map(|told| told.error)).map(percent)),
    ])
}

fn steps(scale: &ScaleOut) -> Figure {
    let mut table = Table::new([
        "",
        "answers a second",
        "of the ideal",
        "law without it",
        "counting, from fewer",
        "who would limit",
    ]);
    table.rows = rows(scale, |curve, step| {
        let law: Option<&LeftOut> = curve.left_out.iter().find(|told| told.replicas == step.replicas);
        let counting: Option<&Forecast> = curve.forecasts.iter().find(|told| told.replicas == step.replicas);
        vec![
            step.throughput.to_string(),
            step.of_ideal.map_or("–".into(), |share| share.to_string()),
            law.map_or("–".into(), |told| off(told.error)),
            counting.map_or("–".into(), |told| off(told.error)),
            counting.map_or("–".into(), |told| told.by.map_or("the visitors".into(), |by| by.to_string())),
        ]
    });
    Figure {
        title: "Step by step".into(),
        caption: "Each number of replicas, and by how much the two would have been wrong about it.".into(),
        picture: None,
        table,
    }
}

fn utilisation(scale: &ScaleOut) -> Figure {
    let mut table =
        Table::new(["", "load", "servers", "held back", "Redis", "held back", "generator", "machine", "the limit"]);
    table.rows = rows(scale, |_, step| {
        let used = |component| step.used(component).map_or("–".into(), percent);
        vec![
            words::load(step.load),
            used(Component::Replicas),
            step.replicas_throttled.map_or("–".into(), percent),
            used(Component::Redis),
            step.redis_throttled.map_or("–".into(), percent),
            used(Component::Generator),
            used(Component::Machine),
            limit(step),
        ]
    });
    Figure {
        title: "Who was busy".into(),
        caption: "CPU used, as a share of what each component may use: its cap, or one core for each replica and for \
                  Redis, which run on one thread; the generator with what else runs on its core. Held back: the share \
                  of periods in which the cap was used up before the period was over."
            .into(),
        picture: None,
        table,
    }
}

fn limit(step: &Step) -> String {
    let limit = step.outside_limit().or(step.saturated());
    limit.map_or("none reached".into(), |component| component.to_string())
}

fn rows(scale: &ScaleOut, figures: impl Fn(&Curve, &Step) -> Vec<String>) -> Vec<Vec<String>> {
    let row = |curve: &Curve, step: &Step| {
        [label(curve.mode, step.replicas)].into_iter().chain(figures(curve, step)).collect()
    };
    scale.curves.iter().flat_map(|curve| curve.steps.iter().map(move |step| row(curve, step))).collect()
}

/// "stateful, session in Redis, 4 replicas".
fn label(mode: Mode, replicas: u32) -> String {
    format!("{}, {replicas} {}", words::mode(mode), if replicas == 1 { "replica" } else { "replicas" })
}
