//! How is it told how it went?

use crate::article::{Figure, Table};
use crate::chart::along::Along;
use crate::chart::boxed;
use crate::chart::canvas::side;
use crate::chart::lines;
use crate::chart::lines::{Lines, Look, Upwards};
use crate::diff::judge::Change;
use crate::diff::page::story;
use crate::diff::page::story::{Changed, Chapter, Story};
use crate::diff::page::{answer as of_two, label, reasons, setups};
use crate::diff::seen::Arm;
use crate::diff::setup::Kind;
use crate::diff::trend::{Line, Step, Stop, Trend};
use crate::diff::{Diff, Row};
use crate::evidence::interval::{Estimate, Interval};
use crate::evidence::metric::Metric;
use crate::recording::Mode;
use crate::words;

pub(crate) fn story(trend: &Trend) -> Story {
    let all = trend.all.as_ref();
    let course =
        Chapter { kicker: "recording by recording".into(), title: "How it went".into(), figures: course(trend) };
    let rest = all.into_iter().flat_map(story::chapters).map(|chapter| Chapter {
        kicker: format!("{}, A is the first recording and B the last", chapter.kicker),
        ..chapter
    });
    Story {
        kicker: format!(
            "{} recordings, {} to {}",
            trend.stops.len(),
            day(trend.stops.first()),
            day(trend.stops.last())
        ),
        title: title(trend).into(),
        answer: answer(trend),
        warnings: warnings(trend),
        sides: stops(trend),
        changed: all.into_iter().flat_map(|diff| changed(trend, diff)).collect(),
        verdicts: label::verdicts(all.into_iter().flat_map(|diff| &diff.verdicts)),
        chapters: [course].into_iter().chain(rest).collect(),
        method: all.map_or_else(Vec::new, story::method),
        not_shown: story::NOT_SHOWN.to_vec(),
        setups: setups::all(&trend.all.iter().flat_map(|diff| diff.setups.clone()).collect::<Vec<_>>()),
        commands: all.map_or_else(String::new, |diff| [&diff.a, &diff.b].map(|side| side.command.join(" ")).join("\n")),
    }
}

/// Of the main arms, from first to last.
fn whole(trend: &Trend, change: Change) -> impl Iterator<Item = &Row> {
    let rows = trend.lines.iter().filter_map(|line| line.whole.as_ref());
    rows.filter(move |row| row.change == change && row.arm.mode != Mode::Bare)
}

fn title(trend: &Trend) -> &'static str {
    match (whole(trend, Change::Worse).next().is_some(), whole(trend, Change::Better).next().is_some()) {
        (true, true) => "Some got better, some worse",
        (true, false) => "It got worse",
        (false, true) => "It got better",
        (false, false) if whole(trend, Change::CannotBeTold).next().is_some() => "Part of the last cannot be told",
        (false, false) => "It stayed as it was",
    }
}

fn answer(trend: &Trend) -> String {
    let count = |change| whole(trend, change).count();
    let (worse, better) = (count(Change::Worse), count(Change::Better));
    let void = of_two::void(whole(trend, Change::CannotBeTold), "the last recording");
    let void = void.map_or(String::new(), |void| format!(" {void}"));
    let told = |row: &&Row| row.change != Change::CannotBeTold;
    let all = trend.lines.iter().filter_map(|line| line.whole.as_ref()).filter(told).count();
    let sum = match (worse, better) {
        (0, 0) => {
            format!("From the first recording to the last, none of the {all} main figures moved by more than noise.")
        }
        _ => format!(
            "From the first recording to the last, of {all} main figures {} got better and {} worse.",
            none_or(better),
            none_or(worse),
        ),
    };
    let houses = trend.stops.iter().filter(|stop| stop.is_another_machine()).count();
    let moved = match houses {
        0 => String::new(),
        1 => " The machine changed once: there, only what is net of it can be compared.".into(),
        many => format!(" The machine changed {many} times: there, only what is net of it can be compared."),
    };
    sum + &void + &worst(trend).unwrap_or_default() + &moved
}

/// The first that moved, and where.
fn worst(trend: &Trend) -> Option<String> {
    let mut moved = [Change::Worse, Change::Better].into_iter().flat_map(|change| whole(trend, change));
    let row = moved.next()?;
    let line = trend.lines.iter().find(|line| (line.arm, line.metric) == (row.arm, row.metric))?;
    let how = row.telling().map_or("–".into(), |effect| label::change(effect.ratio));
    let where_to = line.largest.as_ref().map_or(String::new(), |largest| format!(" {}", step(largest)));
    Some(format!(" {}: {how}.{where_to}", label::what(row)))
}

fn none_or(count: usize) -> String {
    if count == 0 { "none".into() } else { count.to_string() }
}

/// Main figures first, with the step where most of it happened.
fn changed(trend: &Trend, diff: &Diff) -> Vec<Changed> {
    let moved = [Change::Worse, Change::Better].into_iter().flat_map(|change| whole(trend, change));
    let step = |row: &Row| {
        let line = trend.lines.iter().find(|line| (line.arm, line.metric) == (row.arm, row.metric));
        line.and_then(|line| line.largest.as_ref()).map_or_else(|| reasons::because(diff, row), step)
    };
    moved.map(|row| Changed { because: step(row), ..story::changed(diff, row) }).collect()
}

