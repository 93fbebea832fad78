//! Trade-off charts: what does an end that comes at once cost?

use maud::{Markup, html};

use crate::chart::Draw;
use crate::chart::axis::{Axis, Spacing};
use crate::chart::canvas::{WIDTH, px, side, svg};
use crate::format;
use crate::recording::{Mode, Workload};

/// What one pays, against what one gets for it: how long a credential is let in that should not be.
pub(crate) struct Tradeoff {
    pub(crate) upwards: &'static str,
    pub(crate) dots: Vec<Dot>,
    /// Where credentials lie that nobody measured, because their exposure follows from their lifetime: from one of so many
    /// seconds to one of so many.
    pub(crate) by_rule: Option<(f64, f64)>,
}

/// One mode. Seconds; zero where nothing was let in.
pub(crate) struct Dot {
    pub(crate) label: String,
    pub(crate) mode: Mode,
    pub(crate) store_calls: f64,
    pub(crate) shortest: f64,
    pub(crate) longest: f64,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Seen,
    /// Good only where a client stays with its replica.
    Sticky,
    /// Somebody stopped looking before it was over.
    NoEnd,
}

const LEFT: f64 = 58.0;
/// Store calls: none, and one a request.
const NONE: f64 = LEFT + 20.0;
const ONE: f64 = WIDTH - 20.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 330.0;
/// Between the shortest exposure that can be told and the place for none.
const GAP: f64 = 14.0;
/// From one label to the next.
const LINE: f64 = 18.0;
/// Seconds.
const RANGE: (f64, f64) = (0.001, 1000.0);
/// From a dot to its label.
const ASIDE: f64 = 10.0;
/// What has no end goes up beside the line, and not through what stands on it.
const BESIDE: f64 = 11.0;

/// A dot with its name on the dot's free side.
struct Labelled<'a> {
    dot: &'a Dot,
    x: f64,
    y: f64,
    label: f64,
}

/// Exposure upwards, on a log axis with a place for none at all; store calls a request to the right. What is good lies at the
/// bottom, what is cheap on the left.
impl Draw for Tradeoff {
    fn draw(&self) -> Markup {
        let most = self.dots.iter().map(|dot| dot.store_calls).fold(1.0, f64::max);
        let (x, y) =
            (Axis::new(Spacing::Linear, (0.0, most), (NONE, ONE)), Axis::new(Spacing::Log, RANGE, (BOTTOM, TOP)));
        let (near, far): (Vec<&Dot>, Vec<&Dot>) = self.dots.iter().partition(|dot| dot.store_calls < most / 2.0);
        let columns = [column(near, &x, &y), column(far, &x, &y)];
        let never = columns.each_ref().map(|column| column.iter().filter(|one| one.dot.longest == 0.0).count());
        let rows = never[1].max(never[0] + 1); // One more on the left, for what the corner is.
        let floor = BOTTOM + GAP + LINE * rows as f64 + 6.0;
        svg(
            floor + 42.0,
            html! {
                (frame(self.upwards, &y, floor))
                @if let Some(rule) = self.by_rule { (by_rule(rule, &y)) }
                @for one in columns.iter().flatten() { (drawn(one, &y)) }
            },
        )
    }
}

/// From the top down, labels pushed apart; those of which nothing was let in lie under the axis, one below the other.
fn column<'a>(mut dots: Vec<&'a Dot>, x: &Axis, y: &Axis) -> Vec<Labelled<'a>> {
    dots.sort_by(|a, b| b.longest.total_cmp(&a.longest));
    let mut labelled: Vec<Labelled> = Vec::new();
    let mut none = BOTTOM + GAP + LINE / 2.0 + 3.0;
    for dot in dots {
        let x = x.at(dot.store_calls) - if dot.kind == Kind::NoEnd { BESIDE } else { 0.0 };
        if dot.longest == 0.0 {
            labelled.push(Labelled { dot, x, y: none, label: none });
            none += LINE;
            continue;
        }
        let y = y.at(dot.longest.clamp(RANGE.0, RANGE.1));
        let above = labelled.last().map_or(0.0, |above| above.label);
        labelled.push(Labelled { dot, x, y, label: y.max(above + LINE) });
    }
    labelled
}

