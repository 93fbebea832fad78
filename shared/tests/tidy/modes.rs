//! Table of modes in the book: does it say what the servers are started with and promise?

use shared::modes::Mode;
use shared::modes::entry::{Entry, Store};
use shared::modes::promises::{Copied, Gone, Killed, Promises};

use crate::source::Source;

const PAGE: &str = "docs/src/credentials.md";
/// The table stands between these two lines.
const MARKS: (&str, &str) = ("<!-- the table of modes -->\n", "<!-- the end of the table of modes -->\n");

#[test]
fn the_book_has_the_table_of_modes() {
    let page = Source::read(PAGE).text;
    let told = page.split_once(MARKS.0).and_then(|(_, rest)| rest.split_once(MARKS.1)).map(|(told, _)| told);
    assert!(told == Some(&table()), "{PAGE} shows another table of modes than this one:\n{}", table());
}

fn table() -> String {
    let head = [
        "mode",
        "started as",
        "key",
        "who is asked about a credential",
        "calls to that store per request",
        "a copy after the logout",
        "Redis goes away",
        "a replica dies",
    ];
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let kept = Mode::with_credentials().map(Mode::entry);
    let rows = kept.filter_map(|entry| Some(line(&row(entry, &entry.promises?))));
    format!("\n{}|{}\n{}\n", line(&head.map(str::to_owned)), "---|".repeat(head.len()), rows.collect::<String>())
}

fn row(entry: &Entry, promises: &Promises) -> [String; 8] {
    let asked = match entry.store {
        Store::Nobody => "nobody: the signature says it",
        Store::Process => "the process itself",
        Store::Redis => "Redis",
        Store::Sql => "the SQL database",
    };
    let copied = match promises.copied_credential {
        Copied::LivesToItsExpiry => "works until it expires",
        Copied::DiesWithinASecond => "is refused within a second",
        Copied::DiesAtOnce => "is refused at once",
    };
    let gone = match promises.redis_gone {
        Gone::KeepsWorking => "nobody notices",
        Gone::KeepsWorkingForTheRevoked => "also revoked tokens work",
        Gone::Unavailable => "503 at once",
        Gone::UnavailableAfterALease => "503 after a second",
    };
    let killed = match promises.replica_killed {
        Killed::LogsNobodyOut => "nobody is logged out",
        Killed::LogsItsOwnPeopleOut => "its users are logged out",
    };
    [
        format!("`{}`", entry.name),
        format!("`{} {}`", entry.side.program(), entry.flags.join(" ")),
        entry.key.to_string(),
        asked.into(),
        promises.store_calls.to_string(),
        copied.into(),
        gone.into(),
        killed.into(),
    ]
}
