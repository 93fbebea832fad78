//! Attack case: what is one line of the grid?

use std::pin::Pin;
use std::time::Duration;

use anyhow::Result;
use tokio::time::timeout;

use crate::attacks::cell::{Cell, Expected};
use crate::attacks::target::Target;

/// For one case on one mode: many times what it takes.
const LIMIT: Duration = Duration::from_secs(45);

/// What somebody does, and what should come of it.
pub struct Case {
    pub stimulus: String,
    /// The rule behind the expectation.
    pub source: &'static str,
    pub expected: Expected,
    /// What somebody gains where this is accepted, and nobody can help it.
    pub weakness: Option<&'static str>,
    run: Box<dyn Attack>,
}

/// An async function as a value.
trait Attack {
    fn on<'a>(&'a self, target: &'a Target) -> Pin<Box<dyn Future<Output = Result<Cell>> + 'a>>;
}

impl<A: AsyncFn(&Target) -> Result<Cell>> Attack for A {
    fn on<'a>(&'a self, target: &'a Target) -> Pin<Box<dyn Future<Output = Result<Cell>> + 'a>> {
        Box::pin(self(target))
    }
}

/// The cases that ask the same question.
pub struct Group {
    /// As a plan calls it.
    pub name: &'static str,
    pub question: &'static str,
    pub company: Company,
    pub cases: Vec<Case>,
}

/// May other modes be attacked at the same time?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Company {
    Welcome,
    /// They are, and the cases wait more than they work: all of them at the same time.
    Crowd,
    /// Not while times are compared.
    Alone,
}

impl Group {
    /// In whatever company.
    pub(super) fn new(name: &'static str, question: &'static str, cases: impl IntoIterator<Item = Case>) -> Group {
        Group { name, question, company: Company::Welcome, cases: cases.into_iter().collect() }
    }
}

/// What should come of an attempt to break it, and where it is written.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    source: &'static str,
    expected: Expected,
}

pub(super) fn rule(source: &'static str, expected: impl Into<Expected>) -> Rule {
    Rule { source, expected: expected.into() }
}

impl Rule {
    pub(super) fn case(
        &self,
        stimulus: impl Into<String>,
        run: impl AsyncFn(&Target) -> Result<Cell> + 'static,
    ) -> Case {
        let Rule { source, expected } = self.clone();
        Case { stimulus: stimulus.into(), source, expected, weakness: None, run: Box::new(run) }
    }

    /// Several cases try it in the same way, each with something else.
    pub(super) fn by<A>(&self, attack: A) -> Attempts<A> {
        Attempts { rule: self.clone(), attack }
    }
}

pub(super) struct Attempts<A> {
    rule: Rule,
    attack: A,
}

impl<A: Copy + 'static> Attempts<A> {
    pub(super) fn case<T: Clone + 'static>(&self, stimulus: impl Into<String>, tried: T) -> Case
    where
        A: AsyncFn(&Target, T) -> Result<Cell>,
    {
        let attack = self.attack;
        self.rule.case(stimulus, async move |target: &Target| attack(target, tried.clone()).await)
    }
}

impl Case {
    /// Where it is accepted, that is a weakness and not as it should be.
    pub(super) fn weak(self, weakness: &'static str) -> Case {
        Case { weakness: Some(weakness), ..self }
    }

    /// What comes of it on this mode. Where there is no such thing, nothing is tried.
    pub async fn seen(&self, target: &Target) -> Cell {
        let expected = self.expected.of(target.mode);
        if *expected == Cell::NotApplicable {
            return Cell::NotApplicable;
        }
        match timeout(LIMIT, self.run.on(target)).await {
            // A case makes sure itself that the oddity changed nothing; that it is one, the declaration says.
            Ok(Ok(Cell::Accepted)) if *expected == Cell::Ignored => Cell::Ignored,
            Ok(Ok(cell)) => cell,
            Ok(Err(error)) => Cell::Broken(format!("{error:#}")),
            Err(_) => Cell::Broken(format!("no end after {LIMIT:?}")),
        }
    }
}
