//! Chapter of `auth-cost`: how is it told?

use crate::article::{Columns, Figure, Section, Table, or_dash, sentences};
use crate::chart::along::Along;
use crate::chart::bars::{Bar, Bars, Part, Tone};
use crate::chart::canvas::side;
use crate::chart::intervals::{Intervals, Ratio, Scale};
use crate::chart::lines::{Line, Lines, Look, Upwards};
use crate::evidence::claims::{Effect, Yardstick};
use crate::evidence::interval::Estimate;
use crate::evidence::noise::Band;
use crate::evidence::thresholds::FEWEST_SLOWER;
use crate::experiments::auth_cost::{Arm, AuthCost};
use crate::format::{count, micros, number, percent, tick_micros};
use crate::labels;
use crate::recording::{Mode, Workload};

/// What is asked with a credential, and what to look for in its CPU time and in its latency.
const ASKED: [(Workload, &str, &str); 3] = [
    (
        Workload::Whoami,
        "The answer is in the credential, so this is the price of checking it and of nothing else: in the \
         replicas, and in the stores behind them. Grey bars answer without asking who is calling.",
        "The further right, the rarer: at p99 one request in a hundred takes longer. Both scales are logarithmic, \
         so a gap of the same height is the same factor.",
    ),
    (
        Workload::Profile,
        "The same, and SQL to read what the caller prefers. An embedded database counts as replica.",
        "With SQL behind every request.",
    ),
    (
        Workload::Journey,
        "A visit with orders and a checkout. The more there is to do, the less the credential matters.",
        "Over all requests of the visit. A line ends where too few requests could tell.",
    ),
];

