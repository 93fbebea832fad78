//! Promises under check: is every declared difference there, whichever way it is declared?

use anyhow::Result;

use crate::contract::client::Client;
use crate::contract::expect::{holds, same};
use crate::contract::fates::{LAG, becomes, befalls, known_at, look, stays};
use crate::contract::report::Report;
use crate::contract::response::CheckedResponse;
use crate::contract::visitor::{Person, Visitor};
use crate::contract::{RedisAccess, crossings, in_time, outages};
use rig::replica::Replica;
use shared::api::account::{ChangeRoles, Role, User};
use shared::api::checkout::CheckoutState;
use shared::api::meta::{CredentialKind, Holder, Meta};
use shared::api::paths;
use shared::api::problem::Code;
use shared::modes::entry::Store;
use shared::modes::promises::{Copied, Promises, Replicas, RoleTaken, Sent};

/// One assertion for each field of [`Promises`], reported under its name. None relies on another promise: all visitors
/// ask the first replica, and the others are asked where that is the question.
pub(super) async fn check(
    client: &Client,
    store: Store,
    redis: RedisAccess<'_>,
    spare: Option<Replica>,
    report: &mut Report,
) {
    // No `..`: a promise that nothing asserts does not compile, or is an unused variable.
    let Promises {
        credential,
        sent,
        draft,
        copied_credential,
        role_taken,
        cross_site,
        replicas,
        replica_killed,
        redis_gone,
        redis_emptied,
        store_calls,
    } = client.promises;
    // At the same time: what lives on for a second takes a second to be seen.
    let outcomes = tokio::join!(
        in_time(is_of_this_kind(client, credential)),
        in_time(has_this_size(client, sent)),
        in_time(is_held_by(client, draft)),
        in_time(dies_or_lives(client, copied_credential)),
        in_time(is_gone(client, role_taken)),
        in_time(crossings::answered(client, cross_site)),
    );
    report.add("credential", outcomes.0);
    report.add("sent", outcomes.1);
    report.add("draft", outcomes.2);
    report.add("copied_credential", outcomes.3);
    report.add("role_taken", outcomes.4);
    report.add("cross_site", outcomes.5);
    match client.replicas() {
        1 => report.not_asked.push("replicas"),
        _ => report.add("replicas", in_time(answer(client, replicas)).await),
    }
    match spare {
        None => report.not_asked.push("replica_killed"),
        Some(spare) => report.add("replica_killed", in_time(outages::killed(client, spare, replica_killed)).await),
    }
    match redis {
        RedisAccess::Count(count) => {
            report.add("store_calls", in_time(costs(client, count, (store, store_calls))).await);
            report.not_asked.extend(["redis_gone", "redis_emptied"]);
        }
        RedisAccess::Break(redis) => {
            let count = || redis.commands_answered();
            report.add("store_calls", in_time(costs(client, &count, (store, store_calls))).await);
            report.add("redis_gone", in_time(outages::gone(client, redis, redis_gone)).await);
            report.add("redis_emptied", in_time(outages::emptied(client, redis, redis_emptied)).await);
        }
    }
}

async fn is_of_this_kind(client: &Client, kind: CredentialKind) -> Result<()> {
    let meta: Meta = client.nobody().get(paths::META).await?.json(200)?;
    same("GET /api/meta", &kind, &meta.credential)?;
    let visitor = client.nobody_at(0);
    let answer = visitor.try_log_in(Person::Visitor(1)).await?;
    let given = visitor.kept();
    let is_token = (given.access_token.is_some(), given.refresh_token.is_some(), given.cookie.is_some());
    match kind {
        CredentialKind::Bearer => same(&answer.to, &(true, true, false), &is_token)?,
        CredentialKind::Cookie => same(&answer.to, &(false, false, true), &is_token)?,
    }
    for answer in [answer, visitor.get(paths::WHOAMI).await?, visitor.refresh().await?, visitor.log_out().await?] {
        for cookie in answer.headers.all("set-cookie") {
            holds(&answer.to, "a cookie where that is the credential", cookie, kind == CredentialKind::Cookie)?;
            holds(&answer.to, "a cookie for this host alone, out of reach of scripts", cookie, is_guarded(cookie))?;
        }
    }
    let challenge = client.nobody().get(paths::WHOAMI).await?;
    let is_bearer = challenge.header("www-authenticate").starts_with("Bearer");
    same("WWW-Authenticate: Bearer", &(kind == CredentialKind::Bearer), &is_bearer)
}

/// The seed's name for it over http, and the prefix that binds it to https (RFC 6265bis, section 4.1.3.2).
fn is_guarded(cookie: &str) -> bool {
    let attributes: Vec<_> = cookie.split("; ").skip(1).collect();
    let has = |attribute| attributes.contains(&attribute);
    let everywhere = has("HttpOnly") && has("SameSite=Lax") && has("Path=/") && !cookie.contains("Domain");
    everywhere && if has("Secure") { cookie.starts_with("__Host-sessionId=") } else { cookie.starts_with("sessionId=") }
}

