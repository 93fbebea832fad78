//! How is `scale-out` told?

use crate::analyse::scale_out::{Component, Curve, ScaleOut, Step};
use crate::recording::{Experiment, Mode};
use crate::report::article::{Figure, Picture, Section, Table};
use crate::words::{self, percent};

pub(super) fn section(scale: &ScaleOut) -> Section {
    Section {
        about: Experiment::ScaleOut,
        figures: vec![throughput(scale), utilisation(scale)],
        notes: Vec::new(),
        measured: vec![
            format!("Every visitor asks “{}”, and each replica has one worker.", words::workload(scale.workload)),
            "The ideal is the throughput of one replica in the same block, times their number.".into(),
            format!(
                "A component counts as the limit from {} of what it may use.",
                percent(crate::analyse::thresholds::SATURATED)
            ),
        ],
        not_shown: vec![
            "More machines: replicas, stores and the generator share the cores of this one, so the curve bends when \
             those run out.",
            "What limits a fleet far beyond the largest number of replicas tried here.",
        ],
    }
}

fn throughput(scale: &ScaleOut) -> Figure {
    let mut table = Table::new(["", "answers a second", "of the ideal"]);
    table.rows = rows(scale, |step| {
        vec![step.throughput.to_string(), step.of_ideal.map_or("–".into(), |share| share.to_string())]
    });
    Figure {
        title: "Throughput".into(),
        caption: "Good answers a second. The distance to the dashed line is what the further replicas failed to bring."
            .into(),
        picture: Some(Picture::Curves(scale.curves.clone())),
        table,
    }
}

fn utilisation(scale: &ScaleOut) -> Figure {
    let mut table = Table::new(["", "load", "servers", "Redis", "generator", "machine", "the limit"]);
    table.rows = rows(scale, |step| {
        let used = |component| step.used(component).map_or("–".into(), percent);
        let limit = step.saturated().map_or("none reached".into(), |component| component.to_string());
        vec![
            words::load(step.load),
            used(Component::Replicas),
            used(Component::Redis),
            used(Component::Generator),
            used(Component::Machine),
            limit,
        ]
    });
    Figure {
        title: "Who was busy".into(),
        caption: "CPU used, as a share of what each component may use: its cap, or one core for each replica and for \
                  Redis, which run on one thread."
            .into(),
        picture: None,
        table,
    }
}

fn rows(scale: &ScaleOut, figures: impl Fn(&Step) -> Vec<String>) -> Vec<Vec<String>> {
    let row =
        |curve: &Curve, step: &Step| [label(curve.mode, step.replicas)].into_iter().chain(figures(step)).collect();
    scale.curves.iter().flat_map(|curve| curve.steps.iter().map(move |step| row(curve, step))).collect()
}

/// "stateful, 4 replicas".
fn label(mode: Mode, replicas: u32) -> String {
    let side = words::mode(mode).split(',').next().unwrap_or_default();
    format!("{side}, {replicas} {}", if replicas == 1 { "replica" } else { "replicas" })
}
