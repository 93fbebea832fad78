//! Chapter of `revocation`: how is it told?

use crate::article::{Columns, Figure, Section, Table, or_dash, sentences};
use crate::chart::bars::{Bar, Bars, Part, Tone};
use crate::chart::tradeoff::{Dot, Kind, Tradeoff};
use crate::evidence::rank::worse_than_all;
use crate::evidence::sides::STATEFUL;
use crate::evidence::thresholds::AT_ONCE;
use crate::experiments::revocation::{Arm, Price, Revocation};
use crate::format::{self, counted, number, percent};
use crate::recording::{Mode, Taken, Told, Workload};

/// Seconds: a lifetime as many choose it, for the end of the line that nobody measured.
const USUAL: f64 = 900.0;

pub(crate) fn section(found: &Revocation) -> Section {
    let figures = [frontier(found), roles(found), price(found)].into_iter().flatten().collect();
    Section {
        figures,
        measured: measured(found),
        not_shown: vec![
            "A replica that is cut off from Redis: the contract promises that a near cache then answers for a second at \
             most, and the experiment `lose-redis` cuts it off.",
            "A token that was half used up when its owner logged out: here each was new, so that its exposure is the \
             longest there is.",
            "Clocks that differ. Where they do, a token lives longer or shorter by as much.",
            "A network between the replicas and Redis, over which the news of a logout would take longer to reach a near \
             cache.",
        ],
    }
}

fn measured(found: &Revocation) -> Vec<String> {
    let people = found.arms.iter().map(|arm| arm.people).min().unwrap_or(0);
    let mut measured = sentences([
        "Each fleet had three replicas, and each of them had seen the credential. The logout was answered by a replica \
         other than that of the login. From then on a copy asked all three at once, again and again, until all of them \
         refused it. After 2 % of the time since it asked again, so that a millisecond is told as well as a second.",
        "Whoever held a token renewed it just before, so that the whole of its life lay before it.",
        "An exposure ends when the first request was sent that all replicas refused, and everything after it; a copy that \
         was never let in has none.",
        "Store calls are what Redis counted (INFO commandstats), or the servers where sessions are in SQL, divided by \
         ordinary requests of people whom each replica had seen before; statements are what the servers counted.",
    ]);
    if people > 0 {
        measured.push(format!(
            "From the longest exposure of {people} people it can be told, with 95 % confidence, that no more than {} of all \
             would be exposed for longer.",
            percent(worse_than_all(people)),
        ));
    }
    measured
}

fn frontier(found: &Revocation) -> Option<Figure> {
    let tokens = found.arms.iter().filter(|arm| (arm.taken, arm.mode) == (Taken::Login, Mode::Jwt));
    let longest = tokens.map(|arm| arm.longest).fold(0.0, f64::max);
    let by_rule = (longest > 0.0 && longest < USUAL).then_some((longest, USUAL));
    exposures(
        found,
        Taken::Login,
        ("let in for so long after the logout", by_rule),
        "What an end costs",
        "Each dot is a way to know who is calling: how long a copy of the credential was let in after its owner had \
         logged out (the longest of all; the bar reaches down to the shortest), against what each ordinary \
         request asks of a store. Bottom left is the corner that everybody wants. A token on the left edge comes \
         down only by living a shorter life; the dashed line is where longer lives would be. A hollow dot in the \
         corner is good only as long as the client stays with the one replica that knows it; its twin further up \
         is the same session when another replica was told.",
    )
}

fn roles(found: &Revocation) -> Option<Figure> {
    exposures(
        found,
        Taken::Role,
        ("let in for so long after the role was taken", None),
        "A role that was taken away",
        "The same for somebody who was an admin until just now, and goes on looking at others: a token says so \
         until it ends, if its owner does not renew it. A session in memory is reached by the admin only at its \
         own replica.",
    )
}

