//! Probe client: what does one client do, and what does it remember of it?
//!
//! Unlike the users of the generator, this one keeps a diary: what it ordered under which key, whether its unfinished
//! checkout is still there, and whether anybody told it about somebody else.

use std::time::Duration;

use shared::api::account::Whoami;
use shared::api::paths;
use shared::api::shop::{Order, Page, PlaceOrder};
use tokio::time::{Instant, sleep};
use wire::login::{Login, credentials};
use wire::request::Request;

use crate::probe::Common;
use crate::probe::audit::{Diary, Intent};
use crate::probe::basket::Basket;
use crate::probe::log::{Outcome, What};
use crate::probe::replica::Replicas;

/// How often somebody asks again who does not know.
const TRIES: u32 = 5;
/// And whoever wants to be there at all, or not to be there any more.
pub const PATIENCE: u32 = 25;
/// Between these.
pub const PAUSE: Duration = Duration::from_millis(200);
/// Things to buy, each the name of an order.
const PRODUCTS: u32 = 199;

pub struct ProbeClient {
    pub(super) number: u32,
    pub(super) username: String,
    pub(super) login: Option<Login>,
    pub diary: Diary,
    /// By how much it was late at most though it was free.
    pub own_delay: Duration,
    pub(super) common: Common,
    pub(super) replicas: Replicas,
    pub(super) random: fastrand::Rng,
    basket: Basket,
    turn: u32,
    /// Was refused, and has something to renew it with.
    pub(super) must_renew: bool,
}

impl ProbeClient {
    pub fn new(number: u32, common: Common) -> ProbeClient {
        ProbeClient {
            random: fastrand::Rng::with_seed(common.seed.wrapping_add(number.into())),
            number,
            username: format!("visitor-{number}"),
            login: None,
            diary: Diary::default(),
            own_delay: Duration::ZERO,
            common,
            basket: Basket::of(number),
            replicas: Replicas::default(),
            turn: number, // Else all would order at the same time.
            must_renew: false,
        }
    }

    /// The next thing that this client wants, asked once; where the answer is missing, later again.
    pub async fn errand(&mut self, due: Instant) {
        if self.login.is_none() {
            self.log_in(due).await;
            return;
        }
        self.turn += 1;
        if self.must_renew || self.common.runs.renew_one_in.is_some_and(|errands| self.turn.is_multiple_of(errands)) {
            self.renew(due).await;
            return;
        }
        match self.turn % 4 {
            0 => self.ask_who_i_am(due).await,
            1 => self.place_order(due).await,
            _ => self.go_on_with_the_checkout(due).await,
        };
    }

    /// Before the run: a server that is asked for many logins at once turns some away for now.
    pub async fn log_in_at_last(&mut self) -> Outcome {
        for _ in 0..PATIENCE {
            if self.log_in(Instant::now()).await == Outcome::Ok {
                return Outcome::Ok;
            }
            sleep(PAUSE).await;
        }
        self.log_in(Instant::now()).await
    }

    pub async fn log_in(&mut self, due: Instant) -> Outcome {
        let (outcome, answer) = self.ask(What::LogIn, credentials(&self.username, "visitor"), due).await;
        if let (Outcome::Ok, Some(answer)) = (outcome, answer)
            && let Ok(login) = Login::of(&answer)
        {
            self.diary.foreign += u64::from(login.username != self.username);
            self.login = Some(login);
        }
        outcome
    }

    /// With the refresh token or the session itself, and without a password.
    async fn renew(&mut self, due: Instant) {
        let Some(renewal) = self.login.as_ref().map(Login::refresh) else { return };
        match self.ask(What::Renew, renewal, due).await.0 {
            Outcome::Ok => {
                self.diary.renewed |= self.must_renew;
                self.must_renew = false;
            }
            Outcome::Unauthorized => self.must_renew = false, // There is nothing left to renew.
            _ => {}
        }
    }

    async fn ask_who_i_am(&mut self, due: Instant) {
        let (_, answer) = self.ask(What::Whoami, Request::get(paths::WHOAMI), due).await;
        let told = answer.and_then(|answer| serde_json::from_slice::<Whoami>(&answer.body).ok());
        self.diary.foreign += u64::from(told.is_some_and(|told| told.user.username != self.username));
    }

    /// A new order, or the last one again while nobody knows what became of it.
    async fn place_order(&mut self, due: Instant) {
        if self.diary.intents.last().is_none_or(Intent::is_settled) {
            let product = self.diary.intents.len() as u32 % PRODUCTS + 1;
            self.diary.intents.push(Intent::of(product.into(), self.random.u64(..)));
        }
        let last = self.diary.intents.len() - 1;
        self.order(last, due).await;
    }

    async fn order(&mut self, index: usize, due: Instant) {
        let Intent { product, key, .. } = self.diary.intents[index];
        let order = PlaceOrder { product_id: product, quantity: 1, user_id: None };
        let request = Request::post(paths::ORDERS).json(&order).with(paths::IDEMPOTENCY_KEY, format!("{key:016x}"));
        let (outcome, answer) = self.ask(What::Order, request, due).await;
        let placed = answer.and_then(|answer| serde_json::from_slice::<Order>(&answer.body).ok());
        self.diary.foreign += u64::from(placed.as_ref().is_some_and(|placed| self.is_foreign(placed)));
        self.diary.intents[index].came_to(outcome, placed.map(|placed| placed.id));
    }

    fn is_foreign(&self, order: &Order) -> bool {
        self.login.as_ref().is_some_and(|login| login.id != order.user_id)
    }

    async fn go_on_with_the_checkout(&mut self, due: Instant) {
        let (outcome, answer) = self.ask(What::Draft, self.basket.next(), due).await;
        self.basket.came_to(outcome, answer.as_ref(), &mut self.diary);
    }

    /// Afterwards: whatever is unknown is asked again with the same key, and the books are read.
    pub async fn settle(&mut self) {
        for index in 0..self.diary.intents.len() {
            if !self.diary.intents[index].is_settled() {
                self.again_until_known(index).await;
            }
        }
        if self.login.is_none() {
            self.log_in(Instant::now()).await;
        }
        if self.diary.holds_draft {
            let (outcome, answer) = self.ask(What::Draft, self.basket.look(), Instant::now()).await;
            self.basket.came_to(outcome, answer.as_ref(), &mut self.diary);
        }
        self.diary.listed = self.orders().await;
    }

    async fn again_until_known(&mut self, index: usize) {
        for _ in 0..TRIES {
            if self.login.is_none() {
                self.log_in(Instant::now()).await;
            }
            self.order(index, Instant::now()).await;
            if self.diary.intents[index].is_settled() {
                return;
            }
            sleep(PAUSE).await;
        }
    }

    /// All of them, page by page. None: the server did not say.
    pub(super) async fn orders(&mut self) -> Option<Vec<i64>> {
        let (mut ids, mut after) = (Vec::new(), None);
        loop {
            let query = after.map(|after: i64| format!("&after={after}")).unwrap_or_default();
            let page = Request::get(&format!("{}?limit=100{query}", paths::ORDERS));
            let (_, answer) = self.ask(What::Order, page, Instant::now()).await;
            let page: Page<Order> = serde_json::from_slice(&answer?.body).ok()?;
            self.diary.foreign += page.items.iter().filter(|order| self.is_foreign(order)).count() as u64;
            ids.extend(page.items.iter().map(|order| order.id));
            match page.next {
                Some(next) => after = Some(next),
                None => return Some(ids),
            }
        }
    }
}
