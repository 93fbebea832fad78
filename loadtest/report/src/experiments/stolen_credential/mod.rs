//! Experiment `stolen-credential`: what is a stolen or forged credential worth?

pub mod chapter;

use serde::Serialize;

use crate::evidence::claims::{Decision, Share, Strength, Unit};
use crate::evidence::interval::Estimate;
use crate::evidence::sides::Side::{Stateful, Stateless};
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::verdict::Verdict;
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::experiments::{by_kind, each_once};
use crate::format;
use crate::labels;
use crate::recording::{AttackAttempt, Event, Experiment, Mode, Reaction, Recording};
use chapter::section;

pub(crate) static SPEC: ExperimentSpec<StolenCredential> = ExperimentSpec {
    name: Experiment::StolenCredential,
    question: "What is a stolen or forged credential worth?",
    prediction: "A signed token cannot be forged, and a session can be fixed on its victim.",
    claims: &[
        claim("forged-token-is-refused", Stateless, "A forged token is refused", forged),
        claim("session-can-be-fixed", Stateful, "A session can be fixed on its victim", fixation),
        claim("stolen-token-works-longer", Stateless, "A stolen token works for longer than a stolen cookie", replayed),
    ],
    find: |evidence, _| findings(evidence.recording),
    section,
};

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StolenCredential {
    /// The columns, in the order in which they were tried.
    pub modes: Vec<Mode>,
    pub questions: Vec<Question>,
    /// A sentence for each cell that is not as it was declared.
    pub surprises: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    pub topic: String,
    pub question: String,
    pub rows: Vec<Row>,
}

/// One stimulus.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    pub stimulus: String,
    pub source: String,
    pub weakness: Option<String>,
    /// One for each mode that it was tried on.
    pub cells: Vec<Cell>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cell {
    pub mode: Mode,
    pub seen: Reaction,
    pub declared: Reaction,
    pub means: Meaning,
}

/// What a cell says about the side that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Meaning {
    /// It did no harm: refused, ignored, or kept within its bound.
    Harmless,
    /// It was let through, as it should be: a check, or what anybody may do.
    Allowed,
    /// It was let through, and that is a weakness which the code declares.
    Weak,
    /// There is no such thing here.
    Absent,
    /// Not as declared.
    Surprise,
}

/// The questions in which a credential is made by somebody who may not.
const FORGERY: [&str; 3] = ["tampering", "algorithms", "claims"];
const FIXATION: &str = "fixation";
/// The stimuli of that question that are a fixation as it is defined, and no other game with cookies.
const FIXED: &str = "CWE-384";
const REPLAY: &str = "replay";

/// None when it was not tried.
pub fn findings(recording: &Recording) -> Option<StolenCredential> {
    let events = recording.events.iter();
    let tried: Vec<&AttackAttempt> =
        events.filter_map(|event| if let Event::AttackAttempt(one) = event { Some(&**one) } else { None }).collect();
    (!tried.is_empty()).then(|| StolenCredential {
        modes: each_once(tried.iter().map(|one| one.mode)),
        questions: by_kind(&tried, |one| &one.topic).iter().map(|tried| question(tried)).collect(),
        surprises: tried.iter().filter_map(|one| surprise(one)).collect(),
    })
}

fn question(tried: &[&AttackAttempt]) -> Question {
    let AttackAttempt { topic, question, .. } = tried[0].clone();
    Question { topic, question, rows: by_kind(tried, |one| &one.stimulus).iter().map(|tried| row(tried)).collect() }
}

fn row(tried: &[&AttackAttempt]) -> Row {
    let cell = |one: &&AttackAttempt| {
        let AttackAttempt { mode, seen, declared, .. } = (*one).clone();
        Cell { mode, seen, declared, means: meaning(one) }
    };
    let AttackAttempt { stimulus, source, weakness, .. } = tried[0].clone();
    Row { stimulus, source, weakness, cells: tried.iter().map(cell).collect() }
}

fn surprise(of: &AttackAttempt) -> Option<String> {
    let (mode, what, source) = (of.mode.label(), &of.stimulus, &of.source);
    let (seen, declared) = (labels::reaction(&of.seen), labels::reaction(&of.declared));
    let told = format!("{mode}: {what}: {seen}, where “{declared}” is declared ({source}).");
    (meaning(of) == Meaning::Surprise).then_some(told)
}

impl StolenCredential {
    fn rows(&self, topics: &[&str]) -> impl Iterator<Item = &Row> {
        let asked = self.questions.iter().filter(move |question| topics.contains(&question.topic.as_str()));
        asked.flat_map(|question| &question.rows)
    }
}

impl Row {
    pub fn cell(&self, mode: Mode) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.mode == mode)
    }
}

fn meaning(stimulus: &AttackAttempt) -> Meaning {
    match (&stimulus.seen, &stimulus.weakness) {
        (seen, _) if *seen != stimulus.declared => Meaning::Surprise,
        (Reaction::NotApplicable, _) => Meaning::Absent,
        (Reaction::Accepted, Some(_)) => Meaning::Weak,
        (Reaction::Accepted, None) => Meaning::Allowed,
        _ => Meaning::Harmless,
    }
}

