//! Fuzz target, checkout bodies: does each either fit or fail, and never half-way?
//!
//! What was understood is written down and read again: it must be the same, and the wizard must take it.

#![no_main]

use actix_web::FromRequest;
use actix_web::http::header;
use actix_web::test::TestRequest;
use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use shared::api::checkout::{Confirm, GiveAddress, GivePayment, StartCheckout};
use shared::checkout::{Draft, Step, advance};
use server::extract::Json;

fuzz_target!(|body: &[u8]| {
    let started = understood::<StartCheckout>(body).map(|start| Step::Start { id: String::new(), items: start.items });
    let address = understood::<GiveAddress>(body).map(|given| Step::Address(given.address));
    let payment = understood::<GivePayment>(body).map(|given| Step::Payment(given.payment));
    understood::<Confirm>(body);
    for step in [started, address, payment].into_iter().flatten() {
        let empty = Draft { id: String::new(), items: Vec::new(), address: None, payment: None };
        let draft = advance(Some(empty), step).expect("a step that fits is taken");
        assert!(advance(Some(draft), Step::Confirm).is_err(), "one step is no whole checkout");
    }
});

fn understood<T: Serialize>(body: &[u8]) -> Option<T>
where
    Json<T>: FromRequest,
{
    let first: T = read(body)?;
    let written = serde_json::to_vec(&first).expect("bodies are plain data");
    let second: T = read(&written).expect("what we write, we read");
    assert_eq!(written, serde_json::to_vec(&second).expect("bodies are plain data"));
    Some(first)
}

/// As a route does it. All of the body is there, so nothing waits.
fn read<T>(body: &[u8]) -> Option<T>
where
    Json<T>: FromRequest,
{
    let request = TestRequest::post().insert_header((header::CONTENT_TYPE, "application/json"));
    let (request, mut payload) = request.set_payload(body.to_vec()).to_http_parts();
    let read = Json::<T>::from_request(&request, &mut payload);
    RUNTIME.with(|runtime| runtime.block_on(read)).ok().map(|Json(value)| value)
}

thread_local! {
    /// The extractor's patience needs a clock.
    static RUNTIME: tokio::runtime::Runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
}
