//! Revocation run: what is taken in one fleet, and from how many?

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use report::recording::{Event, Exposure, Mode, Taken, Told, Upkeep};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use wire::connection::Connection;

use crate::experiments::revocation::copy::Copy;
use crate::experiments::revocation::people::{ADMIN, Person, USER};
use crate::experiments::revocation::{LOGIN, REPLICAS, STARTED};
use crate::fleet::Fleet;
use crate::fleet::meters::Meters;

/// Between one loss and the next: ten of them are spread over a second, for tokens end when a second does.
const APART: Duration = Duration::from_millis(100);
/// Of each person, at each replica that knows them.
const ORDINARY: u64 = 8;

#[derive(Clone, Copy)]
pub(super) struct Arm {
    pub(super) mode: Mode,
    /// Of a credential, while nobody renews it.
    pub(super) lifetime: Duration,
    pub(super) people: u32,
    pub(super) patience: Duration,
}

/// Somebody from whom something will be taken.
struct Victim {
    person: Person,
    taken: Taken,
    told: Told,
}

/// One for each replica: where sessions are in memory, only there can they be changed.
type Admins = Arc<Mutex<Vec<Person>>>;

impl Arm {
    pub(super) fn visitors(self) -> u32 {
        self.people * self.losses().len() as u32
    }

    pub(super) fn takes(self) -> Duration {
        let outlived = match self.mode {
            mode if mode.outlives_logout() => self.lifetime + Duration::from_millis(1500),
            mode if mode.is_sticky() => self.patience,
            _ => APART,
        };
        STARTED + LOGIN * (self.visitors() + REPLICAS) + APART * self.people + outlived
    }

    /// A replica that does not know a login can be told anyway. That makes a difference where replicas share nothing, and
    /// elsewhere it is the harder case.
    fn losses(self) -> Vec<(Taken, Told)> {
        let told: &[Told] = if self.mode.is_sticky() { &[Told::Same, Told::Another] } else { &[Told::Another] };
        told.iter().flat_map(|told| [(Taken::Login, *told), (Taken::Role, *told)]).collect()
    }

    /// What was seen of all of them.
    ///
    /// # Errors
    /// Somebody cannot log in, or nothing can be taken from them.
    pub(super) async fn carried_out(self, fleet: &Fleet) -> anyhow::Result<Vec<Event>> {
        let urls: Arc<[String]> = fleet.urls().map(str::to_owned).collect();
        let meters = Meters::on(fleet, urls.len() as u32);
        let mut victims = self.victims(&urls).await?;
        let mut admins = Vec::new();
        for replica in 0..urls.len() {
            admins.push(Person::admin(&urls, replica).await?);
        }
        let upkeep = self.upkeep(&urls, &mut victims, &meters).await?;
        for victim in victims.iter().filter(|victim| victim.taken == Taken::Role) {
            let home = victim.person.home;
            admins[home].renew(&urls).await?;
            admins[home].assign(&urls[home], &victim.person, ADMIN).await?;
        }
        let exposures = self.all_at_once(&urls, victims, Arc::new(Mutex::new(admins))).await?;
        Ok(exposures.into_iter().map(Event::Exposure).chain([Event::Upkeep(upkeep)]).collect())
    }

    async fn victims(self, urls: &[String]) -> anyhow::Result<Vec<Victim>> {
        let mut victims = Vec::new();
        for _ in 0..self.people {
            for (taken, told) in self.losses() {
                let person = Person::visitor(urls, victims.len() as u32 + 1).await?;
                victims.push(Victim { person, taken, told });
            }
        }
        Ok(victims)
    }

    /// A renewal each, then ordinary requests of people whom every replica has seen.
    async fn upkeep(self, urls: &[String], victims: &mut [Victim], meters: &Meters<'_>) -> anyhow::Result<Upkeep> {
        let mut renewals = 0;
        let before = meters.start().await?;
        for victim in victims.iter_mut() {
            renewals += u64::from(victim.person.needs_renewal());
            victim.person.renew(urls).await?;
        }
        let renewing = meters.stop(&before).await?.work;
        self.ordinary(urls, victims, 1).await?;
        let before = meters.start().await?;
        let requests = self.ordinary(urls, victims, ORDINARY).await?;
        let asking = meters.stop(&before).await?.work;
        Ok(Upkeep {
            mode: self.mode,
            lifetime: self.lifetime,
            requests,
            store_calls: asking.store_calls,
            renewals,
            renewal_statements: renewing.sql_statements,
        })
    }

    async fn ordinary(self, urls: &[String], victims: &[Victim], times: u64) -> anyhow::Result<u64> {
        let mut answered = 0;
        for (replica, url) in urls.iter().enumerate() {
            let mut connection = Connection::open(url).await?;
            let known = |victim: &&Victim| !self.mode.is_sticky() || victim.person.home == replica;
            for victim in victims.iter().filter(known) {
                for _ in 0..times {
                    let status = connection.send(&victim.person.login.whoami()).await?.status;
                    ensure!(status == 200, "an ordinary request was answered with {status}");
                    answered += 1;
                }
            }
        }
        Ok(answered)
    }

    async fn all_at_once(
        self,
        urls: &Arc<[String]>,
        victims: Vec<Victim>,
        admins: Admins,
    ) -> anyhow::Result<Vec<Exposure>> {
        let mut trials = JoinSet::new();
        let each = self.losses().len() as u32;
        for (number, victim) in (0..).zip(victims) {
            let wait = APART * (number / each) + APART / each * (number % each);
            let (urls, admins) = (urls.clone(), admins.clone());
            trials.spawn(async move {
                tokio::time::sleep(wait).await;
                self.one(&urls, victim, &admins).await
            });
        }
        let mut exposures = Vec::new();
        while let Some(seen) = trials.join_next().await {
            exposures.push(seen.context("a trial broke off")??);
        }
        Ok(exposures)
    }

    async fn one(self, urls: &[String], mut victim: Victim, admins: &Mutex<Vec<Person>>) -> anyhow::Result<Exposure> {
        let Victim { person, taken, told } = &mut victim;
        let at = match told {
            Told::Same => person.home,
            Told::Another => (person.home + 1) % urls.len(),
        };
        let (request, take) = match taken {
            Taken::Login => {
                person.renew(urls).await?;
                (person.login.whoami(), person.login.log_out())
            }
            Taken::Role => {
                let mut admins = admins.lock().await;
                admins[at].renew(urls).await?;
                person.renew(urls).await?; // Not before: a short life could end while others have their turn.
                (person.pry(&admins[at]), admins[at].assigning(person, USER))
            }
        };
        let copy = Copy::known(urls, request).await?;
        let nothing = Exposure {
            mode: self.mode,
            lifetime: self.lifetime,
            taken: *taken,
            told: *told,
            asked: 0,
            accepted: 0,
            last_accepted: Duration::ZERO,
            refused_from: Duration::ZERO,
            given_up: false,
        };
        copy.outlived(nothing, (&urls[at], &take), self.patience).await
    }
}
