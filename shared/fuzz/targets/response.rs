//! Fuzz target, HTTP responses: is one read the same however the network cuts it, and can none confuse the client?

#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::response::Response;
use wire::response_parser::{Keep, ResponseParser};

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
        // Bytes behind the response are seen only when they come with its last piece.
        (None, Some(response)) | (Some(response), None) => assert!(response.body.len() < bytes.len()),
        (None, None) => {}
    }
}

/// What is certainly a response is understood, whatever is in it.
fn genuine(body: &[u8], cut: usize) {
    let head = |field: &str| format!("HTTP/1.1 200 OK\r\nset-cookie: id=1; Path=/\r\n{field}\r\n\r\n").into_bytes();
    let sized = [head(&format!("content-length: {}", body.len())), body.to_vec()].concat();
    let chunk = |part: &[u8]| [format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n"].concat();
    let chunks: Vec<u8> = body.chunks(cut.max(1)).flat_map(chunk).collect();
    let chunked = [head("transfer-encoding: chunked"), chunks, b"0\r\n\r\n".to_vec()].concat();
    for wire in [sized, chunked] {
        let response = in_pieces(&wire, cut).expect("it is whole");
        assert_eq!((response.status, response.body.as_slice(), response.reusable), (200, body, true));
        assert_eq!(response.cookie.as_deref(), Some("id=1"));
    }
}

/// None: no response, or not the whole of one.
fn in_pieces(bytes: &[u8], size: usize) -> Option<Response> {
    let mut parser = ResponseParser::of(Keep::All);
    for piece in bytes.chunks(size.max(1)) {
        if let Some(response) = parser.feed(piece).ok()? {
            return Some(response);
        }
    }
    None
}
