//! Request size: what does each request carry?
//!
//! Requests are taken apart by header, then what can grow is grown: an unfinished checkout, which one server remembers
//! and the other hands to the client; and the request's head, until a server refuses it.

use std::time::Duration;

use anyhow::ensure;
use async_trait::async_trait;
use report::recording::{self, Event, HeadLimit, Mode, SizePoint, Workload};
use serde::Deserialize;
use shared::api::checkout::{
    Address, CheckoutState, GiveAddress, GivePayment, Item, Payment, PaymentMethod, StartCheckout,
};
use shared::api::paths;
use wire::client;
use wire::login::{Login, log_in};
use wire::request::Request;

use crate::experiments::bench::{Bench, Halt};
use crate::experiments::exchange::{Exchange, exchange};
use crate::experiments::section::{Needs, Section, single};
use crate::fleet::Fleet;

const REQUESTS: [(Workload, &str); 3] =
    [(Workload::Anonymous, paths::ANONYMOUS), (Workload::Whoami, paths::WHOAMI), (Workload::Profile, paths::PROFILE)];
/// No server should read on for longer.
const MOST_PADDING: usize = 1 << 20;
const TAKES: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RequestSize {
    /// How many products the checkouts hold whose drafts are weighed.
    items: Vec<usize>,
}

#[async_trait(?Send)]
impl Section for RequestSize {
    fn check(&self) -> anyhow::Result<()> {
        let possible = self.items.iter().all(|items| (1..=20).contains(items));
        ensure!(possible, "items must be numbers from 1 to 20: no checkout holds more");
        Ok(())
    }

    fn needs(&self) -> Needs {
        Needs { takes: TAKES, fleets: single([Mode::Jwt, Mode::SessionRedis]), ..Needs::default() }
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        bench.recorder.say("request-size: one request after the other");
        for fleet in bench.twins() {
            let login = log_in(fleet.url(0), "visitor-1", "visitor").await?;
            for (workload, path) in REQUESTS {
                let request = Request::get(path);
                let request = if workload == Workload::Anonymous { request } else { request.by(&login) };
                let Exchange { request, weight, .. } = exchange(fleet.url(0), &request).await?;
                bench.recorder.record(&Event::Wire(recording::Wire {
                    mode: fleet.mode,
                    workload,
                    request,
                    response: weight,
                }))?;
            }
            for items in &self.items {
                bench.interrupted()?;
                bench.recorder.record(&Event::Size(checkout(fleet, &login, *items).await?))?;
            }
            bench.interrupted()?;
            match head_limit(fleet, &login).await? {
                Some(limit) => bench.recorder.record(&Event::HeadLimit(limit))?,
                None => bench.skipped(NO_LIMIT)?,
            }
        }
        bench.recorder.spent(TAKES);
        Ok(())
    }
}

const NO_LIMIT: &str = "A server refused no request head of up to 1 MiB, so there is no limit to show.";

/// Fills a checkout with so many items and a long address, then looks at it: what does that request carry?
async fn checkout(fleet: &Fleet, login: &Login, items: usize) -> anyhow::Result<SizePoint> {
    let url = fleet.url(0);
    let items = (1..=items as i64).map(|product_id| Item { product_id, quantity: 100 }).collect();
    let CheckoutState { draft, .. } =
        step(url, Request::post(paths::CHECKOUT).by(login).json(&StartCheckout { items })).await?;
    let address = GiveAddress { address: long_address(), draft };
    let CheckoutState { draft, .. } = step(url, Request::put(paths::CHECKOUT_ADDRESS).by(login).json(&address)).await?;
    let payment = Payment { method: PaymentMethod::Invoice, reference: "a".repeat(32) };
    let payment = GivePayment { payment, draft };
    let mut state = step(url, Request::put(paths::CHECKOUT_PAYMENT).by(login).json(&payment)).await?;
    let look = Request::get(paths::CHECKOUT).by(login);
    let look = state.draft.take().into_iter().fold(look, |look, draft| look.with(paths::CHECKOUT_DRAFT, draft));
    let shown = exchange(url, &look).await?;
    let content_bytes = serde_json::to_vec(&state)?.len() as u64;
    Ok(SizePoint {
        mode: fleet.mode,
        content_bytes,
        request_bytes: shown.request.total_bytes(),
        status: shown.response.status,
    })
}

async fn step(url: &str, request: Request) -> anyhow::Result<CheckoutState> {
    let answer = client::send(url, &request).await?;
    ensure!(answer.status < 300, "a checkout step was answered with {}", answer.status);
    Ok(serde_json::from_slice(&answer.body)?)
}

/// As long as the API allows.
fn long_address() -> Address {
    let hundred = |letter: &str| letter.repeat(100);
    Address {
        name: hundred("n"),
        street: hundred("s"),
        city: hundred("c"),
        postal_code: "1".repeat(16),
        country: "DE".into(),
    }
}

/// Halves the distance between what is answered and what is not, down to a byte. None: everything is answered.
async fn head_limit(fleet: &Fleet, login: &Login) -> anyhow::Result<Option<HeadLimit>> {
    let mut refused = padded(fleet, login, MOST_PADDING).await?;
    let mut answered = padded(fleet, login, 0).await?;
    if answered.status >= 400 || refused.status < 400 {
        return Ok(None);
    }
    let (mut least, mut most) = (0, MOST_PADDING);
    while most - least > 1 {
        let middle = least + (most - least) / 2;
        match padded(fleet, login, middle).await? {
            probe if probe.status < 400 => (least, answered) = (middle, probe),
            probe => (most, refused) = (middle, probe),
        }
    }
    let (answered_bytes, refused_bytes) = (answered.bytes, refused.bytes);
    Ok(Some(HeadLimit { mode: fleet.mode, answered_bytes, refused_bytes, status: refused.status }))
}

struct Probe {
    bytes: u64,
    status: u16,
}

async fn padded(fleet: &Fleet, login: &Login, padding: usize) -> anyhow::Result<Probe> {
    let request = login.whoami().with("x-padding", "x".repeat(padding));
    let Exchange { request, response, .. } = exchange(fleet.url(0), &request).await?;
    Ok(Probe { bytes: request.total_bytes(), status: response.status })
}
