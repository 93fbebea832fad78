//! Logout races: does a request that was under way bring back what a logout ended?

use anyhow::{Result, ensure};

use crate::attacks::case::{Group, rule};
use crate::attacks::cases::replay::OUTLIVES;
use crate::attacks::cell::{Cell, asked, refused};
use crate::attacks::checkout::start;
use crate::attacks::judge::verdict;
use crate::attacks::target::Target;
use shared::api::paths;
use wire::half_open::HalfOpen;
use wire::login::{Login, credentials};
use wire::request::Request;

const ROUNDS: usize = 20;
const WRITES: usize = 10;
/// Of the order in which half-sent requests are finished: the same on every run.
const SEED: u64 = 7;

const SOURCE: &str = "OWASP ASVS 7.4.1, 15.4.2";

pub(super) fn group() -> Group {
    let half_sent = rule(SOURCE, asked(Cell::Accepted, refused(401))).by(half_sent);
    let cases = [
        half_sent
            .case("log out while a write is half sent, 20 times; then use the credential", (ROUNDS, 1))
            .weak(OUTLIVES),
        half_sent.case("log out while ten writes are half sent, finish them in any order", (1, WRITES)).weak(OUTLIVES),
        rule(SOURCE, refused(401))
            .case("log out beside a renewal, 20 times; renew or use what that gave", beside_a_renewal),
        rule(SOURCE, Cell::Accepted)
            .case("log out everywhere beside a login, 20 times: nobody gets an error", beside_a_login),
    ];
    Group::new("races", "Does a request that was under way bring back what a logout ended?", cases)
}

/// Writes whose heads the server has, and whose bodies it waits for, while their login ends.
async fn half_sent(target: &Target, (rounds, writes): (usize, usize)) -> Result<Cell> {
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut after = Vec::new();
    for round in 0..rounds {
        let owner = target.newcomer().await?;
        let mut halves = Vec::new();
        for at in 0..writes {
            let replica = &target.replicas[(round + at) % target.replicas.len()];
            halves.push(HalfOpen::begin(&replica.url, &start(&owner, 3)).await?);
        }
        ensure!(target.send(&owner.log_out()).await?.status == 204, "the logout failed");
        random.shuffle(&mut halves);
        for half in halves {
            let late = half.finish().await?;
            if !late.is_success() {
                late.check_refusal()?;
            }
            if let Some(cookie) = late.given_cookie() {
                let given = Login { cookie: Some(cookie), ..owner.clone() };
                let alive = target.send(&given.whoami()).await?;
                ensure!(alive.status == 401, "the late answer gave a cookie that is logged in");
            }
        }
        after.extend(target.send_everywhere(&owner.whoami()).await?);
    }
    verdict(&after)
}

/// Whichever of the two came first: what the renewal gave can be used no more. An access token lives to its `exp` where
/// nobody is asked, so there it is the next renewal that must fail.
async fn beside_a_renewal(target: &Target) -> Result<Cell> {
    let mut after = Vec::new();
    for _ in 0..ROUNDS {
        let owner = target.newcomer().await?;
        let (out, renewal) = (owner.log_out(), owner.refresh());
        let (out, renewed) = tokio::join!(target.send(&out), target.send(&renewal));
        let (out, renewed) = (out?, renewed?);
        ensure!(out.status == 204, "the logout failed: {} {}", out.status, out.text());
        after.push(match Login::of(&renewed) {
            Ok(login) if login.refresh.is_some() => target.send(&login.refresh()).await?,
            Ok(login) => target.send(&login.whoami()).await?,
            Err(_) => renewed,
        });
    }
    verdict(&after)
}

async fn beside_a_login(target: &Target) -> Result<Cell> {
    let mut answers = Vec::new();
    for _ in 0..ROUNDS {
        let owner = target.newcomer().await?;
        let everywhere = Request::new("DELETE", paths::SESSIONS).by(&owner);
        let login = credentials(&owner.username, "visitor");
        let (ended, login) = tokio::join!(target.send(&everywhere), target.send(&login));
        answers.extend([ended?, login?]);
    }
    verdict(&answers)
}
