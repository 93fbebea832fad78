//! `loadtest run --against`: is one running server better than another, and is that more than noise?
//!
//! Both are asked in turn, in rounds whose order is drawn from the seed and run backwards every second time. The first
//! server has two turns a round: how far it lies from itself is what chance alone can do.

use std::fmt::{self, Display, Formatter};
use std::io::{IsTerminal, Write};

use anyhow::bail;
use report::evidence::paired::{Block, Judged, judge};
use report::evidence::thresholds::{FAILS, FEWEST_BLOCKS, FEWEST_SLOWER};
use report::evidence::verdict::Comparison;
use serde::Serialize;
use tokio::sync::watch;

use crate::cli::Run;
use crate::commands::run::figures::Figures;
use crate::commands::run::load_options::{generator, phase, warm_up};
use crate::interleaved::Interleaved;
use load::measured::Measured;
use load::pace::Arrivals;

/// What `--json` writes. Ratios are the other server's over the first one's.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Versus {
    first: Figures,
    other: Figures,
    /// Rounds in which all turns were valid.
    blocks: usize,
    median: Option<Judged>,
    p99: Option<Judged>,
    goodput: Option<Judged>,
    valid: bool,
    why_invalid: Option<String>,
}

/// The turns of a round: the first server, the first again, the other.
const TURNS: usize = 3;
const OTHER: usize = 2;
/// Median, p99, goodput.
const METRICS: u32 = 3;

/// # Errors
/// Nobody listens, nobody can log in, or Ctrl-C came before the end.
pub async fn versus(asked: &Run, stop: watch::Receiver<bool>) -> anyhow::Result<Versus> {
    let generators = [generator(asked, &asked.urls, &stop).await?, generator(asked, &asked.against, &stop).await?];
    let phases = [phase(asked, &asked.urls, stop.clone())?, phase(asked, &asked.against, stop.clone())?];
    let mut interleaved = Interleaved::new(TURNS, asked.seed);
    let mut rounds: Vec<[Measured; TURNS]> = Vec::new();
    for number in 0..asked.blocks {
        let mut round: [Option<Measured>; TURNS] = Default::default();
        for turn in interleaved.block(number) {
            let (generator, phase) = (&generators[turn / OTHER], &phases[turn / OTHER]);
            warm_up(generator, phase, asked.warmup).await?;
            round[turn] = Some(generator.drive(phase).await?);
            if *stop.borrow() && rounds.len() >= FEWEST_BLOCKS {
                return Ok(Versus::of(&rounds, &phases[0].arrivals));
            } else if *stop.borrow() {
                bail!("interrupted in round {} of {}: nothing can be said yet", number + 1, asked.blocks);
            }
        }
        if std::io::stderr().is_terminal() {
            let _ = write!(std::io::stderr(), "\rround {} of {}  ", number + 1, asked.blocks);
        }
        rounds.push(round.map(|turn| turn.expect("each has its turn in every round")));
    }
    Ok(Versus::of(&rounds, &phases[0].arrivals))
}

impl Versus {
    fn of(rounds: &[[Measured; TURNS]], arrivals: &Arrivals) -> Versus {
        let why = |turn: &Measured| turn.invalid_reasons(arrivals.aim());
        let valid: Vec<_> = rounds.iter().filter(|round| round.iter().all(|turn| why(turn).is_empty())).collect();
        let enough = 2 * valid.len() > rounds.len();
        let judged = |metric: fn(&Measured) -> Option<f64>| judged(&valid, metric);
        Versus {
            first: together(rounds, &[0, 1], arrivals),
            other: together(rounds, &[OTHER], arrivals),
            blocks: valid.len(),
            median: judged(|turn| latency(turn, 0.5)),
            p99: judged(|turn| latency(turn, 0.99)),
            goodput: judged(|turn| Some(turn.goodput_per_second())),
            valid: enough,
            why_invalid: rounds.iter().flatten().flat_map(why).next().filter(|_| !enough),
        }
    }
}

/// None when a turn cannot tell.
fn judged(rounds: &[&[Measured; TURNS]], metric: fn(&Measured) -> Option<f64>) -> Option<Judged> {
    let block = |round: &&[Measured; TURNS]| {
        let [first, again, other] = round.each_ref().map(metric);
        Some(Block { first: first?, again: again?, other: other? })
    };
    judge(&rounds.iter().map(block).collect::<Option<Vec<_>>>()?, METRICS)
}

/// None where so many failed that those left over are no fair sample, and for a quantile that a few requests decide.
fn latency(turn: &Measured, share: f64) -> Option<f64> {
    let outcomes = &turn.stats.outcomes;
    let failed = 1.0 - outcomes.ok as f64 / (outcomes.sent + outcomes.never_sent).max(1) as f64;
    let slower = (1.0 - share) * turn.stats.ok.count() as f64;
    (failed <= FAILS && slower >= FEWEST_SLOWER).then(|| turn.stats.ok.quantile(share).as_secs_f64())
}

fn together(rounds: &[[Measured; TURNS]], turns: &[usize], arrivals: &Arrivals) -> Figures {
    let mut whole = Measured::default();
    let all = rounds.iter().flat_map(|round| turns.iter().map(|turn| &round[*turn]));
    all.for_each(|turn| whole.add_later(turn));
    Figures::of(&whole, arrivals)
}

impl Display for Versus {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        writeln!(to, "first: {}\n\nother: {}\n", self.first, self.other)?;
        for (name, judged) in [("median latency", self.median), ("p99 latency", self.p99), ("goodput", self.goodput)] {
            match judged {
                Some(judged) => writeln!(to, "{name}: {}", sentence(&judged))?,
                None => writeln!(to, "{name}: cannot be compared, too few good answers")?,
            }
        }
        write!(to, "{} rounds, each against the first server twice", self.blocks)?;
        match &self.why_invalid {
            Some(why) => write!(to, "\nnot valid, most rounds were about the generator: {why}"),
            None => Ok(()),
        }
    }
}

fn sentence(judged: &Judged) -> String {
    let noise = judged.band.map_or("unknown noise".into(), |band| format!("a noise of {band}"));
    let ratio = format!("{} × the first, with {noise}", judged.ratio);
    match judged.comparison {
        Comparison::Lower => format!("lower: {ratio}"),
        Comparison::Higher => format!("higher: {ratio}"),
        Comparison::Same => format!("no difference that this run can see: {ratio}"),
        Comparison::Unclear | Comparison::Unknown => format!("not clear: {ratio}; more --blocks may tell"),
    }
}
