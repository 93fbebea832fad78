//! Trend of several recordings: which sentences, pictures and tables tell how it went?

use crate::article::{Article, Cells, Chapter, Figure, Table};
use crate::chart::along::Along;
use crate::chart::boxed;
use crate::chart::canvas::side;
use crate::chart::lines::{self, Lines, Look, Upwards};
use crate::diff::Row;
use crate::diff::judge::Change;
use crate::diff::page::{compare, label, setups};
use crate::diff::seen::Arm;
use crate::diff::setup::Kind;
use crate::diff::trend::{Line, Step, Stop, Trend};
use crate::evidence::interval::{Estimate, Interval};
use crate::evidence::metric::Metric;
use crate::format;
use crate::labels;

/// The comparison of the first recording with the last, and what happened between them.
pub(crate) fn article(trend: &Trend) -> Article {
    let of_two = trend.all.as_ref().map(compare::article).unwrap_or_else(|| Article {
        title: "The first and the last have nothing in common".into(),
        ..Article::default()
    });
    let day = |stop: &Stop| stop.started_at.strftime("%-d %B %Y").to_string();
    let days =
        [trend.stops.first(), trend.stops.last()].into_iter().flatten().map(day).collect::<Vec<_>>().join(" to ");
    let course = Chapter { name: "trend", title: "How it went", figures: course(trend), ..Chapter::default() };
    let moved = trend.all.as_ref().and_then(|diff| compare::moved(diff, |row| largest(trend, row)));
    Article {
        kicker: format!("{}  ·  {} recordings, {days}", of_two.kicker, trend.stops.len()),
        answer: of_two.answer.into_iter().chain(between(trend)).collect(),
        warnings: warnings(trend),
        opening: moved.into_iter().chain([stops(trend).into()]).collect(),
        chapters: [course].into_iter().chain(of_two.chapters).collect(),
        ..of_two
    }
}

/// Where most of a main figure's change happened, and whether the machine became another one.
fn between(trend: &Trend) -> Vec<String> {
    let moved = [Change::Worse, Change::Better].into_iter().flat_map(|change| {
        trend.lines.iter().filter(move |line| line.whole.as_ref().is_some_and(|row| row.change == change))
    });
    let mut steps = moved
        .filter_map(|line| Some(format!("{}: {}", label::what(line.whole.as_ref()?), step(line.largest.as_ref()?))));
    let houses = trend.stops.iter().filter(|stop| stop.is_another_machine()).count();
    let times = if houses == 1 { "once".into() } else { format!("{houses} times") };
    let machine =
        (houses > 0).then(|| format!("The machine changed {times}: there, only what is net of it can be compared."));
    steps.next().into_iter().chain(machine).collect()
}

/// None where it is no main figure, or no step is more than noise.
fn largest(trend: &Trend, row: &Row) -> Option<String> {
    let line = trend.lines.iter().find(|line| (line.arm, line.metric) == (row.arm, row.metric))?;
    line.largest.as_ref().map(|largest| format::capital(&step(largest)))
}

/// Recordings are counted from 1 for people.
fn step(step: &Step) -> String {
    let how = step.row.telling().map_or("–".into(), |effect| format::change(effect.ratio.value));
    format!("the largest step, {how}, is between {} and {}.", step.from + 1, step.from + 2)
}

fn warnings(trend: &Trend) -> Vec<String> {
    let doubts: Vec<_> = (1..).zip(&trend.stops).map(|(number, stop)| (name(number), &*stop.doubts)).collect();
    let one = |(number, stop): (usize, &Stop)| {
        let apart = setups::apart(&stop.setups, &(number - 1).to_string(), &number.to_string());
        apart.into_iter().chain(setups::sentences(&name(number), &stop.doubts)).collect::<Vec<_>>()
    };
    setups::older(&doubts).into_iter().chain((1..).zip(&trend.stops).flat_map(one)).collect()
}

fn name(number: usize) -> String {
    format!("No. {number}")
}

fn stops(trend: &Trend) -> Table {
    let row = |(number, stop): (usize, &Stop)| {
        let changed = stop.setups.iter().filter(|setup| setup.kind == Kind::Versions);
        let changed: Vec<String> = changed.map(|setup| format!("{} {}", setup.what, setup.b)).collect();
        let started = stop.started_at.strftime("%-d %B %Y, %H:%M UTC").to_string();
        let (plan, cores) = (stop.plan.clone(), stop.cores.to_string());
        vec![number.to_string(), stop.name.clone(), started, plan, cores, changed.join(", ")]
    };
    let table = Table::new(["", "recording", "started", "plan", "cores", "versions that changed"]).of(Cells::Words);
    table.with((1..).zip(&trend.stops).map(row))
}

/// A picture for each metric.
fn course(trend: &Trend) -> Vec<Figure> {
    trend.lines.chunk_by(|one, other| one.metric == other.metric).map(|lines| figure(trend, lines)).collect()
}

fn figure(trend: &Trend, lines: &[Line]) -> Figure {
    let moved = (1..).zip(&trend.stops).filter(|(_, stop)| stop.is_another_machine()).map(|(number, _)| number);
    let metric = lines[0].metric;
    let course = Lines {
        along: Along::Recordings { moved: moved.collect() },
        upwards: Upwards::Evenly,
        told: match metric {
            Metric::Throughput => |value| format!("{}/s", format::count(value.round() as u64)),
            _ => format::tick_micros,
        },
        lines: lines.iter().map(drawn).collect(),
        meetings: Vec::new(),
    };
    Figure {
        title: lines.iter().find_map(|line| line.whole.as_ref()).map_or_else(|| metric.to_string(), label::metric),
        caption: "As measured, with the machine in it: where all lines move together, it was the machine.".into(),
        picture: Some(boxed(course)),
        table: table(trend, lines),
    }
}

fn drawn(line: &Line) -> lines::Line {
    let Arm { mode, workload, .. } = line.arm;
    let points = (1..).zip(&line.points).filter_map(|(number, point)| Some((f64::from(number), (*point)?)));
    let (label, side) = (labels::arm(mode, workload), side(mode, workload));
    lines::Line { label, side, look: Look::Joined, points: points.collect() }
}

/// A column for each arm: there may be many recordings.
fn table(trend: &Trend, lines: &[Line]) -> Table {
    let name =
        |line: &Line| line.whole.as_ref().map_or_else(|| labels::arm(line.arm.mode, line.arm.workload), label::who);
    let cells =
        |first: String, cell: &dyn Fn(&Line) -> String| [first].into_iter().chain(lines.iter().map(cell)).collect();
    let stop = |(at, stop): (usize, &Stop)| {
        let point = |line: &Line| line.points[at].map_or("–".into(), |point| told(line.metric, point));
        cells(format!("{} {}", at + 1, stop.name), &point)
    };
    let last = [
        cells("first to last, net".into(), &|line| label::effect(line.whole.as_ref().and_then(Row::telling))),
        cells(String::new(), &|line| line.whole.as_ref().map_or("–".into(), label::verdict)),
    ];
    let head = [String::new()].into_iter().chain(lines.iter().map(name));
    Table::new(head).with(trend.stops.iter().enumerate().map(stop).chain(last))
}

/// 12.3 µs, and how far it is sure: ±2.1 %.
fn told(metric: Metric, point: Estimate) -> String {
    match point.interval {
        Some(Interval { low, high }) if low < high => {
            format!("{} ±{}", metric.told(point.value), format::percent((high / low).sqrt() - 1.0))
        }
        _ => metric.told(point.value),
    }
}
