//! Extractors: what did the client say, once it is checked?
//!
//! The framework's own extractors answer with text of their own, wait for a stalled body for ever and check no values.
//! These turn every wrong input into a [`Refused`] that names what is wrong.

use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Refused;
use crate::limits::Patience;
use shared::api::problem::{Code, FieldError};

mod body;
pub mod caller;
mod json;

/// A checked JSON body.
///
/// # Errors
/// `UnsupportedMediaType`, `BodyTooLarge`, `RequestTimeout`, `MalformedBody`, `InvalidValues`.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + Serialize + garde::Validate<Context = ()> + 'static> FromRequest for Json<T> {
    type Error = Refused;
    type Future = Pin<Box<dyn Future<Output = Result<Json<T>, Refused>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let announced = body::check_announced(request).and_then(|()| body::check_is_json(request));
        let (payload, patience) = (payload.take(), patience(request));
        Box::pin(async move {
            announced?;
            json::read(&body::collect(payload, patience).await?).map(Json)
        })
    }
}

/// A checked JSON body, or nothing at all where nothing needs to be said.
///
/// # Errors
/// As of [`Json`].
pub struct JsonOrEmpty<T>(pub T);

impl<T> FromRequest for JsonOrEmpty<T>
where
    T: Default + DeserializeOwned + Serialize + garde::Validate<Context = ()> + 'static,
{
    type Error = Refused;
    type Future = Pin<Box<dyn Future<Output = Result<JsonOrEmpty<T>, Refused>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let announced = body::check_announced(request);
        let is_json = body::check_is_json(request);
        let named = request.headers().contains_key(header::CONTENT_TYPE);
        let (payload, patience) = (payload.take(), patience(request));
        Box::pin(async move {
            announced?;
            let body = body::collect(payload, patience).await?;
            if body.is_empty() && !named {
                return Ok(JsonOrEmpty(T::default()));
            }
            is_json?;
            let read: Option<T> = json::read(&body)?; // `null` is how JSON says nothing.
            Ok(JsonOrEmpty(read.unwrap_or_default()))
        })
    }
}

fn patience(request: &HttpRequest) -> Patience {
    request.app_data::<Patience>().copied().unwrap_or_default()
}

/// Checked query parameters.
///
/// # Errors
/// `MalformedRequest` when they cannot be read, `InvalidValues` when they cannot be.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + garde::Validate<Context = ()>> FromRequest for Query<T> {
    type Error = Refused;
    type Future = Ready<Result<Query<T>, Refused>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = web::Query::<T>::from_query(request.query_string()).map(web::Query::into_inner);
        let read = read.map_err(|error| Refused::saying(Code::MalformedRequest, format!("The query: {error}.")));
        ready(read.and_then(checked).map(Query))
    }
}

/// The parts of the path that the route leaves open.
///
/// # Errors
/// `MalformedRequest` when they have the wrong form.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Path<T> {
    type Error = Refused;
    type Future = Ready<Result<Path<T>, Refused>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let read = web::Path::<T>::from_request(request, payload).into_inner();
        let wrong_form = "A part of the path has the wrong form: ids are whole numbers.";
        let read = read.map_err(|_| Refused::saying(Code::MalformedRequest, wrong_form));
        ready(read.map(|path| Path(path.into_inner())))
    }
}

/// Passes values on that keep their own rules.
fn checked<T: garde::Validate<Context = ()>>(value: T) -> Result<T, Refused> {
    let Err(report) = value.validate() else { return Ok(value) };
    let error = |path: &garde::Path, message: String| FieldError { field: camel_case(&path.to_string()), message };
    Err(Refused::invalid(report.iter().map(|(path, broken)| error(path, broken.to_string())).collect()))
}

/// The rules know our field names, the client knows those of the JSON.
fn camel_case(path: &str) -> String {
    let mut words = path.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at(word.len().min(1));
        name + &initial.to_ascii_uppercase() + rest
    })
}