async fn has_this_size(client: &Client, sent: Sent) -> Result<()> {
    let mut sizes = Vec::new();
    for person in [Person::Jane, Person::John] {
        let given = client.log_in_at(0, person).await?.kept();
        sizes.push(given.access_token.or(given.cookie).map(|credential| letters(&credential)));
    }
    match sent {
        Sent::GrowsWithClaims => {
            holds("letters sent by a user and an admin", "more for more roles", &sizes, sizes[0] < sizes[1])
        }
        Sent::FixedSize => holds("letters sent by a user and an admin", "the same", &sizes, sizes[0] == sizes[1]),
    }
}

/// A cookie writes some letters of Base64 as three, and which ones come up is chance.
fn letters(credential: &str) -> usize {
    credential.len() - 2 * credential.matches('%').count()
}

async fn is_held_by(client: &Client, holder: Holder) -> Result<()> {
    let meta: Meta = client.nobody().get(paths::META).await?.json(200)?;
    same("GET /api/meta", &holder, &meta.state_held_by)?;
    let visitor = client.log_in_at(0, Person::Visitor(1)).await?;
    let state: CheckoutState = visitor.start_checkout().await?;
    same("POST /api/checkout gives a draft", &(holder == Holder::Client), &state.draft.is_some())?;
    let without = visitor.copy();
    without.keep(|kept| kept.draft = None);
    let answer = without.get(paths::CHECKOUT).await?;
    match holder {
        Holder::Client => answer.refused(Code::CheckoutNotStarted).map(drop),
        _ => same(&answer.to, &state, &answer.json(200)?),
    }
}

async fn dies_or_lives(client: &Client, promised: Copied) -> Result<()> {
    let visitor = client.log_in_at(0, Person::Visitor(1)).await?;
    let copy = visitor.copy();
    visitor.log_out().await?.has_status(204)?;
    if promised == Copied::LivesToItsExpiry {
        stays(&copy, &[0], "200", |answer| answer.status == 200).await?;
    }
    befalls(client, &copy, promised).await
}

/// Somebody is made an admin, and unmade while logged in.
async fn is_gone(client: &Client, promised: RoleTaken) -> Result<()> {
    let john = client.log_in_at(0, Person::John).await?;
    let visitor = client.nobody_at(0);
    let User { id, .. } = visitor.log_in(Person::Visitor(7)).await?.user;
    assign(&john, id, vec![Role::User, Role::Admin]).await?;
    visitor.log_in(Person::Visitor(7)).await?;
    let known = known_at(client, &visitor).await?;
    assign(&john, id, vec![Role::User]).await?;
    match promised {
        RoleTaken::AtExpiryOrRefresh => stays(&visitor, &known, "an admin", is_admin).await?,
        // Whoever is refused can do no more than whoever may do less: the login goes on with its next renewal.
        RoleTaken::WithinASecond => {
            for replica in known {
                becomes(&visitor, replica, LAG, "no admin", |answer| !is_admin(answer)).await?;
            }
        }
        RoleTaken::NextRequest => {
            for replica in known {
                let answer = look(&visitor, replica).await?;
                same(&answer.to, &vec![Role::User], &answer.json::<User>(200)?.roles)?;
            }
        }
    }
    visitor.refresh().await?.has_status(200)?;
    same("GET /api/whoami after a refresh", &vec![Role::User], &visitor.whoami().await?.roles)
}

async fn assign(admin: &Visitor, id: i64, roles: Vec<Role>) -> Result<()> {
    let path = paths::ROLES.replace("{id}", &id.to_string());
    admin.put(&path, &ChangeRoles { roles }).await?.has_status(200).map(drop)
}

fn is_admin(answer: &CheckedResponse) -> bool {
    answer.json::<User>(200).is_ok_and(|user| user.roles.contains(&Role::Admin))
}

async fn answer(client: &Client, replicas: Replicas) -> Result<()> {
    let visitor = client.log_in_at(0, Person::Visitor(1)).await?;
    let known = known_at(client, &visitor).await?;
    match replicas {
        Replicas::Any => same("replicas that know a client", &(0..client.replicas()).collect(), &known),
        Replicas::Sticky => same("replicas that know a client", &vec![0], &known),
    }
}

/// Requests over which store calls are counted.
const REQUESTS: u64 = 20;

async fn costs(
    client: &Client,
    redis_commands: &(dyn Fn() -> Result<u64> + Sync),
    (store, calls): (Store, u64),
) -> Result<()> {
    let visitor = client.log_in_at(0, Person::Visitor(1)).await?;
    visitor.whoami().await?;
    let before = (redis_commands()?, sql_statements(client).await?);
    for _ in 0..REQUESTS {
        visitor.whoami().await?;
    }
    let asked = (redis_commands()? - before.0, sql_statements(client).await? - before.1);
    let promised = match store {
        Store::Nobody | Store::Process | Store::Redis => (calls * REQUESTS, 0),
        Store::Sql => (0, calls * REQUESTS),
    };
    same("Redis commands and SQL statements for 20 × GET /api/whoami", &promised, &asked)
}

/// Of all replicas so far, as they count themselves.
async fn sql_statements(client: &Client) -> Result<u64> {
    let mut all = 0.0;
    for replica in 0..client.replicas() {
        let page = client.nobody_at(replica).get(paths::METRICS).await?.has_status(200)?.body.clone();
        let counted = page.lines().find_map(|line| line.strip_prefix("sql_calls_total ")?.trim().parse::<f64>().ok());
        all += counted.unwrap_or(0.0);
    }
    Ok(all as u64)
}
