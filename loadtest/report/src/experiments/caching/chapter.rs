//! Chapter of `caching`: how is it told?

use crate::article::{Figure, Section, Table, or_dash, sentences};
use crate::chart::grid::{Grid, GridRow, Square, Standing};
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::ANSWERS;
use crate::experiments::caching::{Caching, Setting, Sum, is_private, is_public};
use crate::experiments::each_once;
use crate::format::{self, count, counted};
use crate::labels;
use crate::recording::{AnswerFields, Brought, CacheTrial, CredentialRule, Mode, Revalidation, SharedCache};

pub(crate) fn section(found: &Caching) -> Section {
    Section {
        figures: [who_answers(found)]
            .into_iter()
            .chain(leaked(found))
            .chain(again(found))
            .chain([traffic(found), said(found)])
            .collect(),
        measured: sentences([
            "A real cache before each server, a fresh one for each line. Several people ask it in turn for the same; for what \
             is private a stranger without a credential asks as well, at last.",
            "A hit is what the cache itself calls one. A leak is an answer that names, by name or id, somebody who did not \
             ask. The bytes from the origin were counted between the two.",
            "“As installed” is a cache that was told nothing: nginx does not look at what a request brings, and Varnish \
             passes on whatever brings a cookie or Authorization, so that such a request is neither answered from the \
             cache nor kept. “As the RFC says” is RFC 9111, section 3.5: an answer to Authorization is not kept unless it \
             allows it. The RFC has no such rule for Cookie.",
        ]),
        not_shown: vec![
            "A cache within the browser, which may keep private answers for its one user.",
            "What a cache does under load, or when its origin is gone.",
            "Purging: here answers are kept for a minute and then forgotten.",
        ],
    }
}

