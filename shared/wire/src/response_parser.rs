//! HTTP response parser: where does a response end, and what does it say?
//!
//! HTTP/1.1 as a client reads it (RFC 9112), piece by piece and without a socket, so that a fuzzer can cut it anywhere.
//! The head is parsed by `httparse`; what is ours is the framing of the body, and that almost nothing is copied.

use crate::headers::Headers;
use crate::response::Response;

/// Not HTTP/1.x, or not as this client asked for it. The connection is of no more use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the response is not HTTP/1.1: {0}")]
pub struct Malformed(&'static str);

/// What is kept of a response beside its status and its cookie.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Keep {
    /// The rest is read to its end, and forgotten.
    #[default]
    Nothing,
    Body,
    /// Header fields and body.
    All,
}

/// A response on its way.
#[derive(Debug, Default)]
pub struct ResponseParser {
    keep: Keep,
    has_no_body: bool,
    is_continued: bool,
    state: State,
    /// A head or a line of which a part is still to come.
    partial: Vec<u8>,
    response: Response,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Head,
    /// So many bytes of the body are to come.
    Sized(u64),
    ChunkSize,
    Chunk(u64),
    /// The line end behind a chunk.
    ChunkEnd,
    /// Fields behind the last chunk, up to an empty line.
    Trailers,
    /// The body ends with the connection.
    UntilClose,
    Done,
}

const MOST_FIELDS: usize = 64;
const LONGEST_HEAD: usize = 64 << 10;
const LONGEST_LINE: usize = 4 << 10;
/// Of a body that is kept: no response that we read is near that.
const LONGEST_BODY: usize = 4 << 20;

impl ResponseParser {
    pub fn of(keep: Keep) -> ResponseParser {
        ResponseParser { keep, ..ResponseParser::default() }
    }

    /// For the response to a `HEAD`, of which all is kept.
    pub fn without_body() -> ResponseParser {
        ResponseParser { has_no_body: true, ..ResponseParser::of(Keep::All) }
    }

    /// Takes what came in. Some: the response is whole.
    ///
    /// # Errors
    /// What came is not HTTP, or goes on behind the response: nobody asked for that.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Option<Response>, Malformed> {
        match self.take(bytes)? {
            (Some(_), [_, ..]) => Err(Malformed("bytes behind the response")),
            (response, _) => Ok(response),
        }
    }

    /// Takes what belongs to this response of what came in. Some: the response is whole, and the rest is the next one's.
    ///
    /// # Errors
    /// What came is not HTTP.
    pub fn take<'a>(&mut self, mut bytes: &'a [u8]) -> Result<(Option<Response>, &'a [u8]), Malformed> {
        while self.state != State::Done && !bytes.is_empty() {
            bytes = self.step(bytes)?;
        }
        let is_whole = self.state == State::Done;
        Ok((is_whole.then(|| std::mem::take(self).response), bytes))
    }

    /// Whether the server has said `100 Continue`, and no more since.
    pub fn is_continued(&self) -> bool {
        self.is_continued
    }

    /// The server hung up. Some: that was the end of the response, and not the middle.
    pub fn closed(self) -> Option<Response> {
        (self.state == State::UntilClose).then_some(self.response)
    }

    /// Returns what is left of `bytes` for the next state.
    fn step<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], Malformed> {
        match self.state {
            State::Head => self.head(bytes),
            State::Sized(left) => self.part(bytes, left, State::Sized, State::Done),
            State::Chunk(left) => self.part(bytes, left, State::Chunk, State::ChunkEnd),
            State::ChunkSize | State::ChunkEnd | State::Trailers => self.line(bytes),
            State::UntilClose => self.part(bytes, u64::MAX, |_| State::UntilClose, State::UntilClose),
            State::Done => Ok(bytes),
        }
    }

    fn head<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], Malformed> {
        let before = self.partial.len();
        let parsed = if before == 0 {
            parse(bytes)? // As nearly always: the whole head in one piece, and nothing is copied.
        } else {
            self.partial.extend_from_slice(bytes);
            parse(&self.partial)?
        };
        let Some((length, status, seen)) = parsed else {
            if before == 0 {
                self.partial.extend_from_slice(bytes);
            }
            return if self.partial.len() > LONGEST_HEAD { Err(Malformed("an endless head")) } else { Ok(&[]) };
        };
        self.is_continued = status == 100;
        let rest = &bytes[length - before..];
        if (100..200).contains(&status) {
            self.partial.clear();
            return Ok(rest); // An interim response (RFC 9110 15.2); the one that counts is still to come.
        }
        let headers = match self.keep {
            Keep::All => headers(if before == 0 { bytes } else { &self.partial }),
            Keep::Nothing | Keep::Body => Headers::default(),
        };
        self.partial.clear();
        self.state = if self.has_no_body { State::Done } else { seen.framing(status) };
        let reusable = seen.keeps_alive && self.state != State::UntilClose;
        self.response = Response { status, cookie: seen.cookie, headers, body: Vec::new(), reusable };
        Ok(rest)
    }

    /// Up to `left` bytes of body.
    fn part<'a>(
        &mut self,
        bytes: &'a [u8],
        left: u64,
        more: fn(u64) -> State,
        end: State,
    ) -> Result<&'a [u8], Malformed> {
        let taken = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        let (body, rest) = bytes.split_at(taken);
        if self.keep != Keep::Nothing {
            if self.response.body.len() + taken > LONGEST_BODY {
                return Err(Malformed("an endless body"));
            }
            self.response.body.extend_from_slice(body);
        }
        let left = left - taken as u64;
        self.state = if left == 0 { end } else { more(left) };
        Ok(rest)
    }

    fn line<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], Malformed> {
        let (piece, rest) = match bytes.iter().position(|byte| *byte == b'\n') {
            Some(end) => bytes.split_at(end + 1),
            None => (bytes, &[][..]),
        };
        self.partial.extend_from_slice(piece);
        if self.partial.len() > LONGEST_LINE {
            return Err(Malformed("an endless line between chunks"));
        }
        if self.partial.ends_with(b"\n") {
            self.state = self.after_line()?;
            self.partial.clear();
        }
        Ok(rest)
    }

    fn after_line(&self) -> Result<State, Malformed> {
        let line = self.partial.as_slice();
        match self.state {
            State::ChunkSize => match httparse::parse_chunk_size(line) {
                Ok(httparse::Status::Complete((_, 0))) => Ok(State::Trailers),
                Ok(httparse::Status::Complete((_, size))) => Ok(State::Chunk(size)),
                _ => Err(Malformed("no chunk size")),
            },
            State::ChunkEnd if line == b"\r\n" => Ok(State::ChunkSize),
            State::ChunkEnd => Err(Malformed("a chunk longer than its size")),
            _ if line == b"\r\n" => Ok(State::Done),
            _ => Ok(State::Trailers),
        }
    }
}

