//! Where does an answer end, and what does it say?
//!
//! HTTP/1.1 as a client reads it (RFC 9112), piece by piece and without a socket, so that a fuzzer can cut it anywhere.
//! The head is parsed by `httparse`; what is ours is the framing of the body, and that almost nothing is copied.

/// What a client that makes load has to know of an answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// `name=value` of the first `Set-Cookie`; the rest of the line is for browsers.
    pub cookie: Option<String>,
    /// Empty unless it was to be kept.
    pub body: Vec<u8>,
    /// Whether the connection may carry another request.
    pub reusable: bool,
}

/// Not HTTP/1.x, or not as this client asked for it. The connection is of no more use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer is not HTTP/1.1: {0}")]
pub struct Garbled(&'static str);

/// What becomes of a body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Body {
    /// Read to its end, and forgotten.
    #[default]
    Skipped,
    Kept,
}

/// An answer on its way.
#[derive(Debug, Default)]
pub struct Reading {
    body: Body,
    state: State,
    /// A head or a line of which a part is still to come.
    partial: Vec<u8>,
    answer: Answer,
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
/// Of a body that is kept: no answer that we read is near that.
const LONGEST_BODY: usize = 4 << 20;

impl Reading {
    pub fn of(body: Body) -> Reading {
        Reading { body, ..Reading::default() }
    }

    /// Takes what came in. Some: the answer is whole.
    ///
    /// # Errors
    /// What came is not HTTP, or goes on behind the answer: nobody asked for that.
    pub fn feed(&mut self, mut bytes: &[u8]) -> Result<Option<Answer>, Garbled> {
        while self.state != State::Done && !bytes.is_empty() {
            bytes = self.step(bytes)?;
        }
        match (self.state, bytes) {
            (State::Done, []) => Ok(Some(std::mem::take(self).answer)),
            (State::Done, _) => Err(Garbled("bytes behind the answer")),
            _ => Ok(None),
        }
    }

    /// The server hung up. Some: that was the end of the answer, and not the middle.
    pub fn closed(self) -> Option<Answer> {
        (self.state == State::UntilClose).then_some(self.answer)
    }

    /// Returns what is left of `bytes` for the next state.
    fn step<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], Garbled> {
        match self.state {
            State::Head => self.head(bytes),
            State::Sized(left) => self.part(bytes, left, State::Sized, State::Done),
            State::Chunk(left) => self.part(bytes, left, State::Chunk, State::ChunkEnd),
            State::ChunkSize | State::ChunkEnd | State::Trailers => self.line(bytes),
            State::UntilClose => self.part(bytes, u64::MAX, |_| State::UntilClose, State::UntilClose),
            State::Done => Ok(bytes),
        }
    }

    fn head<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], Garbled> {
        let before = self.partial.len();
        let parsed = if before == 0 {
            parse(bytes)? // As nearly always: the whole head in one piece, and nothing is copied.
        } else {
            self.partial.extend_from_slice(bytes);
            parse(&self.partial)?
        };
        let Some(head) = parsed else {
            if before == 0 {
                self.partial.extend_from_slice(bytes);
            }
            return if self.partial.len() > LONGEST_HEAD { Err(Garbled("an endless head")) } else { Ok(&[]) };
        };
        self.partial.clear();
        let rest = &bytes[head.length - before..];
        if (100..200).contains(&head.status) {
            return Ok(rest); // An interim answer (RFC 9110 15.2); the one that counts is still to come.
        }
        self.answer = Answer { status: head.status, cookie: head.cookie, body: Vec::new(), reusable: head.reusable };
        self.state = head.framing;
        Ok(rest)
    }

    /// Up to `left` bytes of body.
    fn part<'a>(
        &mut self,
        bytes: &'a [u8],
        left: u64,
        more: fn(u64) -> State,
        end: State,
    ) -> Result<&'a [u8], Garbled> {
        let taken = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        let (body, rest) = bytes.split_at(taken);
        if self.body == Body::Kept {
            if self.answer.body.len() + taken > LONGEST_BODY {
                return Err(Garbled("an endless body"));
            }
            self.answer.body.extend_from_slice(body);
        }
        let left = left - taken as u64;
        self.state = if left == 0 { end } else { more(left) };
        Ok(rest)
    }

    fn line<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], Garbled> {
        let (piece, rest) = match bytes.iter().position(|byte| *byte == b'\n') {
            Some(end) => bytes.split_at(end + 1),
            None => (bytes, &[][..]),
        };
        self.partial.extend_from_slice(piece);
        if self.partial.len() > LONGEST_LINE {
            return Err(Garbled("an endless line between chunks"));
        }
        if self.partial.ends_with(b"\n") {
            self.state = self.after_line()?;
            self.partial.clear();
        }
        Ok(rest)
    }

    fn after_line(&self) -> Result<State, Garbled> {
        let line = self.partial.as_slice();
        match self.state {
            State::ChunkSize => match httparse::parse_chunk_size(line) {
                Ok(httparse::Status::Complete((_, 0))) => Ok(State::Trailers),
                Ok(httparse::Status::Complete((_, size))) => Ok(State::Chunk(size)),
                _ => Err(Garbled("no chunk size")),
            },
            State::ChunkEnd if line == b"\r\n" => Ok(State::ChunkSize),
            State::ChunkEnd => Err(Garbled("a chunk longer than its size")),
            _ if line == b"\r\n" => Ok(State::Done),
            _ => Ok(State::Trailers),
        }
    }
}

struct Head {
    length: usize,
    status: u16,
    cookie: Option<String>,
    framing: State,
    reusable: bool,
}

/// None while a part of the head is missing.
fn parse(bytes: &[u8]) -> Result<Option<Head>, Garbled> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    let length = match response.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(_) => return Err(Garbled("no head")),
    };
    let status = response.code.ok_or(Garbled("no status"))?;
    let mut seen = Seen { keeps_alive: response.version == Some(1), ..Seen::default() };
    for field in response.headers.iter() {
        seen.field(field.name, field.value)?;
    }
    let framing = seen.framing(status);
    let reusable = seen.keeps_alive && framing != State::UntilClose;
    Ok(Some(Head { length, status, cookie: seen.cookie, framing, reusable }))
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
    fn field(&mut self, name: &str, value: &[u8]) -> Result<(), Garbled> {
        if name.eq_ignore_ascii_case("content-length") {
            let digits = std::str::from_utf8(value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
            let length = digits.and_then(|text| text.parse().ok()).ok_or(Garbled("a length that is no number"))?;
            if self.length.is_some_and(|other| other != length) {
                return Err(Garbled("two lengths")); // RFC 9112 6.3: an unrecoverable error.
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

    /// RFC 9112 6.3, for answers to anything but HEAD and CONNECT, which we never send.
    fn framing(&self, status: u16) -> State {
        match (status, self.coding, self.length) {
            (204 | 304, _, _) | (_, None, Some(0)) => State::Done,
            (_, Some(Coding::Chunked), _) => State::ChunkSize,
            (_, Some(Coding::Other), _) | (_, None, None) => State::UntilClose,
            (_, None, Some(length)) => State::Sized(length),
        }
    }
}