/// Recordings are counted from 1 for people.
fn step(step: &Step) -> String {
    let how = step.row.telling().map_or("–".into(), |effect| words::change(effect.ratio.value));
    format!("The largest step: {how} between {} and {}.", step.from + 1, step.from + 2)
}

fn warnings(trend: &Trend) -> Vec<String> {
    let apart = [(Kind::Machine, "not the same machine"), (Kind::Plan, "not the same plan")];
    let one = |(index, stop): (usize, &Stop)| {
        let number = (index + 1).to_string();
        let setups = apart.into_iter().filter_map(|(kind, says)| {
            let pair = (index.to_string(), number.clone());
            Some(format!("From {} to {}: {says}: {}.", pair.0, pair.1, setups::listed(&stop.setups, kind, &pair)?))
        });
        let doubts = stop.doubts.iter().map(|doubt| setups::sentence(&format!("No. {number}"), doubt));
        setups.chain(doubts).collect::<Vec<_>>()
    };
    trend.stops.iter().enumerate().flat_map(one).collect()
}

fn stops(trend: &Trend) -> Table {
    let mut table = Table::new(["", "recording", "started", "plan", "cores", "versions that changed"]);
    let row = |(index, stop): (usize, &Stop)| {
        let changed = stop.setups.iter().filter(|setup| setup.kind == Kind::Versions);
        let changed: Vec<String> = changed.map(|setup| format!("{} {}", setup.what, setup.b)).collect();
        let started = stop.started_at.strftime("%-d %B %Y, %H:%M UTC").to_string();
        vec![
            (index + 1).to_string(),
            stop.name.clone(),
            started,
            stop.plan.clone(),
            stop.cores.to_string(),
            changed.join(", "),
        ]
    };
    table.rows = trend.stops.iter().enumerate().map(row).collect();
    table
}

fn day(stop: Option<&Stop>) -> String {
    stop.map_or_else(String::new, |stop| stop.started_at.strftime("%-d %B %Y").to_string())
}

/// A picture for each metric.
fn course(trend: &Trend) -> Vec<Figure> {
    let mut metrics: Vec<Metric> = trend.lines.iter().map(|line| line.metric).collect();
    metrics.dedup();
    metrics.into_iter().map(|metric| figure(trend, metric)).collect()
}

fn figure(trend: &Trend, metric: Metric) -> Figure {
    let lines: Vec<&Line> = trend.lines.iter().filter(|line| line.metric == metric).collect();
    let numbered = || (1..).zip(&trend.stops);
    let moved = numbered().filter(|(_, stop)| stop.is_another_machine()).map(|(number, _)| number).collect();
    let course = Lines {
        along: Along::Recordings { moved },
        upwards: Upwards::Evenly,
        told: tick(metric),
        lines: lines.iter().map(|line| drawn(line)).collect(),
        meetings: Vec::new(),
    };
    Figure {
        title: lines.iter().find_map(|line| line.whole.as_ref()).map_or_else(|| metric.to_string(), label::metric),
        caption: "As measured, with the machine in it: where all lines move together, it was the machine.".into(),
        picture: Some(boxed(course)),
        table: table(trend, &lines),
    }
}

fn drawn(line: &Line) -> lines::Line {
    let Arm { mode, workload, .. } = line.arm;
    let points = (1..).zip(&line.points).filter_map(|(number, point)| Some((f64::from(number), (*point)?)));
    let (label, side) = (words::arm(mode, workload), side(mode, workload));
    lines::Line { label, side, look: Look::Joined, points: points.collect() }
}

fn tick(metric: Metric) -> fn(f64) -> String {
    match metric {
        Metric::Throughput => |value| format!("{}/s", words::count(value.round() as u64)),
        _ => words::tick_micros,
    }
}

/// A column for each arm: there may be many recordings.
fn table(trend: &Trend, lines: &[&Line]) -> Table {
    let name =
        |line: &&Line| line.whole.as_ref().map_or_else(|| words::arm(line.arm.mode, line.arm.workload), label::who);
    let cells = |first: String, cell: &dyn Fn(&Line) -> String| {
        [first].into_iter().chain(lines.iter().map(|line| cell(line))).collect::<Vec<String>>()
    };
    let stop = |(at, stop): (usize, &Stop)| {
        let point = |line: &Line| line.points[at].map_or("–".into(), |point| told(line.metric, point));
        cells(format!("{} {}", at + 1, stop.name), &point)
    };
    let change = |line: &Line| {
        let telling = line.whole.as_ref().and_then(Row::telling);
        telling.map_or("–".into(), |effect| label::change(effect.ratio))
    };
    let last = [
        cells("first to last, net".into(), &change),
        cells(String::new(), &|line| line.whole.as_ref().map_or("–".into(), label::verdict)),
    ];
    Table {
        head: [String::new()].into_iter().chain(lines.iter().map(name)).collect(),
        rows: trend.stops.iter().enumerate().map(stop).chain(last).collect(),
    }
}

/// 12.3 µs, and how far it is sure: ±2.1 %.
fn told(metric: Metric, point: Estimate) -> String {
    match point.interval {
        Some(Interval { low, high }) if low < high => {
            format!("{} ±{}", metric.told(point.value), words::percent((high / low).sqrt() - 1.0))
        }
        _ => metric.told(point.value),
    }
}
