//! Horizontal axes of line charts: what does a figure depend on?

use crate::chart::axis::{Axis, Spacing};
use crate::chart::canvas::WIDTH;
use crate::format;

/// What the lines run along.
pub(crate) enum Along {
    /// Shares of requests: each nine is as wide as the one before.
    Shares,
    /// What grows by factors and may be nothing, which stands at the left end. Lines are named at their right ends.
    Factors { name: &'static str, told: fn(f64) -> String },
    /// Recordings, counted from 1, as far apart as any two of them; some are the first from another machine.
    Recordings { moved: Vec<usize> },
    /// Numbers of replicas, in a small picture that is one of several.
    Replicas,
}

/// Where the lines are drawn.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    /// Of what they run along; a small picture has no room for it.
    pub(crate) name: Option<&'static str>,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
}

const LEFT: f64 = 58.0;
const TOP: f64 = 14.0;
/// For the ticks and what they are ticks of.
const FOOT: f64 = 40.0;
/// For names at the ends of lines.
const NAMES: f64 = 118.0;
const SHARES: [(f64, &str); 4] = [(0.5, "p50"), (0.9, "p90"), (0.99, "p99"), (0.999, "p99.9")];
/// From one tick to the next that is named.
const APART: f64 = 42.0;

impl Along {
    pub(crate) fn frame(&self) -> Frame {
        let (left, top) = (LEFT, TOP);
        let frame = |name, height, right| Frame {
            name: Some(name),
            width: WIDTH,
            height,
            left,
            right,
            top,
            bottom: height - FOOT,
        };
        match self {
            Along::Shares => frame("share of requests answered by then", 270.0, WIDTH),
            Along::Factors { name, .. } => frame(*name, 286.0, WIDTH - NAMES),
            Along::Recordings { .. } => frame("recording", 216.0, WIDTH),
            Along::Replicas => {
                Frame { name: None, width: 300.0, height: 206.0, left: 52.0, right: 300.0, top: 28.0, bottom: 184.0 }
            }
        }
    }

    pub(crate) fn names_at_ends(&self) -> bool {
        matches!(self, Along::Factors { .. })
    }

    /// Whether a value there is worth a dot.
    pub(crate) fn is_named(&self, at: f64) -> bool {
        !matches!(self, Along::Shares) || SHARES.iter().any(|(share, _)| (share - at).abs() < 1e-9)
    }

    /// `stops` are all places at which some line has a value, ascending.
    pub(crate) fn axis(&self, stops: &[f64]) -> Axis {
        let Frame { left, right, .. } = self.frame();
        let positive = || stops.iter().copied().filter(|stop| *stop > 0.0);
        let (first, last) = (positive().next().unwrap_or(1.0), positive().next_back().unwrap_or(10.0));
        match self {
            Along::Shares => Axis::new(Spacing::Nines, (0.5, 0.999), (left + 12.0, right - 20.0)),
            Along::Factors { .. } => {
                let least = if stops.first().is_some_and(|stop| *stop <= 0.0) { first / 8.0 } else { first * 0.8 };
                Axis::new(Spacing::LogFrom, (least, last.max(first * 1.01)), (left + 14.0, right))
            }
            Along::Recordings { .. } | Along::Replicas => {
                Axis::new(Spacing::Linear, (first - 0.4, last + 0.4), (left, right))
            }
        }
    }

    /// Where there is room for a name, and which.
    pub(crate) fn ticks(&self, stops: &[f64], x: &Axis) -> Vec<(f64, String)> {
        match self {
            Along::Shares => SHARES.map(|(share, name)| (share, name.to_owned())).into(),
            Along::Factors { told, .. } => legible(stops, x).into_iter().map(|stop| (stop, told(stop))).collect(),
            Along::Recordings { .. } | Along::Replicas => {
                stops.iter().map(|stop| (*stop, format::short(*stop))).collect()
            }
        }
    }
}

/// Those that stand far enough from the one named before.
fn legible(stops: &[f64], x: &Axis) -> Vec<f64> {
    let mut named: Vec<f64> = Vec::new();
    for stop in stops {
        if named.last().is_none_or(|before| x.at(*stop) - x.at(*before) >= APART) {
            named.push(*stop);
        }
    }
    named
}
