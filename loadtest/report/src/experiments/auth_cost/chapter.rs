//! Chapter of `auth-cost`: how is it told?

use crate::article::{Figure, Section, Table};
use crate::chart::along::Along;
use crate::chart::bars::{Bar, Bars, Part, Tone};
use crate::chart::boxed;
use crate::chart::canvas::side;
use crate::chart::intervals::{Intervals, Ratio, Scale};
use crate::chart::lines::{Line, Lines, Look, Upwards};
use crate::evidence::claims::{Effect, Yardstick};
use crate::evidence::interval::Estimate;
use crate::evidence::noise::Band;
use crate::evidence::thresholds::FEWEST_SLOWER;
use crate::experiments::auth_cost::findings::{Arm, AuthCost};
use crate::recording::{Mode, Workload};
use crate::words;
use crate::words::{count, micros, number, percent};

const ASKED: [Workload; 3] = [Workload::Whoami, Workload::Profile, Workload::Journey];

pub(crate) fn section(auth: &AuthCost) -> Section {
    let mut figures: Vec<Figure> = ASKED.into_iter().filter_map(|workload| cpu(auth, workload)).collect();
    figures.extend(ASKED.into_iter().filter_map(|workload| spectrum(auth, workload)));
    figures.push(effects(auth));
    figures.push(work(auth));
    Section {
        figures,
        measured: measured(auth),
        not_shown: vec![
            "A network: everything talks over loopback, where a round trip to Redis takes tens of microseconds. In a \
             data centre it takes hundreds, and latency would tell more in favour of the token.",
            "Other signatures: tokens here are HS256, the cheapest to verify.",
            "The cost of logging in, which is dominated by the password hash on both sides.",
        ],
    }
}

/// None when nobody asked for this.
fn cpu(auth: &AuthCost, workload: Workload) -> Option<Figure> {
    let arms = beside_control(auth, workload)?;
    let mut table = Table::new(["CPU a request", "server", "stores", "together", "×\u{a0}control", "busy"]);
    table.rows = arms.iter().map(|arm| cpu_row(arm)).collect();
    Some(Figure {
        title: format!("CPU a request, “{}”", words::workload(workload)),
        caption: cpu_caption(workload).into(),
        picture: Some(boxed(Bars { told: micros, bars: arms.iter().map(|arm| cpu_bar(arm)).collect() })),
        table,
    })
}

fn cpu_caption(workload: Workload) -> &'static str {
    match workload {
        Workload::Anonymous | Workload::Whoami => {
            "The answer is in the credential, so this is the price of checking it and of nothing else: in the \
             replicas, and in the stores behind them. Grey bars answer without asking who is calling."
        }
        Workload::Profile => {
            "The same, and SQL to read what the caller prefers. An embedded database counts as replica."
        }
        Workload::Journey => {
            "A visit with orders and a checkout. The more there is to do, the less the credential matters."
        }
    }
}

fn latency_caption(workload: Workload) -> &'static str {
    match workload {
        Workload::Anonymous | Workload::Whoami => {
            "The further right, the rarer: at p99 one request in a hundred takes longer. Both scales are logarithmic, \
             so a gap of the same height is the same factor."
        }
        Workload::Profile => "With SQL behind every request.",
        Workload::Journey => "Over all requests of the visit. A line ends where too few requests could tell.",
    }
}

/// The arms of a workload, then the controls; the floor only beside the workload that does nothing else.
fn beside_control(auth: &AuthCost, workload: Workload) -> Option<Vec<&Arm>> {
    let of = |wanted: Workload| auth.arms.iter().filter(move |arm| arm.workload == wanted);
    of(workload).next()?;
    let control = of(Workload::Anonymous).filter(|arm| arm.mode != Mode::Bare || workload == Workload::Whoami);
    Some(of(workload).chain(control).collect())
}

fn cpu_row(arm: &Arm) -> Vec<String> {
    vec![
        words::arm(arm.mode, arm.workload),
        micros(arm.server_cpu),
        if arm.store_cpu == 0.0 { "–".into() } else { micros(arm.store_cpu) },
        micros(arm.fleet_cpu()),
        arm.times_control.map_or("–".into(), number),
        percent(arm.busy),
    ]
}

fn cpu_bar(arm: &Arm) -> Bar {
    let part = |name: &str, amount, tone| Part { name: name.into(), amount, tone };
    let parts = vec![part("server", arm.server_cpu, Tone::Full), part("stores", arm.store_cpu, Tone::Light)];
    Bar { label: words::arm(arm.mode, arm.workload), mode: arm.mode, workload: arm.workload, parts }
}

