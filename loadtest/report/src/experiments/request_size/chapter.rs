//! Chapter of `wire`: how is it told?

use std::collections::BTreeSet;

use crate::article::{Figure, Section, Table};
use crate::chart::bars::{Bar, Bars, Part, Tone};
use crate::chart::boxed;
use crate::experiments::request_size::findings::{Exchange, WireBytes};
use crate::recording::{HeadLimit, Message, SizePoint, Workload};
use crate::words;
use crate::words::count;

pub(crate) fn section(wire: &WireBytes) -> Section {
    let sides = [("What the client sends", Side::Request), ("What the server answers", Side::Answer)];
    let mut figures: Vec<Figure> = if wire.exchanges.is_empty() {
        Vec::new()
    } else {
        sides.into_iter().map(|(title, side)| weight(&wire.exchanges, title, side)).collect()
    };
    figures.extend(sizes(wire));
    figures.extend(limits(wire));
    Section {
        figures,
        measured: vec![
            "The bytes of one real exchange, counted as they went over the connection; no estimate, so no interval."
                .into(),
            "Each header counts with its name, separator and line end.".into(),
        ],
        not_shown: vec![
            "Compression of header fields as HTTP/2 and HTTP/3 do it, where a credential that repeats costs a byte or \
             two.",
            "The bytes between the stateful server and its Redis.",
            "What a browser sends besides: half a kilobyte or more on both sides, beside which the credential weighs less.",
        ],
    }
}

#[derive(Clone, Copy)]
enum Side {
    Request,
    Answer,
}

impl Side {
    fn of(self, exchange: &Exchange) -> &Message {
        match self {
            Side::Request => &exchange.request,
            Side::Answer => &exchange.response,
        }
    }
}

fn weight(exchanges: &[Exchange], title: &str, side: Side) -> Figure {
    let caption = match side {
        Side::Request => "Bytes of one request. Only the coloured part proves who is calling.",
        Side::Answer => "Bytes of the answer to it. What is coloured is handed to the client to keep.",
    };
    let bars = exchanges.iter().map(|exchange| bar(exchange, side)).collect();
    Figure {
        title: title.into(),
        caption: caption.into(),
        picture: Some(boxed(Bars { told: |bytes| words::bytes(bytes as u64), bars })),
        table: by_header(exchanges, side),
    }
}

fn bar(exchange: &Exchange, side: Side) -> Bar {
    let message = side.of(exchange);
    let credential: u64 = message.headers.iter().filter(|(name, _)| carries(name)).map(|(_, bytes)| bytes).sum();
    let others = message.headers.values().sum::<u64>() - credential;
    let part = |name: &str, bytes: u64, tone| Part { name: name.into(), amount: bytes as f64, tone };
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
        Workload::Anonymous => words::arm(exchange.mode, exchange.workload),
        workload => format!("{}: {}", words::workload(workload), words::mode(exchange.mode)),
    }
}

fn by_header(exchanges: &[Exchange], side: Side) -> Table {
    let names: BTreeSet<&String> = exchanges.iter().flat_map(|exchange| side.of(exchange).headers.keys()).collect();
    let labels = exchanges.iter().map(label);
    let mut table = Table::new([String::new()].into_iter().chain(labels));
    let mut row = |name: &str, bytes: &dyn Fn(&Message) -> u64| {
        let figures = exchanges.iter().map(|exchange| bytes_or_dash(bytes(side.of(exchange))));
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

fn bytes_or_dash(bytes: u64) -> String {
    if bytes == 0 { "–".into() } else { count(bytes) }
}

/// None when nothing was grown.
fn sizes(wire: &WireBytes) -> Option<Figure> {
    let mut table = Table::new(["", "to remember", "request", "answer"]);
    let row = |point: &SizePoint| {
        vec![
            words::mode(point.mode).to_owned(),
            words::bytes(point.content_bytes),
            words::bytes(point.request_bytes),
            point.status.to_string(),
        ]
    };
    table.rows = wire.sizes.iter().map(row).collect();
    (!wire.sizes.is_empty()).then(|| Figure {
        title: "When there is more to remember".into(),
        caption:
            "The same request while there is more and more to remember about the visitor: one side sends it along \
                  every time, the other keeps it."
                .into(),
        picture: Some(boxed(Bars {
            told: |bytes| words::bytes(bytes as u64),
            bars: wire.sizes.iter().map(size_bar).collect(),
        })),
        table,
    })
}

fn size_bar(point: &SizePoint) -> Bar {
    let label = format!("{} to remember: {}", words::bytes(point.content_bytes), words::mode(point.mode));
    let request = Part { name: "request".into(), amount: point.request_bytes as f64, tone: Tone::Full };
    Bar { label, mode: point.mode, workload: Workload::Whoami, parts: vec![request] }
}

/// None when nobody looked for the limit.
fn limits(wire: &WireBytes) -> Option<Figure> {
    let mut table = Table::new(["", "longest head answered", "shortest head refused", "refused with"]);
    let row = |limit: &HeadLimit| {
        let name = words::mode(limit.mode).to_owned();
        vec![name, words::bytes(limit.answered_bytes), words::bytes(limit.refused_bytes), limit.status.to_string()]
    };
    table.rows = wire.limits.iter().map(row).collect();
    (!wire.limits.is_empty()).then(|| Figure {
        title: "Where it stops".into(),
        caption: "Header fields were made longer until the server refused: this is the room a credential has.".into(),
        picture: None,
        table,
    })
}
