//! Chapter of `caching`: how is it told?

use crate::article::{Figure, Section, Table};
use crate::chart::boxed;
use crate::chart::grid::{Grid, GridRow, Square, Standing};
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::ANSWERS;
use crate::experiments::caching::findings::{Caching, Setting, Sum, is_public};
use crate::recording::{AnswerFields, Brought, CacheTrial, CredentialRule, MeantFor, Mode, Revalidation, SharedCache};
use crate::words;
use crate::words::count;

pub(crate) fn section(found: &Caching) -> Section {
    Section {
        figures: [who_answers(found)].into_iter().chain(leaked(found)).chain(again(found)).chain([traffic(found), said(found)]).collect(),
        measured: vec![
            "A real cache before each server, a fresh one for each line. Several people ask it in turn for the same; for what \
             is private a stranger without a credential asks as well, at last."
                .into(),
            "A hit is what the cache itself calls one. A leak is an answer that names, by name or id, somebody who did not \
             ask. The bytes from the origin were counted between the two."
                .into(),
            "“As installed” is a cache that was told nothing: nginx does not look at what a request brings, and Varnish \
             passes on whatever brings a cookie or Authorization, so that such a request is neither answered from the \
             cache nor kept. “As the RFC says” is RFC 9111, section 3.5: an answer to Authorization is not kept unless it \
             allows it. The RFC has no such rule for Cookie."
                .into(),
        ],
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
    ("private", |trial| trial.meant_for == MeantFor::TheCaller),
];

fn who_answers(found: &Caching) -> Figure {
    let sides = [STATELESS, STATEFUL].map(|mode| (mode, COLUMNS.map(|(name, _)| name).to_vec()));
    let row = |setting: &Setting| GridRow {
        label: told(*setting),
        squares: sums(found, *setting).into_iter().map(|(_, private, sum)| square(private, sum)).collect(),
    };
    let rows = found.settings.iter().map(row).collect();
    let heads = sides.iter().flat_map(|(mode, names)| names.iter().map(|name| format!("{} {name}", side(*mode))));
    let mut table = Table::new([String::new()].into_iter().chain(heads));
    table.rows.extend(found.settings.iter().map(|setting| {
        let cells = sums(found, *setting).into_iter().map(|(_, _, sum)| in_words(sum));
        [told(*setting)].into_iter().chain(cells).collect()
    }));
    Figure {
        title: "Who answers, the cache or the server?".into(),
        caption: "The share of answers that came from the cache. Public answers may, asked for with nothing, with a token or with \
                  a cookie, and it spares the server work; private ones may not. ● the cache, ○ the server; a frame marks what the \
                  cache could have answered, and a filled square a cache that gave people what is somebody else's. It is never all: whoever \
                  comes first is fetched for."
            .into(),
        picture: Some(boxed(Grid { columns: sides.to_vec(), rows })),
        table,
    }
}

/// In the order of the columns: on which side, whether it is private, and what it came to.
fn sums(found: &Caching, setting: Setting) -> Vec<(Mode, bool, Sum)> {
    let columns = [STATELESS, STATEFUL].into_iter().flat_map(|mode| COLUMNS.map(|column| (mode, column)));
    let sum = |(mode, (name, which)): (Mode, Column)| {
        let here = |trial: &CacheTrial| Setting::of(trial) == setting && trial.mode == mode && which(trial);
        (mode, name == "private", found.sum(here))
    };
    columns.map(sum).collect()
}

fn square(private: bool, sum: Sum) -> Square {
    let share = words::percent(sum.share());
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
    let of = format!("{} of {}", count(sum.hits), count(sum.answered));
    match sum.leaks {
        0 => of,
        leaks => format!("{of}, {} LEAKED", count(leaks)),
    }
}

/// None when nobody was given what is another's.
fn leaked(found: &Caching) -> Option<Figure> {
    let mut table = Table::new(["", "leaks", "asked for", "the first of them"]);
    for (setting, mode) in everywhere(found) {
        let leaking = |trial: &&CacheTrial| Setting::of(trial) == setting && trial.mode == mode && trial.leaks > 0;
        let leaking: Vec<&CacheTrial> = found.trials.iter().filter(leaking).collect();
        let Some(first) = leaking.first() else { continue };
        let sum = found.sum(|trial| leaking.contains(&trial));
        let paths: Vec<String> = leaking.iter().map(|trial| trial.path.clone()).collect();
        table.rows.push(vec![
            format!("{}: {}", side(mode), told(setting)),
            format!("{} of {}", count(sum.leaks), count(sum.answered)),
            paths.join(", "),
            first.leaked.first().map(|who| format!("of {who}")).unwrap_or_default(),
        ]);
    }
    (!table.rows.is_empty()).then(|| Figure {
        title: "Who was given whose answer".into(),
        caption:
            "Each line is a fault of the cache's configuration, and none of the server: it had said that the answer is \
                  private."
                .into(),
        picture: None,
        table,
    })
}

/// Each setting on each side.
fn everywhere(found: &Caching) -> impl Iterator<Item = (Setting, Mode)> {
    found.settings.iter().flat_map(|setting| [STATELESS, STATEFUL].map(|mode| (*setting, mode)))
}

/// None when no answer could be asked for again.
fn again(found: &Caching) -> Option<Figure> {
    let mut table = Table::new(["", "304", "bytes saved towards people", "bytes from the server for it"]);
    for (setting, mode) in everywhere(found).filter(|(setting, _)| setting.is_as_installed()) {
        for (name, which) in COLUMNS {
            let here = |trial: &&CacheTrial| Setting::of(trial) == setting && trial.mode == mode && which(trial);
            let seen: Vec<&Revalidation> =
                found.trials.iter().filter(here).filter_map(|trial| trial.again.as_ref()).collect();
            let sum = |of: fn(&Revalidation) -> u64| count(seen.iter().map(|seen| of(seen)).sum());
            if !seen.is_empty() {
                let asked = (sum(|seen| seen.not_modified.into()), sum(|seen| seen.requests.into()));
                table.rows.push(vec![
                    format!("{}: {}, {name}", side(mode), words::shared_cache(setting.cache)),
                    format!("{} of {}", asked.0, asked.1),
                    sum(|seen| seen.saved_bytes),
                    sum(|seen| seen.origin_bytes),
                ]);
            }
        }
    }
    (!table.rows.is_empty()).then(|| Figure {
        title: "What an ETag saves".into(),
        caption: "The same people ask once more and say which answer they have, through caches as they are installed. Where it \
                  is still right, they are told so in a few bytes; whether the server was asked as well, the last column says."
            .into(),
        picture: None,
        table,
    })
}

fn traffic(found: &Caching) -> Figure {
    let head = ["", "public: from the server", "public: to people", "private: from the server", "private: to people"];
    let mut table = Table::new(head);
    for (setting, mode) in everywhere(found) {
        let bytes = |which: fn(&CacheTrial) -> bool, of: fn(&CacheTrial) -> u64| {
            let here = |trial: &&CacheTrial| Setting::of(trial) == setting && trial.mode == mode && which(trial);
            words::bytes(found.trials.iter().filter(here).map(of).sum())
        };
        let private: fn(&CacheTrial) -> bool = |trial| trial.meant_for == MeantFor::TheCaller;
        table.rows.push(vec![
            format!("{}: {}", side(mode), told(setting)),
            bytes(is_public, |trial| trial.origin_bytes),
            bytes(is_public, |trial| trial.client_bytes),
            bytes(private, |trial| trial.origin_bytes),
            bytes(private, |trial| trial.client_bytes),
        ]);
    }
    Figure {
        title: "What the server is spared".into(),
        caption: "Bytes of all answers together, heads included, without those that were asked for by If-None-Match."
            .into(),
        picture: None,
        table,
    }
}

/// What each answer says of itself, which an obedient cache goes by.
fn said(found: &Caching) -> Figure {
    let mut table = Table::new(["", "stateless", "stateful"]);
    let mut paths: Vec<&str> = found.trials.iter().map(|trial| trial.path.as_str()).collect();
    paths.retain(|path| !path.contains('?'));
    let mut seen = Vec::new();
    for path in paths {
        if !seen.contains(&path) {
            seen.push(path);
            let words = [STATELESS, STATEFUL].map(|mode| {
                found.trials.iter().find(|trial| trial.mode == mode && trial.path == path).map_or("–".into(), fields)
            });
            table.rows.push([path.to_owned()].into_iter().chain(words).collect());
        }
    }
    Figure {
        title: "What the answers say".into(),
        caption: "Cache-Control, and what the answer varies by. The control at /api/anonymous is the same for everybody, yet \
                  says no-store: an obedient cache leaves it to the server."
            .into(),
        picture: None,
        table,
    }
}

fn fields(trial: &CacheTrial) -> String {
    let control = if trial.cache_control.is_empty() { "nothing" } else { &trial.cache_control };
    if trial.vary.is_empty() { control.to_owned() } else { format!("{control}; Vary: {}", trial.vary) }
}

fn told(setting: Setting) -> String {
    let cache = words::shared_cache(setting.cache);
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
