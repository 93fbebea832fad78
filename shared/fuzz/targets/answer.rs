//! Fuzz target, HTTP responses: is one read the same however the network cuts it, and can none confuse the client?

#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::response_parser::{Answer, Body, Reading};

fuzz_target!(|input: (&[u8], u8)| {
    let (bytes, cut) = input;
    anything(bytes, usize::from(cut));
    genuine(bytes, usize::from(cut));
});

/// In one piece and in pieces: the same, and never more of a body than came.
fn anything(bytes: &[u8], cut: usize) {
    let whole = in_pieces(bytes, bytes.len());
    let cut = in_pieces(bytes, cut);
    match (whole, cut) {
        (Some(whole), Some(cut)) => assert_eq!(whole, cut),
        // Bytes behind the answer are seen only when they come with its last piece.
        (None, Some(answer)) | (Some(answer), None) => assert!(answer.body.len() < bytes.len()),
        (None, None) => {}
    }
}

/// What is certainly an answer is understood, whatever is in it.
fn genuine(body: &[u8], cut: usize) {
    let head = |field: &str| format!("HTTP/1.1 200 OK\r\nset-cookie: id=1; Path=/\r\n{field}\r\n\r\n").into_bytes();
    let sized = [head(&format!("content-length: {}", body.len())), body.to_vec()].concat();
    let chunk = |part: &[u8]| [format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n"].concat();
    let chunks: Vec<u8> = body.chunks(cut.max(1)).flat_map(chunk).collect();
    let chunked = [head("transfer-encoding: chunked"), chunks, b"0\r\n\r\n".to_vec()].concat();
    for wire in [sized, chunked] {
        let answer = in_pieces(&wire, cut).expect("it is whole");
        assert_eq!((answer.status, answer.body.as_slice(), answer.reusable), (200, body, true));
        assert_eq!(answer.cookie.as_deref(), Some("id=1"));
    }
}

/// None: no answer, or not the whole of one.
fn in_pieces(bytes: &[u8], size: usize) -> Option<Answer> {
    let mut reading = Reading::of(Body::Kept);
    for piece in bytes.chunks(size.max(1)) {
        if let Some(answer) = reading.feed(piece).ok()? {
            return Some(answer);
        }
    }
    None
}