/// How many cells must be refused, and how many of them got through.
#[derive(Debug, Clone, Copy, Default)]
struct Tried {
    of: u64,
    through: u64,
    /// Nobody can say.
    broken: u64,
}

impl Tried {
    /// None: nothing was tried.
    fn share(self, reads: &'static str) -> Option<Share> {
        (self.of > 0).then_some(Share { reads, hits: self.through, of: self.of })
    }

    /// "3 of 200".
    fn told(self) -> String {
        format::counted(self.through, self.of)
    }

    /// What is allowed is no attack, and what is not there cannot be attacked.
    fn of<'a>(rows: impl Iterator<Item = &'a Row>, mode: Mode) -> Tried {
        let attacks = rows.filter_map(|row| row.cell(mode)).filter(|cell| {
            !matches!(cell.means, Meaning::Allowed | Meaning::Absent) && cell.declared != Reaction::Ignored
        });
        let mut tried = Tried::default();
        for cell in attacks {
            tried.of += 1;
            match cell.seen {
                Reaction::Refused { .. } => {}
                Reaction::Broken { .. } => tried.broken += 1,
                _ => tried.through += 1,
            }
        }
        tried
    }

    fn verdict_on_refusal(self) -> Verdict {
        match (self.through, self.broken) {
            (1.., _) => Verdict::Refuted,
            (0, 1..) => Verdict::Inconclusive,
            (0, 0) => Verdict::Supported,
        }
    }
}

/// "A forged token is refused."
pub(crate) fn forged(found: &StolenCredential) -> Option<Decision> {
    let tried = Tried::of(found.rows(&FORGERY), STATELESS);
    if tried.of == 0 {
        return None;
    }
    let cookies = Tried::of(found.rows(&FORGERY), STATEFUL);
    let told = tried.told();
    let mut because = format!("{told} forgeries of a token were accepted, each tried in one way or in hundreds");
    if cookies.of > 0 {
        because += &format!("; of a cookie, which is no more than a name for what is remembered, {}", cookies.told());
    }
    because += ".";
    if tried.broken > 0 {
        because +=
            &format!(" On {} of them the tries do not agree, or ended in an error.", format::count(tried.broken));
    }
    let reads = "were accepted";
    let cases = [("forged tokens", tried.share(reads)), ("forged cookies", cookies.share(reads))];
    Some(Decision::new(tried.verdict_on_refusal(), Strength::cases(reads, cases), because))
}

/// "A session can be fixed on its victim."
pub(crate) fn fixation(found: &StolenCredential) -> Option<Decision> {
    let tried = Tried::of(found.rows(&[FIXATION]).filter(|row| row.source.contains(FIXED)), STATEFUL);
    if tried.of == 0 {
        return None;
    }
    let verdict = match tried.verdict_on_refusal() {
        Verdict::Supported => Verdict::Refuted,
        Verdict::Refuted => Verdict::Supported,
        other => other,
    };
    let weak = found.rows(&[FIXATION]).filter(|row| row.cell(STATEFUL).is_some_and(|cell| cell.means == Meaning::Weak));
    let weak: Vec<String> = weak.filter_map(|row| row.weakness.clone()).collect();
    let beside = if weak.is_empty() {
        String::new()
    } else {
        format!(" What does work, wherever there are cookies: {}", weak.join(" "))
    };
    let because = format!(
        "{} tries to have a victim log in to a session that somebody else knows gave that session away.{beside}",
        tried.told(),
    );
    let reads = "gave the session away";
    Some(Decision::new(verdict, Strength::cases(reads, [("fixations", tried.share(reads))]), because))
}

/// "A stolen token works for longer than a stolen cookie": of what should end a login, how much does a copy outlive?
pub(crate) fn replayed(found: &StolenCredential) -> Option<Decision> {
    // What is declared a weakness on some mode is what a copy may outlive there.
    let endings = || found.rows(&[REPLAY]).filter(|row| row.weakness.is_some());
    let (token, cookie) = (Tried::of(endings(), STATELESS), Tried::of(endings(), STATEFUL));
    if token.of + cookie.of == 0 {
        return None;
    }
    let verdict = match (token.through, cookie.through) {
        _ if token.of == 0 || cookie.of == 0 || token.broken + cookie.broken > 0 => Verdict::Inconclusive,
        (token, cookie) if token > cookie => Verdict::Supported,
        _ => Verdict::Refuted,
    };
    let others = found.modes.iter().filter(|mode| ![STATELESS, STATEFUL].contains(mode));
    let others: Vec<String> =
        others.map(|mode| format!("{}: {}", mode.label(), Tried::of(endings(), *mode).told())).collect();
    let beside = if others.is_empty() { String::new() } else { format!(" Others: {}.", others.join("; ")) };
    let because = format!(
        "Until somebody logs out, a copy of either is as good as the original. Of the endings of a login, such as a logout \
         or a new password, the copy of a token outlived {}, that of a cookie {}.{beside}",
        token.told(),
        cookie.told(),
    );
    let [token, cookie] = [token, cookie].map(|tried| Estimate::exact(tried.through as f64));
    Some(Decision::new(verdict, Strength::pair("endings that a copy outlived", Unit::Count, token, cookie), because))
}