pub(crate) fn section(auth: &AuthCost) -> Section {
    let cpu = ASKED.into_iter().filter_map(|(workload, caption, _)| cpu(auth, workload, caption));
    let spectra = ASKED.into_iter().filter_map(|(workload, _, caption)| spectrum(auth, workload, caption));
    Section {
        figures: cpu.chain(spectra).chain([effects(auth), work(auth)]).collect(),
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
fn cpu(auth: &AuthCost, workload: Workload, caption: &str) -> Option<Figure> {
    let arms = beside_control(auth, workload)?;
    let table = Columns::<Arm>(&[
        ("CPU a request", label),
        ("server", |arm| micros(arm.server_cpu)),
        ("stores", |arm| or_dash(Some(arm.store_cpu).filter(|cpu| *cpu != 0.0), micros)),
        ("together", |arm| micros(arm.fleet_cpu())),
        ("×\u{a0}control", |arm| or_dash(arm.times_control, number)),
        ("busy", |arm| percent(arm.busy)),
    ])
    .of(arms.iter().copied());
    let title = format!("CPU a request, “{}”", labels::workload(workload));
    let bars = arms.iter().map(|arm| cpu_bar(arm)).collect();
    Some(Figure::new(title, caption, table).drawn(Bars { told: micros, bars }))
}

fn label(arm: &Arm) -> String {
    labels::arm(arm.mode, arm.workload)
}

/// The arms of a workload, then the controls; the floor only beside the workload that does nothing else.
fn beside_control(auth: &AuthCost, workload: Workload) -> Option<Vec<&Arm>> {
    let of = |wanted: Workload| auth.arms.iter().filter(move |arm| arm.workload == wanted);
    of(workload).next()?;
    let control = of(Workload::Anonymous).filter(|arm| arm.mode != Mode::Bare || workload == Workload::Whoami);
    Some(of(workload).chain(control).collect())
}

fn cpu_bar(arm: &Arm) -> Bar {
    let parts = vec![Part::new("server", arm.server_cpu, Tone::Full), Part::new("stores", arm.store_cpu, Tone::Light)];
    Bar { label: label(arm), mode: arm.mode, workload: arm.workload, parts }
}

/// None when nobody asked for this.
fn spectrum(auth: &AuthCost, workload: Workload, caption: &str) -> Option<Figure> {
    let arms: Vec<&Arm> = beside_control(auth, workload)?.into_iter().filter(|arm| arm.mode != Mode::Bare).collect();
    let table = Columns::<Arm>(&[
        ("latency", label),
        ("p50", |arm| or_dash(arm.latency(0.5), micros)),
        ("p90", |arm| or_dash(arm.latency(0.9), micros)),
        ("p99", |arm| or_dash(arm.latency(0.99), micros)),
        ("p99.9", |arm| or_dash(arm.latency(0.999), micros)),
    ])
    .of(arms.iter().copied());
    let lines: Vec<Line> = arms.iter().filter(|arm| !arm.spectrum.is_empty()).map(|arm| line(arm)).collect();
    let title = format!("Latency, “{}”", labels::workload(workload));
    let (along, upwards) = (Along::Shares, Upwards::ByFactors);
    let figure = Figure::new(title, caption, table);
    Some(figure.drawn_if(!lines.is_empty(), Lines { along, upwards, told: tick_micros, lines, meetings: Vec::new() }))
}

fn line(arm: &Arm) -> Line {
    let points = arm.spectrum.iter().map(|point| (point.share, Estimate::exact(point.micros))).collect();
    Line { label: label(arm), side: side(arm.mode, arm.workload), look: Look::Joined, points }
}

fn effects(auth: &AuthCost) -> Figure {
    let mut table = Table::new(["stateless over stateful", "ratio (95 %)", "noise"]);
    let mut ratios = Vec::new();
    let mut push = |label: String, ratio: Estimate, band: Option<Band>| {
        table.rows.push(vec![label.clone(), ratio.to_string(), or_dash(band, |band| band.to_string())]);
        ratios.push(Ratio::of(label, &Effect { to: Yardstick::OtherSide, reads: "×", ratio, band }));
    };
    for effect in &auth.effects {
        let label = format!("{}: {}", labels::workload(effect.workload), effect.metric);
        push(label.clone(), effect.ratio, effect.band);
        if let Some(net) = effect.net_of_control {
            push(format!("{label}, net of control"), net, None);
        }
    }
    let sides = ["stateless has less", "stateful has less"];
    Figure::new(
        "Stateless over stateful",
        "A ratio below 1 means that the stateless side has less. The shaded band is how far the stateless \
         server differs from itself on “who am I”: what touches it has no winner. Net of control is what is left when each \
         side's own grey bar is taken off.",
        table,
    )
    .drawn_if(!ratios.is_empty(), Intervals { scale: Scale::Factors, sides, ratios })
}

fn work(auth: &AuthCost) -> Figure {
    let table = Columns::<Arm>(&[
        ("", |arm| format!("{}: {}", labels::workload(arm.workload), arm.mode.label())),
        ("load", |arm| labels::load(arm.load)),
        ("CPU at it", |arm| or_dash(Some(arm.eased_cpu).filter(|cpu| *cpu != 0.0), micros)),
        ("requests", |arm| count(arm.requests)),
        ("failed", |arm| count(arm.failed)),
        ("blocks", |arm| arm.blocks.to_string()),
        ("store calls a request", |arm| number(arm.store_calls)),
        ("SQL statements a request", |arm| number(arm.sql_statements)),
    ])
    .of(&auth.arms);
    Figure::new(
        "What was asked, and the work it caused",
        "At this load, most of the CPU is the waking of cores. Requests count all that was asked, flat out, too. \
         Store calls are counted by Redis, SQL statements by the servers. A sample in which they do not match the \
         promise is invalid.",
        table,
    )
}

fn measured(auth: &AuthCost) -> Vec<String> {
    let blocks = auth.arms.iter().map(|arm| arm.blocks).max().unwrap_or(0);
    let plural = |count: usize, of: &str| if count == 1 { format!("one {of}") } else { format!("{count} {of}s") };
    let (replicas, blocks) = (plural(auth.replicas as usize, "replica"), plural(blocks, "block"));
    sentences([
        &format!("Each fleet had {replicas}; each arm ran in {blocks}."),
        "Latency comes from a rate far below what the arms can answer: what differs is the work, not the queue.",
        &format!("A p99 is compared where {FEWEST_SLOWER} requests or more of each stretch were slower."),
        "CPU comes from visitors who ask again at once, where the recording has them: at an easy rate most of it goes \
         into cores that fall asleep and are woken, for a request and again for what a store answers. A fleet that is \
         mostly idle pays that, too: it stands beside the load.",
        "“Busy” is how much of the time a server worked while its CPU was measured. Where that is less than all of it, \
         it waited for the generator or for its store, and a little waking is still in the figure.",
        "In each block every arm ran once, in an order drawn from the seed, after a warm-up that is thrown away.",
        "CPU is user and system time of each process over the measured stretch, divided by the answers.",
    ])
}
