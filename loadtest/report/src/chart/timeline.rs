//! Timelines: what became of the requests, moment by moment, while something was broken?

use maud::{Markup, html};

use crate::chart::Draw;
use crate::chart::axis::{Axis, Spacing};
use crate::chart::canvas::{WIDTH, legend, px, side, svg};
use crate::format;
use crate::recording::{Bucket, Mark, Mode, Moment, Workload};

/// A lane for each fleet, all on the same axes.
pub(crate) struct Timeline(pub(crate) Vec<Lane>);

/// One fleet while something is broken.
pub(crate) struct Lane {
    pub(crate) name: String,
    pub(crate) mode: Mode,
    pub(crate) marks: Vec<Mark>,
    pub(crate) bucket_seconds: f64,
    pub(crate) buckets: Vec<Bucket>,
    pub(crate) seconds: f64,
}

const LEFT: f64 = 36.0;
/// For the words of the marks: what broke in one line, what was mended in the next.
const WORDS: f64 = 34.0;
const NAME: f64 = 28.0;
const PLOT: f64 = 56.0;
const LANE: f64 = NAME + PLOT + 12.0;
const FOOT: f64 = 26.0;

/// Each bar is a span of time: how many requests ended in it, and how.
impl Draw for Timeline {
    fn draw(&self) -> Markup {
        let Timeline(lanes) = self;
        let seconds = lanes.iter().map(|lane| lane.seconds).fold(0.0, f64::max);
        let highest = lanes.iter().flat_map(per_second).fold(0.0, f64::max);
        let x = Axis::new(Spacing::Linear, (0.0, seconds.max(f64::MIN_POSITIVE)), (LEFT, WIDTH));
        let bottom = WORDS + LANE * lanes.len() as f64;
        html! {
            (legend(&ENTRIES))
            (svg(bottom + FOOT, html! {
                @for (index, lane) in lanes.iter().enumerate() { (one(lane, WORDS + LANE * index as f64, highest, &x)) }
                @if let Some(first) = lanes.first() { (marks(&first.marks, bottom, &x)) }
                @for tick in x.ticks() {
                    text x=(px(x.at(tick))) y=(px(bottom + 12.0)) text-anchor="middle" { (format::short(tick)) "\u{a0}s" }
                }
            }))
        }
    }
}

const ENTRIES: [(&str, &str); 3] =
    [("went-well", "answered well"), ("forgotten", "person or checkout not known any more"), ("went-wrong", "failed")];

fn one(lane: &Lane, top: f64, highest: f64, x: &Axis) -> Markup {
    let floor = top + NAME + PLOT;
    let y = Axis::from_zero(highest, (floor, top + NAME));
    let most = y.ticks().last().copied().unwrap_or(1.0);
    let width = lane.bucket_seconds;
    // The last one is cut off where the run ended: it would look like a collapse.
    let whole = (lane.seconds / width.max(f64::MIN_POSITIVE)) as usize;
    let spans = (0..).zip(&lane.buckets).take(whole).map(|(index, span)| (f64::from(index) * width, span));
    html! {
        text.name x="0" y=(px(top + 13.0)) { (lane.name) }
        @for tick in [0.0, most] {
            line.grid x1=(LEFT) x2=(WIDTH) y1=(px(y.at(tick))) y2=(px(y.at(tick))) {}
            text x=(LEFT - 5.0) y=(px(y.at(tick) + 4.0)) text-anchor="end" { (format::short(tick)) @if tick > 0.0 { "/s" } }
        }
        g class=(side(lane.mode, Workload::Whoami)) { @for (from, span) in spans { (bar(span, (from, width), x, &y)) } }
    }
}

/// One on the other: what went well below, since that is what should be everywhere.
fn bar(span: &Bucket, (from, width): (f64, f64), x: &Axis, y: &Axis) -> Markup {
    let (left, right) = (x.at(from), x.at(from + width));
    let (well, forgotten) = (span.ok, span.ok + span.forgotten);
    let parts =
        [("went-well", 0, well), ("forgotten", well, forgotten), ("went-wrong", forgotten, forgotten + span.failed)];
    html! {
        @for (class, low, high) in parts {
            @let (low, high) = (y.at(low as f64 / width), y.at(high as f64 / width));
            @if high < low {
                rect class=(class) x=(px(left + 0.5)) y=(px(high)) width=(px((right - left - 0.8).max(0.6))) height=(px(low - high)) {}
            }
        }
    }
}

fn marks(marks: &[Mark], bottom: f64, x: &Axis) -> Markup {
    html! {
        @for Mark { at, moment, says } in marks {
            @let here = x.at(at.as_secs_f64());
            @let line = if *moment == Moment::Broken { 10.0 } else { 25.0 };
            @let to_the_left = here > WIDTH * 0.7;
            line.mark x1=(px(here)) x2=(px(here)) y1=(px(line - 8.0)) y2=(px(bottom - 12.0)) {}
            text.halo x=(px(here + if to_the_left { -4.0 } else { 4.0 })) y=(px(line)) text-anchor=(if to_the_left { "end" } else { "start" }) { (says) }
        }
    }
}

fn per_second(lane: &Lane) -> impl Iterator<Item = f64> {
    let ended = |span: &Bucket| (span.ok + span.forgotten + span.failed) as f64;
    lane.buckets.iter().map(move |span| ended(span) / lane.bucket_seconds.max(f64::MIN_POSITIVE))
}