/// What is asked for, and with what, in the columns of a side.
type Column = (&'static str, fn(&CacheTrial) -> bool);

const COLUMNS: [Column; 4] = [
    ("public", |trial| is_public(trial) && trial.brought == Brought::Nothing),
    ("+ token", |trial| is_public(trial) && trial.brought == Brought::Authorization),
    ("+ cookie", |trial| is_public(trial) && trial.brought == Brought::Cookie),
    ("private", is_private),
];

fn who_answers(found: &Caching) -> Figure {
    let sides = [STATELESS, STATEFUL].map(|mode| (mode, COLUMNS.map(|(name, _)| name).to_vec()));
    let row = |setting: &Setting| GridRow {
        label: told(*setting),
        squares: sums(found, *setting).into_iter().map(|(_, private, sum)| square(private, sum)).collect(),
    };
    let rows = found.settings.iter().map(row).collect();
    let heads = sides.iter().flat_map(|(mode, names)| names.iter().map(|name| format!("{} {name}", side(*mode))));
    let cells = |setting: &Setting| {
        let cells = sums(found, *setting).into_iter().map(|(_, _, sum)| in_words(sum));
        [told(*setting)].into_iter().chain(cells).collect()
    };
    Figure::new(
        "Who answers, the cache or the server?",
        "The share of answers that came from the cache. Public answers may, asked for with nothing, with a token or with \
         a cookie, and it spares the server work; private ones may not. ● the cache, ○ the server; a frame marks what the \
         cache could have answered, and a filled square a cache that gave people what is somebody else's. It is never all: \
         whoever comes first is fetched for.",
        Table::new([String::new()].into_iter().chain(heads)).with(found.settings.iter().map(cells)),
    )
    .drawn(Grid { columns: sides.to_vec(), rows })
}

/// In the order of the columns: on which side, whether it is private, and what it came to.
fn sums(found: &Caching, setting: Setting) -> Vec<(Mode, bool, Sum)> {
    let columns = [STATELESS, STATEFUL].into_iter().flat_map(|mode| COLUMNS.map(|column| (mode, column)));
    let sum = |(mode, (name, which)): (Mode, Column)| {
        (mode, name == "private", found.sum(|trial| is_here(trial, setting, mode) && which(trial)))
    };
    columns.map(sum).collect()
}

fn square(private: bool, sum: Sum) -> Square {
    let share = format::percent(sum.share());
    let (signs, word, standing) = match (sum.answered, sum.leaks) {
        (0, _) => ("–", "not tried".to_owned(), Standing::Plain),
        (_, 1..) => ("✖", format!("{} leaks", count(sum.leaks)), Standing::Alarm),
        _ if sum.share() >= ANSWERS => ("●", share, Standing::Well),
        _ if private => ("○", "not kept".to_owned(), Standing::Plain),
        _ if sum.hits > 0 => ("◐", share, Standing::Plain),
        _ => ("○", share, Standing::Weak),
    };
    Square { signs: signs.into(), word, standing }
}

fn in_words(sum: Sum) -> String {
    match sum.leaks {
        0 => sum.told(),
        leaks => format!("{}, {} LEAKED", sum.told(), count(leaks)),
    }
}

/// None when nobody was given what is another's.
fn leaked(found: &Caching) -> Option<Figure> {
    let row = |(setting, mode)| {
        let leaks = |trial: &&CacheTrial| is_here(trial, setting, mode) && trial.leaks > 0;
        let leaking: Vec<&CacheTrial> = found.trials.iter().filter(leaks).collect();
        let first = leaking.first()?.leaked.first();
        let sum = found.sum(|trial| leaking.contains(&trial));
        let paths: Vec<&str> = leaking.iter().map(|trial| trial.path.as_str()).collect();
        Some(vec![
            format!("{}: {}", side(mode), told(setting)),
            counted(sum.leaks, sum.answered),
            paths.join(", "),
            first.map(|who| format!("of {who}")).unwrap_or_default(),
        ])
    };
    let table = Table::new(["", "leaks", "asked for", "the first of them"]);
    Figure::new(
        "Who was given whose answer",
        "Each line is a fault of the cache's configuration, and none of the server: it had said that the answer is \
         private.",
        table.with(everywhere(found).filter_map(row)),
    )
    .unless_empty()
}

/// Of this side, in this setting.
fn is_here(trial: &CacheTrial, setting: Setting, mode: Mode) -> bool {
    Setting::of(trial) == setting && trial.mode == mode
}

/// Each setting on each side.
fn everywhere(found: &Caching) -> impl Iterator<Item = (Setting, Mode)> {
    found.settings.iter().flat_map(|setting| [STATELESS, STATEFUL].map(|mode| (*setting, mode)))
}

/// None when no answer could be asked for again.
fn again(found: &Caching) -> Option<Figure> {
    let installed = everywhere(found).filter(|(setting, _)| setting.is_as_installed());
    let columns = installed.flat_map(|(setting, mode)| COLUMNS.map(|column| (setting, mode, column)));
    let row = |(setting, mode, (name, which)): (Setting, Mode, Column)| {
        let here = |trial: &&CacheTrial| is_here(trial, setting, mode) && which(trial);
        let again = found.trials.iter().filter(here).filter_map(|trial| trial.again.as_ref());
        let seen: Vec<&Revalidation> = again.collect();
        let sum = |of: fn(&Revalidation) -> u64| seen.iter().map(|seen| of(seen)).sum();
        (!seen.is_empty()).then(|| {
            vec![
                format!("{}: {}, {name}", side(mode), labels::shared_cache(setting.cache)),
                counted(sum(|seen| seen.not_modified.into()), sum(|seen| seen.requests.into())),
                count(sum(|seen| seen.saved_bytes)),
                count(sum(|seen| seen.origin_bytes)),
            ]
        })
    };
    let table = Table::new(["", "304", "bytes saved towards people", "bytes from the server for it"]);
    Figure::new(
        "What an ETag saves",
        "The same people ask once more and say which answer they have, through caches as they are installed. Where it \
         is still right, they are told so in a few bytes; whether the server was asked as well, the last column says.",
        table.with(columns.filter_map(row)),
    )
    .unless_empty()
}

fn traffic(found: &Caching) -> Figure {
    let head = ["", "public: from the server", "public: to people", "private: from the server", "private: to people"];
    let row = |(setting, mode)| {
        let bytes = |which: fn(&CacheTrial) -> bool, of: fn(&CacheTrial) -> u64| {
            let here = |trial: &&CacheTrial| is_here(trial, setting, mode) && which(trial);
            format::bytes(found.trials.iter().filter(here).map(of).sum())
        };
        vec![
            format!("{}: {}", side(mode), told(setting)),
            bytes(is_public, |trial| trial.origin_bytes),
            bytes(is_public, |trial| trial.client_bytes),
            bytes(is_private, |trial| trial.origin_bytes),
            bytes(is_private, |trial| trial.client_bytes),
        ]
    };
    Figure::new(
        "What the server is spared",
        "Bytes of all answers together, heads included, without those that were asked for by If-None-Match.",
        Table::new(head).with(everywhere(found).map(row)),
    )
}

/// What each answer says of itself, which an obedient cache goes by.
fn said(found: &Caching) -> Figure {
    let paths = each_once(found.trials.iter().map(|trial| trial.path.as_str()).filter(|path| !path.contains('?')));
    let row = |path: &str| {
        let on = |mode| found.trials.iter().find(|trial| trial.mode == mode && trial.path == path);
        vec![path.to_owned(), or_dash(on(STATELESS), fields), or_dash(on(STATEFUL), fields)]
    };
    let table = Table::new(["", "stateless", "stateful"]).with(paths.into_iter().map(row));
    Figure::new(
        "What the answers say",
        "Cache-Control, and what the answer varies by. The control at /api/anonymous is the same for everybody, yet \
         says no-store: an obedient cache leaves it to the server.",
        table,
    )
}

fn fields(trial: &CacheTrial) -> String {
    let control = if trial.cache_control.is_empty() { "nothing" } else { &trial.cache_control };
    if trial.vary.is_empty() { control.to_owned() } else { format!("{control}; Vary: {}", trial.vary) }
}

fn told(setting: Setting) -> String {
    let cache = labels::shared_cache(setting.cache);
    let fields = match setting.fields {
        AnswerFields::Kept => "headers obeyed",
        AnswerFields::Dropped => "headers ignored",
    };
    let rule = match (setting.cache, setting.rule) {
        (_, CredentialRule::AsInstalled) => "as installed",
        (_, CredentialRule::AsTheRfc) => "credentials as the RFC says",
        (SharedCache::Nginx | SharedCache::Varnish, CredentialRule::Overlooked) => "credentials overlooked",
    };
    format!("{cache}, {fields}, {rule}")
}

fn side(mode: Mode) -> &'static str {
    if mode.is_stateless() { "stateless" } else { "stateful" }
}
