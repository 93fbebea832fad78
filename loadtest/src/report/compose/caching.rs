//! How is `caching` told?

use crate::analyse::caching::{Caching, Setting, Sum, is_public};
use crate::analyse::sides::{STATEFUL, STATELESS};
use crate::analyse::thresholds::ANSWERS;
use crate::recording::{
    AnswerFields, Brought, CacheTrial, CredentialRule, Experiment, MeantFor, Mode, Revalidation, SharedCache,
};
use crate::report::article::{Figure, Grid, GridRow, Picture, Section, Square, Standing, Table};
use crate::words::{self, count};

pub(super) fn section(found: &Caching) -> Section {
    Section {
        about: Experiment::Caching,
        figures: [who_answers(found)].into_iter().chain(leaked(found)).chain(again(found)).chain([every(found)]).collect(),
        notes: Vec::new(),
        measured: vec![
            "A real cache before each server, a fresh one for each line. Several people ask it in turn for the same; for what \
             is private a stranger without a credential asks as well, at last."
                .into(),
            "A hit is what the cache itself calls one. A leak is an answer that names, by name or id, somebody who did not \
             ask. The bytes from the origin were counted between the two."
                .into(),
            "“As installed” is a cache that was told nothing: nginx does not look at what a request brings, and Varnish \
             passes on whatever brings a cookie or `Authorization`, so that such a request is neither answered from the \
             cache nor kept. “As the RFC says” is RFC 9111, section 3.5: an answer to `Authorization` is not kept unless it \
             allows it. The RFC has no such rule for `Cookie`."
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
    ("public, nothing brought", |trial| is_public(trial) && trial.brought == Brought::Nothing),
    ("public, with a token", |trial| is_public(trial) && trial.brought == Brought::Authorization),
    ("public, with a cookie", |trial| is_public(trial) && trial.brought == Brought::Cookie),
    ("private", |trial| trial.meant_for == MeantFor::TheCaller),
];

fn who_answers(found: &Caching) -> Figure {
    let sides = [STATELESS, STATEFUL].map(|mode| (mode, COLUMNS.map(|(name, _)| name).to_vec()));
    let row = |setting: &Setting| GridRow {
        label: told(*setting),
        squares: sums(found, *setting).into_iter().map(|(_, private, sum)| square(private, sum)).collect(),
    };
    let rows = found.settings.iter().map(row).collect();
    let heads = sides.iter().flat_map(|(mode, names)| names.iter().map(|name| format!("{}: {name}", side(*mode))));
    let mut table = Table { head: [String::new()].into_iter().chain(heads).collect(), rows: Vec::new() };
    table.rows.extend(found.settings.iter().map(|setting| {
        let cells = sums(found, *setting).into_iter().map(|(_, _, sum)| in_words(sum));
        [told(*setting)].into_iter().chain(cells).collect()
    }));
    Figure {
        title: "Who answers, the cache or the server?".into(),
        caption: "The share of answers that came from the cache. Public answers may, and spare the server work; private ones \
                  may not. A filled square is a cache that gave people what is somebody else's."
            .into(),
        picture: Some(Picture::Grid(Grid { columns: sides.to_vec(), rows })),
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
    let mut table = Table::new(["", "asked for", "brought", "leaks", "among others"]);
    for trial in found.trials.iter().filter(|trial| trial.leaks > 0) {
        table.rows.push(vec![
            format!("{}: {}", side(trial.mode), told(Setting::of(trial))),
            trial.path.clone(),
            brought(trial.brought).into(),
            format!("{} of {}", count(trial.leaks.into()), count(trial.answered.into())),
            trial.leaked.first().cloned().unwrap_or_default(),
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

/// None when no answer could be asked for again.
fn again(found: &Caching) -> Option<Figure> {
    let mut table =
        Table::new(["", "asked for", "brought", "304", "bytes saved towards people", "bytes from the server for it"]);
    let obedient = found.trials.iter().filter(|trial| trial.fields == AnswerFields::Kept);
    for trial in obedient.filter(|trial| trial.rule == CredentialRule::AsInstalled) {
        if let Some(Revalidation { requests, not_modified, saved_bytes, origin_bytes }) = &trial.again {
            table.rows.push(vec![
                format!("{}: {}", side(trial.mode), words::shared_cache(trial.cache)),
                trial.path.clone(),
                brought(trial.brought).into(),
                format!("{not_modified} of {requests}"),
                count(*saved_bytes),
                count(*origin_bytes),
            ]);
        }
    }
    (!table.rows.is_empty()).then(|| Figure {
        title: "What an `ETag` saves".into(),
        caption: "The same people ask once more and say which answer they have, through caches as they are installed. Where it \
                  is still right, they are told so in a few bytes; whether the server was asked as well, the last column says."
            .into(),
        picture: None,
        table,
    })
}

fn every(found: &Caching) -> Figure {
    let head = [
        "",
        "asked for",
        "brought",
        "answered",
        "from the cache",
        "leaks",
        "bytes from the server",
        "bytes to people",
        "the answer says",
    ];
    let mut table = Table::new(head);
    for trial in &found.trials {
        let vary = if trial.vary.is_empty() { String::new() } else { format!("; Vary: {}", trial.vary) };
        table.rows.push(vec![
            format!("{}: {}", side(trial.mode), told(Setting::of(trial))),
            trial.path.clone(),
            brought(trial.brought).into(),
            count(trial.answered.into()),
            count(trial.hits.into()),
            count(trial.leaks.into()),
            count(trial.origin_bytes),
            count(trial.client_bytes),
            format!("{}{vary}", if trial.cache_control.is_empty() { "nothing" } else { &trial.cache_control }),
        ]);
    }
    Figure {
        title: "Everything that was asked".into(),
        caption: "The control at `/api/anonymous` is the same for everybody, yet says `no-store`: an obedient cache leaves it \
                  to the server."
            .into(),
        picture: None,
        table,
    }
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

fn brought(brought: Brought) -> &'static str {
    match brought {
        Brought::Nothing => "nothing",
        Brought::Authorization => "Authorization",
        Brought::Cookie => "Cookie",
    }
}
