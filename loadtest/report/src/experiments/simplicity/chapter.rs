//! Chapter of `simplicity`: how is it told?

use crate::article::{Columns, Figure, Section, Table, sentences};
use crate::chart::bars::{Bar, Bars, Part, Tone};
use crate::experiments::simplicity::{Concepts, Side, Simplicity};
use crate::format::count;
use crate::recording::{Twin, Workload};

pub(crate) fn section(simplicity: &Simplicity) -> Section {
    Section {
        figures: vec![lines(simplicity), concepts(simplicity), twins(simplicity)],
        measured: sentences([
            "The sources that this program was built beside. A line is code when anything on it is, and a comment when \
             nothing else is; tests are counted apart.",
            "What only one server uses is counted for it wherever it lies: the SQL of refresh tokens is the stateless \
             server's.",
            &format!(
                "{} lines by which Redis is reached are shared, and count for neither: the stateful server always needs \
                 them, the stateless one with a denylist alone.",
                count(simplicity.redis_link),
            ),
        ]),
        not_shown: vec![
            "How hard a line is. One about signatures and one about a race between two tabs are not alike.",
            "Smaller servers: both have what their kind is usually given, such as key sets, refresh tokens and a denylist \
             here, a near cache and cookie keys in rotation there. The files that both have are the textbook's picture.",
            "Libraries: jsonwebtoken here; actix-session and a Redis client there.",
            "The client, which has to renew a token and keep a draft, and to do neither with a session.",
        ],
    }
}

fn lines(simplicity: &Simplicity) -> Figure {
    let sides = [&simplicity.stateless, &simplicity.stateful];
    let table = Columns::<Side>(&[
        ("lines", |side| side.mode.label().into()),
        ("files both have", |side| count(side.core)),
        ("its own", |side| count(side.own)),
        ("code in all", |side| count(side.code())),
        ("comments", |side| count(side.comments)),
        ("tests", |side| count(side.tests)),
        ("files", |side| count(side.files as u64)),
    ])
    .of(sides);
    Figure::new(
        "Lines",
        "The files that both have are what a textbook shows; what each has alone is what it takes so that its kind is \
         as good as it can be.",
        table,
    )
    .drawn(Bars { told: |lines| format!("{}\u{a0}lines", count(lines as u64)), bars: sides.map(bar).into() })
}

fn bar(side: &Side) -> Bar {
    let part = |name, lines: u64, tone| Part::new(name, lines as f64, tone);
    let parts = vec![
        part("files both have", side.core, Tone::Full),
        part("its own", side.own, Tone::Light),
        part("tests", side.tests, Tone::Quiet),
    ];
    Bar { label: side.mode.label().into(), mode: side.mode, workload: Workload::Whoami, parts }
}

fn concepts(simplicity: &Simplicity) -> Figure {
    let Simplicity { stateless, stateful, .. } = simplicity;
    let of = |name: &str, figure: fn(&Concepts) -> u64| {
        vec![name.to_owned(), count(figure(&stateless.concepts)), count(figure(&stateful.concepts))]
    };
    let table = Table::new(["", "stateless", "stateful"]).with([
        of("types", |concepts| concepts.types),
        of("traits", |concepts| concepts.traits),
        of("settings", |concepts| concepts.settings),
        of("tasks beside the requests", |concepts| concepts.tasks),
        of("programs beside the server", |concepts| concepts.beside),
        of("together", Concepts::all),
    ]);
    Figure::new(
        "What there is to keep in mind",
        "Declared in the servers' own files, tests left out. Settings are the options that only this server has.",
        table,
    )
}

fn twins(simplicity: &Simplicity) -> Figure {
    let table = Columns::<Twin>(&[
        ("lines of code", |twin| twin.file.clone()),
        ("the same", |twin| count(twin.same)),
        ("only stateless", |twin| count(twin.only_stateless)),
        ("only stateful", |twin| count(twin.only_stateful)),
    ])
    .of(&simplicity.twins);
    Figure::new(
        "The files that both have",
        "Line by line, comments left out: where the two servers are one, and where they are not.",
        table,
    )
}