/// The length of a head, its status, and what else matters of it; none while a part of it is missing.
fn parse(bytes: &[u8]) -> Result<Option<(usize, u16, Seen)>, Malformed> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    let length = match response.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(_) => return Err(Malformed("no head")),
    };
    let status = response.code.ok_or(Malformed("no status"))?;
    let mut seen = Seen { keeps_alive: response.version == Some(1), ..Seen::default() };
    for field in response.headers.iter() {
        seen.field(field.name, field.value)?;
    }
    Ok(Some((length, status, seen)))
}

/// All fields of a head that was parsed already: whoever keeps them does not count nanoseconds.
fn headers(head: &[u8]) -> Headers {
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    let _ = response.parse(head);
    let mut headers = Headers::default();
    for field in response.headers.iter() {
        headers.add(field.name.to_ascii_lowercase(), String::from_utf8_lossy(field.value));
    }
    headers
}

/// The fields that matter here.
#[derive(Default)]
struct Seen {
    length: Option<u64>,
    coding: Option<Coding>,
    keeps_alive: bool,
    cookie: Option<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum Coding {
    Chunked,
    /// We asked for no other, so where it ends only the connection knows.
    Other,
}

impl Seen {
    fn field(&mut self, name: &str, value: &[u8]) -> Result<(), Malformed> {
        if name.eq_ignore_ascii_case("content-length") {
            let digits = std::str::from_utf8(value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
            let length = digits.and_then(|text| text.parse().ok()).ok_or(Malformed("a length that is no number"))?;
            if self.length.is_some_and(|other| other != length) {
                return Err(Malformed("two lengths")); // RFC 9112 6.3: an unrecoverable error.
            }
            self.length = Some(length);
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            let chunked = value.trim_ascii().eq_ignore_ascii_case(b"chunked") && self.coding.is_none();
            self.coding = Some(if chunked { Coding::Chunked } else { Coding::Other });
        } else if name.eq_ignore_ascii_case("connection") {
            let has =
                |word: &[u8]| value.split(|byte| *byte == b',').any(|one| one.trim_ascii().eq_ignore_ascii_case(word));
            self.keeps_alive = !has(b"close") && (self.keeps_alive || has(b"keep-alive"));
        } else if name.eq_ignore_ascii_case("set-cookie") && self.cookie.is_none() {
            let pair = value.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
            self.cookie = std::str::from_utf8(pair).ok().map(str::to_owned);
        }
        Ok(())
    }

    /// RFC 9112 6.3, for responses to anything but HEAD and CONNECT.
    fn framing(&self, status: u16) -> State {
        match (status, self.coding, self.length) {
            (204 | 304, _, _) | (_, None, Some(0)) => State::Done,
            (_, Some(Coding::Chunked), _) => State::ChunkSize,
            (_, Some(Coding::Other), _) | (_, None, None) => State::UntilClose,
            (_, None, Some(length)) => State::Sized(length),
        }
    }
}