/// None when nobody asked for this.
fn spectrum(auth: &AuthCost, workload: Workload) -> Option<Figure> {
    let arms: Vec<&Arm> = beside_control(auth, workload)?.into_iter().filter(|arm| arm.mode != Mode::Bare).collect();
    let mut table = Table::new(["latency", "p50", "p90", "p99", "p99.9"]);
    table.rows = arms.iter().map(|arm| latency_row(arm)).collect();
    let lines: Vec<Line> = arms.iter().filter(|arm| !arm.spectrum.is_empty()).map(|arm| line(arm)).collect();
    Some(Figure {
        title: format!("Latency, “{}”", words::workload(workload)),
        caption: latency_caption(workload).into(),
        picture: (!lines.is_empty()).then(|| boxed(percentiles(lines))),
        table,
    })
}

fn latency_row(arm: &Arm) -> Vec<String> {
    let at = |share| arm.latency(share).map_or("–".into(), micros);
    vec![words::arm(arm.mode, arm.workload), at(0.5), at(0.9), at(0.99), at(0.999)]
}

fn percentiles(lines: Vec<Line>) -> Lines {
    let (along, upwards) = (Along::Shares, Upwards::ByFactors);
    Lines { along, upwards, told: words::tick_micros, lines, meetings: Vec::new() }
}

fn line(arm: &Arm) -> Line {
    let points = arm.spectrum.iter().map(|point| (point.share, Estimate::exact(point.micros))).collect();
    let (label, side) = (words::arm(arm.mode, arm.workload), side(arm.mode, arm.workload));
    Line { label, side, look: Look::Joined, points }
}

fn effects(auth: &AuthCost) -> Figure {
    let mut table = Table::new(["stateless over stateful", "ratio (95 %)", "noise"]);
    let mut ratios = Vec::new();
    let mut push = |label: String, ratio: Estimate, band: Option<Band>| {
        table.rows.push(vec![label.clone(), ratio.to_string(), band.map_or("–".into(), |band| band.to_string())]);
        ratios.push(Ratio::of(label, &Effect { to: Yardstick::OtherSide, reads: "×", ratio, band }));
    };
    for effect in &auth.effects {
        let label = format!("{}: {}", words::workload(effect.workload), effect.metric);
        push(label.clone(), effect.ratio, effect.band);
        if let Some(net) = effect.net_of_control {
            push(format!("{label}, net of control"), net, None);
        }
    }
    let sides = ["stateless has less", "stateful has less"];
    let picture = (!ratios.is_empty()).then(|| boxed(Intervals { scale: Scale::Factors, sides, ratios }));
    Figure {
        title: "Stateless over stateful".into(),
        caption:
            "A ratio below 1 means that the stateless side has less. The shaded band is how far the stateless \
                  server differs from itself on “who am I”: what touches it has no winner. Net of control is what is left when each side's own grey \
                  bar is taken off."
                .into(),
        picture,
        table,
    }
}

fn work(auth: &AuthCost) -> Figure {
    let head =
        ["", "load", "CPU at it", "requests", "failed", "blocks", "store calls a request", "SQL statements a request"];
    let mut table = Table::new(head);
    table.rows = auth.arms.iter().map(work_row).collect();
    Figure {
        title: "What was asked, and the work it caused".into(),
        caption:
            "At this load, most of the CPU is the waking of cores. Requests count all that was asked, flat out, too. \
                  Store calls are counted by Redis, SQL statements by the servers. A sample in which they do not match \
                  the promise is invalid."
                .into(),
        picture: None,
        table,
    }
}

fn work_row(arm: &Arm) -> Vec<String> {
    vec![
        format!("{}: {}", words::workload(arm.workload), words::mode(arm.mode)),
        words::load(arm.load),
        if arm.eased_cpu == 0.0 { "–".into() } else { micros(arm.eased_cpu) },
        count(arm.requests),
        count(arm.failed),
        arm.blocks.to_string(),
        number(arm.store_calls),
        number(arm.sql_statements),
    ]
}

fn measured(auth: &AuthCost) -> Vec<String> {
    let blocks = auth.arms.iter().map(|arm| arm.blocks).max().unwrap_or(0);
    let plural = |count: usize, of: &str| if count == 1 { format!("one {of}") } else { format!("{count} {of}s") };
    vec![
        format!(
            "Each fleet had {}; each arm ran in {}.",
            plural(auth.replicas as usize, "replica"),
            plural(blocks, "block")
        ),
        "Latency comes from a rate far below what the arms can answer: what differs is the work, not the queue.".into(),
        format!("A p99 is compared where {FEWEST_SLOWER} requests or more of each stretch were slower."),
        "CPU comes from visitors who ask again at once, where the recording has them: at an easy rate most of it goes \
         into cores that fall asleep and are woken, for a request and again for what a store answers. A fleet that is \
         mostly idle pays that, too: it stands beside the load."
            .into(),
        "“Busy” is how much of the time a server worked while its CPU was measured. Where that is less than all of it, \
         it waited for the generator or for its store, and a little waking is still in the figure."
            .into(),
        "In each block every arm ran once, in an order drawn from the seed, after a warm-up that is thrown away."
            .into(),
        "CPU is user and system time of each process over the measured stretch, divided by the answers.".into(),
    ]
}