/// None where nothing of the kind was taken.
fn exposures(
    found: &Revocation,
    taken: Taken,
    (upwards, by_rule): (&'static str, Option<(f64, f64)>),
    title: &str,
    caption: &str,
) -> Option<Figure> {
    let arms: Vec<&Arm> = found.arms.iter().filter(|arm| arm.taken == taken).collect();
    let dots: Vec<Dot> = arms.iter().filter_map(|arm| dot(arm)).collect();
    let figure = Figure::new(title, caption, table(&arms));
    figure.drawn_if(!dots.is_empty(), Tradeoff { upwards, dots, by_rule }).unless_empty()
}

fn table(arms: &[&Arm]) -> Table {
    Columns::<Arm>(&[
        ("", label),
        ("median (95 %)", |arm| at_least(arm, arm.median.told(seconds))),
        ("p95", |arm| or_dash(arm.p95, |value| at_least(arm, seconds(value)))),
        ("longest", |arm| at_least(arm, seconds(arm.longest))),
        ("never let in", |arm| counted(arm.none_seen, arm.people)),
        ("over at once", |arm| counted(arm.people - arm.outlived, arm.people)),
        ("store calls", |arm| or_dash(arm.store_calls, number)),
    ])
    .of(arms.iter().copied())
}

fn at_least(arm: &Arm, told: String) -> String {
    if arm.given_up > 0 { format!("> {told}") } else { told }
}

fn seconds(value: f64) -> String {
    if value == 0.0 { "none".into() } else { format::micros(value * 1e6) }
}

/// None: nobody counted what it asks.
fn dot(arm: &Arm) -> Option<Dot> {
    let kind = match arm {
        _ if arm.given_up > 0 => Kind::NoEnd,
        _ if arm.mode.is_sticky() => Kind::Sticky,
        _ => Kind::Seen,
    };
    let (shortest, longest) = (arm.shortest, arm.longest);
    Some(Dot { label: label(arm), mode: arm.mode, store_calls: arm.store_calls?, shortest, longest, kind })
}

/// Short enough to stand beside a dot.
fn label(arm: &Arm) -> String {
    let life = format::lifetime(arm.lifetime);
    let short = arm.mode.entry().short_label;
    match arm.told {
        _ if arm.mode.outlives_logout() => short.replacen("token", &format!("token of {life}"), 1),
        Told::Another if arm.mode.is_sticky() => format!("{short}, another replica told"),
        Told::Same | Told::Another => short.into(),
    }
}

/// What short lives cost. None where nothing was renewed.
fn price(found: &Revocation) -> Option<Figure> {
    let renewing = found.prices.iter().filter(|price| price.mode == Mode::Jwt && price.renewals > 0);
    let lookups = found.prices.iter().find(|price| price.mode == STATEFUL).map(|price| price.store_calls);
    let lookups = lookups.filter(|calls| *calls > 0.0);
    // Of one login in use, which renews as often as it must; by arithmetic.
    let a_second = |price: &Price| Some(price.statements_a_renewal? / price.lifetime);
    let renewing: Vec<_> = renewing.filter_map(|price| Some((price, a_second(price)?, lookups))).collect();
    let table = Columns::<(&Price, f64, Option<f64>)>(&[
        ("", |(price, ..)| token_of(price)),
        ("renewals a second", |(price, ..)| number(1.0 / price.lifetime)),
        ("SQL statements a renewal", |(price, ..)| or_dash(price.statements_a_renewal, number)),
        ("SQL statements a second", |(_, statements, _)| number(*statements)),
        ("a session asks more from", |(_, statements, lookups)| {
            or_dash(*lookups, |calls| format!("{} requests/s", number(statements / calls)))
        }),
    ])
    .of(&renewing);
    let caption = format!(
        "A login in use renews its token whenever that has ended. The statements of a renewal were counted; how often \
         it comes is arithmetic, one in a lifetime. The last column counts a statement and a store call alike: who asks \
         less often than so many times a second would ask the stores less with a session in Redis. And no life is short \
         enough to end within {}.",
        format::micros(AT_ONCE * 1e6),
    );
    let part = |amount| Part::new("SQL statements of one login in use", amount, Tone::Full);
    let bar = |(price, statements, _): &(&Price, f64, _)| Bar {
        label: token_of(price),
        mode: price.mode,
        workload: Workload::Whoami,
        parts: vec![part(*statements)],
    };
    let bars = renewing.iter().map(bar).collect();
    let told = |value| format!("{}/s", number(value));
    Figure::new("What a short life costs", caption, table).drawn(Bars { told, bars }).unless_empty()
}

fn token_of(price: &Price) -> String {
    format!("token of {}", format::lifetime(price.lifetime))
}
