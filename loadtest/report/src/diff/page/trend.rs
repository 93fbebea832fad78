//! Trend of several recordings: which sentences, pictures and tables tell how it went?

use crate::article::{Article, Cells, Chapter, Figure, Table};
use crate::chart::along::Along;
use crate::chart::boxed;
use crate::chart::canvas::side;
use crate::chart::lines;
use crate::chart::lines::{Lines, Look, Upwards};
use crate::diff::judge::Change;
use crate::diff::page::{answer as of_two, compare, label, reasons, setups};
use crate::diff::seen::Arm;
use crate::diff::setup::Kind;
use crate::diff::trend::{Line, Step, Stop, Trend};
use crate::diff::{Diff, Row};
use crate::evidence::interval::{Estimate, Interval};
use crate::evidence::metric::Metric;
use crate::recording::Mode;
use crate::words;

/// That of the first recording and the last, with what happened between them.
pub(crate) fn article(trend: &Trend) -> Article {
    let of_two = trend.all.as_ref().map(compare::article).unwrap_or_default();
    let course = Chapter { name: "trend", title: "How it went", figures: course(trend), ..Chapter::default() };
    let day =
        |stop: Option<&Stop>| stop.map_or_else(String::new, |stop| stop.started_at.strftime("%-d %B %Y").to_string());
    Article {
        kicker: format!(
            "{} recordings, {} to {}",
            trend.stops.len(),
            day(trend.stops.first()),
            day(trend.stops.last())
        ),
        title: title(trend).into(),
        answer: vec![answer(trend)],
        warnings: warnings(trend),
        opening: trend.all.iter().filter_map(|diff| moved(trend, diff)).chain([stops(trend)]).collect(),
        chapters: [course].into_iter().chain(of_two.chapters).collect(),
        ..of_two
    }
}

/// Of the main arms, from first to last.
fn whole(trend: &Trend, change: Change) -> impl Iterator<Item = (&Line, &Row)> {
    let rows = trend.lines.iter().filter_map(|line| Some((line, line.whole.as_ref()?)));
    rows.filter(move |(_, row)| row.change == change && row.arm.mode != Mode::Bare)
}

fn title(trend: &Trend) -> &'static str {
    let has = |change| whole(trend, change).next().is_some();
    match (has(Change::Worse), has(Change::Better)) {
        (true, true) => "Some got better, some worse",
        (true, false) => "It got worse",
        (false, true) => "It got better",
        (false, false) if has(Change::CannotBeTold) => "Part of the last cannot be told",
        (false, false) => "It stayed as it was",
    }
}

fn answer(trend: &Trend) -> String {
    let count = |change| whole(trend, change).count();
    let none_or = |change| if count(change) == 0 { "none".into() } else { count(change).to_string() };
    let told = trend.lines.iter().filter_map(|line| line.whole.as_ref());
    let all = told.filter(|row| row.change != Change::CannotBeTold).count();
    let sum = match (count(Change::Worse), count(Change::Better)) {
        (0, 0) => format!("none of the {all} main figures moved by more than noise."),
        _ => format!(
            "of {all} main figures {} got better and {} worse.",
            none_or(Change::Better),
            none_or(Change::Worse),
        ),
    };
    let void = of_two::void(whole(trend, Change::CannotBeTold).map(|(_, row)| row), "the last recording");
    let houses = trend.stops.iter().filter(|stop| stop.is_another_machine()).count();
    let times = if houses == 1 { "once".into() } else { format!("{houses} times") };
    let moved =
        (houses > 0).then(|| format!("The machine changed {times}: there, only what is net of it can be compared."));
    let first = Some(format!("From the first recording to the last, {sum}"));
    [first, void, worst(trend), moved].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The first that moved, and where.
fn worst(trend: &Trend) -> Option<String> {
    let (line, row) = [Change::Worse, Change::Better].into_iter().flat_map(|change| whole(trend, change)).next()?;
    let where_to = line.largest.as_ref().map_or(String::new(), |largest| format!(" {}", step(largest)));
    Some(format!("{}: {}.{where_to}", label::what(row), label::effect(row.telling())))
}

/// Main figures, with the step where most of it happened.
fn moved(trend: &Trend, diff: &Diff) -> Option<Figure> {
    let rows = [Change::Worse, Change::Better].into_iter().flat_map(|change| whole(trend, change));
    let because = |(line, row): (&Line, _)| line.largest.as_ref().map_or_else(|| reasons::because(diff, row), step);
    compare::moved(rows.map(|(line, row)| (row, because((line, row)))).collect())
}

/// Recordings are counted from 1 for people.
fn step(step: &Step) -> String {
    let how = step.row.telling().map_or("–".into(), |effect| words::change(effect.ratio.value));
    format!("The largest step: {how} between {} and {}.", step.from + 1, step.from + 2)
}

fn warnings(trend: &Trend) -> Vec<String> {
    let one = |(number, stop): (usize, &Stop)| {
        let doubts = stop.doubts.iter().map(|doubt| setups::sentence(&format!("No. {number}"), doubt)).collect();
        [setups::apart(&stop.setups, &(number - 1).to_string(), &number.to_string()), doubts].concat()
    };
    (1..).zip(&trend.stops).flat_map(one).collect()
}

fn stops(trend: &Trend) -> Figure {
    let row = |(number, stop): (usize, &Stop)| {
        let changed = stop.setups.iter().filter(|setup| setup.kind == Kind::Versions);
        let changed: Vec<String> = changed.map(|setup| format!("{} {}", setup.what, setup.b)).collect();
        let started = stop.started_at.strftime("%-d %B %Y, %H:%M UTC").to_string();
        let (plan, cores) = (stop.plan.clone(), stop.cores.to_string());
        vec![number.to_string(), stop.name.clone(), started, plan, cores, changed.join(", ")]
    };
    let table = Table::new(["", "recording", "started", "plan", "cores", "versions that changed"]).of(Cells::Words);
    Figure {
        caption: "Where two are compared, A is the first recording and B the last.".into(),
        ..table.with((1..).zip(&trend.stops).map(row)).into()
    }
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
            Metric::Throughput => |value| format!("{}/s", words::count(value.round() as u64)),
            _ => words::tick_micros,
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
    let (label, side) = (words::arm(mode, workload), side(mode, workload));
    lines::Line { label, side, look: Look::Joined, points: points.collect() }
}

/// A column for each arm: there may be many recordings.
fn table(trend: &Trend, lines: &[Line]) -> Table {
    let name =
        |line: &Line| line.whole.as_ref().map_or_else(|| words::arm(line.arm.mode, line.arm.workload), label::who);
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
            format!("{} ±{}", metric.told(point.value), words::percent((high / low).sqrt() - 1.0))
        }
        _ => metric.told(point.value),
    }
}
