//! Recording file: how does a recording get to disk and back?

use std::io::{self, Read, Write};

use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use serde::Deserialize;

use crate::recording::{Ending, Event, FORMAT, Footer, Header, Line, Recording};

/// Why a file is not a recording that this program can read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("cannot read the recording: {0}")]
    File(#[from] io::Error),
    #[error("the recording is empty: a run that got as far as its first line leaves a header")]
    Empty,
    #[error("the recording has format {found}, and this program reads up to {FORMAT}: use a newer loadtest")]
    Newer { found: u32 },
    #[error("line {number} of the recording cannot be read: {why}")]
    Line { number: usize, why: String },
}

/// Writes each line in one go, so that in a file what was measured is kept, whatever ends the program.
pub struct Writer<W>(W);

impl<W: Write> Writer<W> {
    pub fn new(file: W, header: &Header) -> io::Result<Writer<W>> {
        let mut writer = Writer(file);
        writer.line(&Line::Header(Box::new(header.clone())))?;
        Ok(writer)
    }

    pub fn write(&mut self, event: &Event) -> io::Result<()> {
        self.line(&Line::Event(event.clone()))
    }

    /// With its last line, which may still be on its way to disk.
    pub fn finish(mut self, ended_at: Timestamp, ending: Ending) -> io::Result<W> {
        self.line(&Line::Footer(Footer { ended_at, ending }))?;
        Ok(self.0)
    }

    fn line(&mut self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        self.0.write_all(text.as_bytes())
    }
}

impl Recording {
    /// As it was written, or compressed by gzip (RFC 1952).
    pub fn read(file: &[u8]) -> Result<Recording, Unreadable> {
        let mut text = String::new();
        match file {
            compressed @ [0x1f, 0x8b, ..] => MultiGzDecoder::new(compressed).read_to_string(&mut text)?,
            mut plain => plain.read_to_string(&mut text)?,
        };
        Recording::parse(&text)
    }

    /// A last line without its end was cut off while it was written, and is left out.
    pub fn parse(text: &str) -> Result<Recording, Unreadable> {
        let mut lines = text.split_inclusive('\n').enumerate().map(|(index, line)| (index + 1, line));
        let (_, first) = lines.next().ok_or(Unreadable::Empty)?;
        let mut recording = Recording { header: header(first)?, events: Vec::new(), footer: None };
        for (number, line) in lines {
            match serde_json::from_str(line) {
                Ok(Line::Event(event)) => recording.events.push(event),
                Ok(Line::Footer(footer)) => recording.footer = Some(footer),
                Ok(Line::Header(_)) => return Err(Unreadable::Line { number, why: "a second header".into() }),
                Err(_) if !line.ends_with('\n') => break,
                Err(error) => return Err(Unreadable::Line { number, why: error.to_string() }),
            }
        }
        Ok(recording)
    }
}

/// Looks at the version before anything else: a newer header may not even parse.
fn header(line: &str) -> Result<Header, Unreadable> {
    #[derive(Deserialize)]
    struct Version {
        header: Format,
    }
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let unreadable = |error: serde_json::Error| Unreadable::Line { number: 1, why: error.to_string() };
    let Version { header: Format { format } } = serde_json::from_str(line).map_err(unreadable)?;
    if format > FORMAT {
        return Err(Unreadable::Newer { found: format });
    }
    match serde_json::from_str(line).map_err(unreadable)? {
        Line::Header(header) => Ok(*header),
        _ => Err(Unreadable::Line { number: 1, why: "a recording begins with its header".into() }),
    }
}
