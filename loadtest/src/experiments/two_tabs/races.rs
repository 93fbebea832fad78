//! Races between tabs: how does each go, and how did it end?

use anyhow::{Context, Result, ensure};
use fastrand::Rng;
use report::recording::{Contest, Outcome};
use serde_json::json;
use shared::api::checkout::CheckoutState;
use shared::api::paths;
use wire::half_open::finish_all;
use wire::login::Login;
use wire::request::Request;
use wire::response::Response;

use crate::experiments::two_tabs::barrier::Barrier;
use crate::experiments::two_tabs::tab::{Step, Tab};

pub(super) struct Ended {
    pub(super) outcome: Outcome,
    /// A fork of which the tab that came second was told when it bought.
    pub(super) told_when_bought: bool,
}

pub(super) struct Runner<'a> {
    pub(super) barrier: Barrier<'a>,
    /// Of the order in which last bytes are sent.
    pub(super) random: Rng,
}

/// A tab with what it asked for, and whether it was told yes.
struct Told {
    tab: Tab,
    step: Step,
    yes: bool,
}

impl From<Outcome> for Ended {
    fn from(outcome: Outcome) -> Ended {
        Ended { outcome, told_when_bought: false }
    }
}

impl Runner<'_> {
    /// One race of one visitor, between tabs at these replicas.
    ///
    /// # Errors
    /// What comes before the race fails, or a server hangs up.
    pub(super) async fn run(&mut self, contest: Contest, urls: &[String], visitor: u32) -> Result<Ended> {
        let first = Tab::logged_in(&urls[0], visitor).await?;
        let last = &urls[urls.len() - 1];
        match contest {
            Contest::TwoSteps => self.two_steps(first, last).await,
            Contest::TenWrites => self.ten_writes(first, last).await.map(Ended::from),
            Contest::TwoBaskets => two_baskets(first, last).await.map(Ended::from),
            Contest::DoubleRefresh => self.double_refresh(first, last).await.map(Ended::from),
            Contest::LateStep => self.late_step(first, last).await.map(Ended::from),
            Contest::LateWrite => {
                let witness = Tab::logged_in(&urls[0], visitor).await?;
                self.late_write(first, last, witness).await.map(Ended::from)
            }
        }
    }

    async fn two_steps(&mut self, mut first: Tab, other: &str) -> Result<Ended> {
        first.start(1).await?;
        let steps = [Step::City("Bath".into()), Step::Reference("R-1".into())];
        let told = self.at_once(vec![first.clone(), first.at(other)], steps).await?;
        let outcome = outcome(&told).await?;
        if outcome != Outcome::Forked {
            return Ok(outcome.into());
        }
        match bought(told).await? {
            (true, true) => Ok(Outcome::Lost.into()),
            (one, both) => Ok(Ended { outcome, told_when_bought: one != both }),
        }
    }

    async fn ten_writes(&mut self, mut first: Tab, other: &str) -> Result<Outcome> {
        first.start(1).await?;
        let cities = (0..5).map(|number| Step::City(format!("City {number}")));
        let references = (0..5).map(|number| Step::Reference(format!("R-{number}")));
        let tabs = (0..10).map(|number| if number % 2 == 0 { first.clone() } else { first.at(other) });
        outcome(&self.at_once(tabs.collect(), cities.chain(references)).await?).await
    }

    /// Each tab takes its step, in an order drawn anew; all are under way before the first is finished.
    async fn at_once(&mut self, tabs: Vec<Tab>, steps: impl IntoIterator<Item = Step>) -> Result<Vec<Told>> {
        let mut pairs: Vec<(Tab, Step)> = tabs.into_iter().zip(steps).collect();
        self.random.shuffle(&mut pairs);
        let asked: Vec<_> = pairs.iter().map(|(tab, step)| (tab, tab.stepping(step))).collect();
        let answers = finish_all(self.barrier.reached(&asked).await?).await?;
        let told = pairs.into_iter().zip(answers).map(|((mut tab, step), answer)| {
            tab.hears(&answer);
            Told { tab, step, yes: answer.status == 200 }
        });
        Ok(told.collect())
    }

    /// Whoever goes on with what was given, or looks at what the browser was given meanwhile, must be logged in still.
    async fn double_refresh(&mut self, first: Tab, other: &str) -> Result<Outcome> {
        let tabs = [first.clone(), first.at(other)];
        let mut halves = self.barrier.reached(&tabs.each_ref().map(|tab| (tab, tab.renewing()))).await?;
        self.random.shuffle(&mut halves);
        let answers = finish_all(halves).await?;
        let given: Vec<Login> = answers.iter().filter_map(|answer| Login::of(answer).ok()).collect();
        for login in &given {
            if first.send(&login.whoami()).await?.status != 200 {
                return Ok(Outcome::LoggedOut);
            }
        }
        let Some(last) = given.last() else { return Ok(Outcome::LoggedOut) };
        match first.send(&last.refresh()).await?.status {
            200 if given.len() == answers.len() => Ok(Outcome::Kept),
            200 => Ok(Outcome::Refused),
            _ => Ok(Outcome::LoggedOut),
        }
    }

    async fn late_step(&self, mut first: Tab, other: &str) -> Result<Outcome> {
        first.start(1).await?;
        let late = first.at(other);
        let answer = self.after_logout(&first, &late, late.stepping(&Step::City("Bath".into()))).await?;
        Ok(match comes_back(&first, &answer).await? {
            true => Outcome::Revived,
            false if answer.is_success() => Outcome::WrittenAfter,
            false => Outcome::Refused,
        })
    }

    /// A second login of the same person sees whether the write is there.
    async fn late_write(&self, first: Tab, other: &str, witness: Tab) -> Result<Outcome> {
        let preferences = |theme| json!({ "theme": theme, "language": "en", "timezone": "UTC" });
        let request = |theme| Request::put(paths::PREFERENCES).json(&preferences(theme));
        let set = witness.send(&request("light").by(&witness.login)).await?;
        ensure!(set.status == 200, "a preference was not kept: {} {}", set.status, set.text());
        let answer = self.after_logout(&first, &first.at(other), request("dark").by(&first.login)).await?;
        let kept = witness.send(&Request::get(paths::PREFERENCES).by(&witness.login)).await?.json(200)?;
        let is_there = kept["theme"] == "dark";
        Ok(match comes_back(&first, &answer).await? {
            true => Outcome::Revived,
            false if is_there => Outcome::WrittenAfter,
            false if answer.is_success() => Outcome::Lost,
            false => Outcome::Refused,
        })
    }

    /// The answer to a request of which the last byte is sent when the logout has been answered.
    async fn after_logout(&self, tab: &Tab, late: &Tab, request: Request) -> Result<Response> {
        let halves = self.barrier.reached(&[(late, request)]).await?;
        let out = tab.send(&tab.login.log_out()).await?;
        ensure!(out.status == 204, "a logout failed: {} {}", out.status, out.text());
        finish_all(halves).await?.pop().context("one request has one answer")
    }
}

