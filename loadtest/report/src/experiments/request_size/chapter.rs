//! Chapter of `request-size`: how is it told?

use std::collections::BTreeSet;

use crate::article::{Columns, Figure, Section, Table, or_dash, sentences};
use crate::chart::bars::{Bar, Bars, Part, Tone};
use crate::experiments::request_size::{Exchange, WireBytes};
use crate::format::{self, count};
use crate::labels;
use crate::recording::{HeadLimit, Message, SizePoint, Workload};

pub(crate) fn section(wire: &WireBytes) -> Section {
    let weights = SIDES.iter().filter(|_| !wire.exchanges.is_empty()).map(|side| weight(&wire.exchanges, side));
    Section {
        figures: weights.chain(sizes(wire)).chain(limits(wire)).collect(),
        measured: sentences([
            "The bytes of one real exchange, counted as they went over the connection; no estimate, so no interval.",
            "Each header counts with its name, separator and line end.",
        ]),
        not_shown: vec![
            "Compression of header fields as HTTP/2 and HTTP/3 do it, where a credential that repeats costs a byte or \
             two.",
            "The bytes between the stateful server and its Redis.",
            "What a browser sends besides: half a kilobyte or more on both sides, beside which the credential weighs less.",
        ],
    }
}

/// Where to find it, its title, and what to look for.
type Side = (fn(&Exchange) -> &Message, &'static str, &'static str);

const SIDES: [Side; 2] = [
    (
        |exchange| &exchange.request,
        "What the client sends",
        "Bytes of one request. Only the coloured part proves who is calling.",
    ),
    (
        |exchange| &exchange.response,
        "What the server answers",
        "Bytes of the answer to it. What is coloured is handed to the client to keep.",
    ),
];

fn weight(exchanges: &[Exchange], (of, title, caption): &Side) -> Figure {
    let bars = exchanges.iter().map(|exchange| bar(exchange, of(exchange))).collect();
    Figure::new(*title, *caption, by_header(exchanges, *of))
        .drawn(Bars { told: |bytes| format::bytes(bytes as u64), bars })
}

fn bar(exchange: &Exchange, message: &Message) -> Bar {
    let credential: u64 = message.headers.iter().filter(|(name, _)| carries(name)).map(|(_, bytes)| bytes).sum();
    let others = message.headers.values().sum::<u64>() - credential;
    let part = |name, bytes: u64, tone| Part::new(name, bytes as f64, tone);
    Bar {
        label: label(exchange),
        mode: exchange.mode,
        workload: exchange.workload,
        parts: vec![
            part("credential", credential, Tone::Full),
            part("other headers, first line", others + message.framing_bytes, Tone::Quiet),
            part("body", message.body_bytes, Tone::Quieter),
        ],
    }
}

fn carries(header: &str) -> bool {
    matches!(header, "authorization" | "cookie" | "set-cookie" | "checkout-draft")
}

fn label(exchange: &Exchange) -> String {
    match exchange.workload {
        Workload::Anonymous => labels::arm(exchange.mode, exchange.workload),
        workload => format!("{}: {}", labels::workload(workload), exchange.mode.label()),
    }
}

fn by_header(exchanges: &[Exchange], of: fn(&Exchange) -> &Message) -> Table {
    let names: BTreeSet<&String> = exchanges.iter().flat_map(|exchange| of(exchange).headers.keys()).collect();
    let labels = exchanges.iter().map(label);
    let mut table = Table::new([String::new()].into_iter().chain(labels));
    let mut row = |name: &str, bytes: &dyn Fn(&Message) -> u64| {
        let seen = |exchange| Some(bytes(of(exchange))).filter(|bytes| *bytes != 0);
        let figures = exchanges.iter().map(|exchange| or_dash(seen(exchange), count));
        table.rows.push([name.to_owned()].into_iter().chain(figures).collect());
    };
    row("first line, empty line", &|message| message.framing_bytes);
    for name in names {
        row(name, &|message| message.headers.get(name).copied().unwrap_or(0));
    }
    row("body", &|message| message.body_bytes);
    row("together", &Message::total_bytes);
    table
}

/// None when nothing was grown.
fn sizes(wire: &WireBytes) -> Option<Figure> {
    let table = Columns::<SizePoint>(&[
        ("", |point| point.mode.label().into()),
        ("to remember", |point| format::bytes(point.content_bytes)),
        ("request", |point| format::bytes(point.request_bytes)),
        ("answer", |point| point.status.to_string()),
    ])
    .of(&wire.sizes);
    Figure::new(
        "When there is more to remember",
        "The same request while there is more and more to remember about the visitor: one side sends it along \
         every time, the other keeps it.",
        table,
    )
    .drawn(Bars { told: |bytes| format::bytes(bytes as u64), bars: wire.sizes.iter().map(size_bar).collect() })
    .unless_empty()
}

fn size_bar(point: &SizePoint) -> Bar {
    let label = format!("{} to remember: {}", format::bytes(point.content_bytes), point.mode.label());
    let request = Part::new("request", point.request_bytes as f64, Tone::Full);
    Bar { label, mode: point.mode, workload: Workload::Whoami, parts: vec![request] }
}

/// None when nobody looked for the limit.
fn limits(wire: &WireBytes) -> Option<Figure> {
    let table = Columns::<HeadLimit>(&[
        ("", |limit| limit.mode.label().into()),
        ("longest head answered", |limit| format::bytes(limit.answered_bytes)),
        ("shortest head refused", |limit| format::bytes(limit.refused_bytes)),
        ("refused with", |limit| limit.status.to_string()),
    ])
    .of(&wire.limits);
    let caption = "Header fields were made longer until the server refused: this is the room a credential has.";
    Figure::new("Where it stops", caption, table).unless_empty()
}