fn frame(upwards: &str, y: &Axis, floor: f64) -> Markup {
    let (middle, under) = (f64::midpoint(BOTTOM + GAP, floor), floor + 17.0);
    html! {
        text x="0" y="14" { (upwards) }
        @for tick in [0.001, 0.01, 0.1, 1.0, 10.0, 100.0] {
            line.grid x1=(LEFT) x2=(WIDTH) y1=(px(y.at(tick))) y2=(px(y.at(tick))) {}
            text x=(LEFT - 7.0) y=(px(y.at(tick) + 4.0)) text-anchor="end" { (format::tick_micros(tick * 1e6)) }
        }
        rect.quieter x=(LEFT) y=(px(BOTTOM + GAP)) width=(px(WIDTH - LEFT)) height=(px(floor - BOTTOM - GAP)) {}
        text x=(LEFT - 7.0) y=(px(middle + 4.0)) text-anchor="end" { "never" }
        text x=(px(NONE - 14.0)) y=(px(floor - 9.0)) { "↖ what everybody wants" }
        @for (at, name) in [(NONE, "0"), (f64::midpoint(NONE, ONE), "½"), (ONE, "1")] {
            line.grid x1=(px(at)) x2=(px(at)) y1=(TOP) y2=(px(floor)) {}
            text x=(px(at)) y=(px(under)) text-anchor="middle" { (name) }
        }
        text x=(px(f64::midpoint(NONE, ONE))) y=(px(under + 18.0)) text-anchor="middle" { "store calls a request" }
    }
}

/// For tokens, nothing but their lifetime moves them, and only up and down.
fn by_rule((from, to): (f64, f64), y: &Axis) -> Markup {
    let (low, high) = (y.at(from), y.at(to.min(RANGE.1)));
    html! {
        g class=(side(Mode::Jwt, Workload::Whoami)) {
            line.line.dashed x1=(NONE) x2=(NONE) y1=(px(low)) y2=(px(high)) {}
            circle class="dot open" cx=(NONE) cy=(px(high)) r="4" {}
            text.halo x=(NONE + ASIDE) y=(px(high + 4.0)) {
                "a token of " (format::lifetime(to)) ", by the rule"
            }
        }
    }
}

fn drawn(Labelled { dot, x, y, label }: &Labelled, axis: &Axis) -> Markup {
    let left = *x < f64::midpoint(NONE, ONE);
    let x_of_name = if dot.kind == Kind::NoEnd { x + BESIDE } else { *x };
    let (aside, anchor) = if left { (x_of_name + ASIDE, "start") } else { (x_of_name - ASIDE, "end") };
    let lowest = if dot.shortest == 0.0 { BOTTOM + GAP } else { axis.at(dot.shortest.max(RANGE.0)) };
    html! {
        g class=(side(dot.mode, Workload::Whoami)) {
            @if dot.longest > 0.0 && dot.kind != Kind::NoEnd {
                line.interval x1=(px(*x)) x2=(px(*x)) y1=(px(*y)) y2=(px(lowest)) {}
            }
            @if dot.kind == Kind::NoEnd { (arrow(*x, *y)) }
            @if (label - y).abs() > 5.0 { line.lead x1=(px(*x)) x2=(px(aside)) y1=(px(*y)) y2=(px(*label)) {} }
            circle class=(if dot.kind == Kind::Seen { "dot" } else { "dot open" }) cx=(px(*x)) cy=(px(*y)) r="5" {}
            text.name.halo x=(px(aside)) y=(px(label + 4.0)) text-anchor=(anchor) { (dot.label) }
        }
    }
}

/// It goes on: nobody knows how far.
fn arrow(x: f64, y: f64) -> Markup {
    html! {
        line.line x1=(px(x)) x2=(px(x)) y1=(px(y)) y2=(px(y - 22.0)) {}
        polyline.line points=(format!("{},{} {},{} {},{}", px(x - 4.0), px(y - 17.0), px(x), px(y - 23.0), px(x + 4.0), px(y - 17.0))) {}
    }
}