/// What those who were told yes find afterwards, each in its own view.
async fn outcome(told: &[Told]) -> Result<Outcome> {
    let right: Vec<&Told> = told.iter().filter(|told| told.yes).collect();
    ensure!(!right.is_empty(), "of {} writes at once none was taken", told.len());
    let mut views: Vec<CheckoutState> = Vec::new();
    for one in &right {
        views.push(one.tab.view().await?);
    }
    let is_there = |one: &Told, view: &CheckoutState| {
        let found = one.step.of(view);
        right.iter().any(|other| Some(&other.step) == found.as_ref()) // Its own, or that of one who came later.
    };
    if !right.iter().zip(&views).all(|(one, view)| is_there(one, view)) {
        return Ok(Outcome::Lost);
    }
    if views.windows(2).any(|pair| pair[0] != pair[1]) {
        return Ok(Outcome::Forked);
    }
    Ok(if right.len() == told.len() { Outcome::Kept } else { Outcome::Refused })
}

/// Both tabs fill in what their draft lacks, each in its own way, and buy. Was either told yes, and were both?
async fn bought(told: Vec<Told>) -> Result<(bool, bool)> {
    let mut statuses = Vec::new();
    for Told { mut tab, step, .. } in told {
        let other = match step {
            Step::City(_) => Step::Reference("R-2".into()),
            Step::Reference(_) => Step::City("York".into()),
        };
        let stepped = tab.step(&other).await?;
        ensure!(stepped.status == 200, "a fork that was good is not: {} {}", stepped.status, stepped.text());
        statuses.push(tab.confirm().await?.status == 201);
    }
    Ok((statuses.contains(&true), !statuses.contains(&false)))
}

/// No race: what is told here happens to everybody who compares two products in two tabs.
async fn two_baskets(mut first: Tab, other: &str) -> Result<Outcome> {
    let mut second = first.at(other);
    first.start(1).await?;
    second.start(2).await?;
    let mut worst = Outcome::Kept;
    for (mut tab, product) in [(first, 1), (second, 2)] {
        let steps = [tab.step(&Step::City("Bath".into())).await?, tab.step(&Step::Reference("R-1".into())).await?];
        let confirmed = tab.confirm().await?;
        worst = worst.max(match products(&confirmed) {
            Some(bought) if bought == [product] && steps.iter().all(Response::is_success) => Outcome::Kept,
            Some(_) => Outcome::Lost, // Paid for, and not what the tab shows.
            None => Outcome::Refused,
        });
    }
    Ok(worst)
}

/// None: nothing was bought.
fn products(confirmed: &Response) -> Option<Vec<i64>> {
    let body = confirmed.json(201).ok()?;
    let orders = body["orders"].as_array()?;
    Some(orders.iter().filter_map(|order| order["productId"].as_i64()).collect())
}

/// Can the login be gone on with? A token that lives to its end is not gone on with: that is the question of `revocation`.
async fn comes_back(tab: &Tab, late: &Response) -> Result<bool> {
    let given = Login { cookie: late.given_cookie().or(tab.login.cookie.clone()), ..tab.login.clone() };
    for login in [&tab.login, &given] {
        let request = if login.refresh.is_some() { login.refresh() } else { login.whoami() };
        if tab.send(&request).await?.is_success() {
            return Ok(true);
        }
    }
    Ok(false)
}
