//! Tampering: is a credential worth anything when a byte of it is another?

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::attacks::case::{Group, rule};
use crate::attacks::cell::{Cell, cookies, kinds, refused, tokens};
use crate::attacks::checkout::{pay, start};
use crate::attacks::judge::verdict;
use crate::attacks::target::Target;
use shared::api::paths;
use wire::login::Login;
use wire::request::Request;

const INTEGRITY: &str = "RFC 8725 3.3; OWASP ASVS 9.1.1";
const CANONICAL: &str = "RFC 7515 2; RFC 4648 3.5";

pub(super) fn group() -> Group {
    let either = rule(INTEGRITY, refused(401)).by(bent);
    let token = |source| rule(source, tokens(refused(401))).by(bent);
    let draft = kinds(refused(422), Cell::Ignored);
    let cases = [
        either.case("token or cookie, every byte of it changed, one at a time", changed as Bend),
        either.case("token or cookie, cut off at every length", cut as Bend),
        either.case("token or cookie, a letter more before, after, or in the middle", extended as Bend),
        either.case("token or cookie, halves of two logins glued together", glued as Bend),
        token(INTEGRITY).case("token, parts swapped between two logins", swapped as Bend),
        token(CANONICAL)
            .case("token, other spellings of the same bytes: padding, trailing bits, `+/`", respelled as Bend),
        rule("RFC 6265 5.4", cookies(refused(401))).case("cookie, its name in another case", renamed),
        rule("RFC 9700 4.14", tokens(refused(401)))
            .case("refresh token, every byte of it changed; the login goes on", refreshed),
        rule("RFC 8725 3.3", draft.clone()).case("signed draft, every byte of it changed", redrafted),
        rule("RFC 8725 3.8", draft).case("signed draft of somebody else", borrowed),
    ];
    Group::new("tampering", "Is a credential worth anything when a byte of it is another?", cases)
}

/// What becomes of a credential, and of another one if two are needed.
type Bend = fn(&str, &str) -> Vec<String>;

async fn bent(target: &Target, bend: Bend) -> Result<Cell> {
    let (login, other) = (target.newcomer().await?, target.newcomer().await?);
    let requests: Vec<_> =
        bend(login.secret(), other.secret()).iter().map(|secret| login.forged(secret).whoami()).collect();
    let cell = verdict(&target.send_all(&requests).await?)?;
    ensure!(target.send(&login.whoami()).await?.status == 200, "the credential itself is worth nothing");
    Ok(cell)
}

/// One text for each byte, with another letter in its place: the highest of its six bits is turned, so no spare one is.
fn changed(secret: &str, _: &str) -> Vec<String> {
    let other = |byte| value_of(byte).map_or(b'A', |value| ALPHABET[value ^ 32]);
    let text = |at: usize| {
        let mut bytes = secret.as_bytes().to_vec();
        bytes[at] = other(bytes[at]);
        String::from_utf8_lossy(&bytes).into_owned()
    };
    (0..secret.len()).map(text).collect()
}

/// base64url, in the order of its values.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn value_of(letter: u8) -> Option<usize> {
    ALPHABET.iter().position(|other| *other == letter)
}

fn cut(secret: &str, _: &str) -> Vec<String> {
    (1..secret.len()).map(|length| secret[..length].to_owned()).collect()
}

fn extended(secret: &str, _: &str) -> Vec<String> {
    let (front, back) = secret.split_at(secret.len() / 2);
    vec![
        format!("A{secret}"),
        format!("{secret}A"),
        format!("{secret}AAAA"),
        format!("{front}A{back}"),
        format!("{secret}."),
    ]
}

fn glued(secret: &str, other: &str) -> Vec<String> {
    let half = secret.len() / 2;
    vec![
        format!("{}{}", &secret[..half], &other[half.min(other.len())..]),
        format!("{}{}", &other[..half.min(other.len())], &secret[half..]),
        format!("{secret}{other}"),
    ]
}

fn swapped(token: &str, other: &str) -> Vec<String> {
    let (own, others): (Vec<_>, Vec<_>) = (token.split('.').collect(), other.split('.').collect());
    let [head, claims, signature] = own[..] else { return Vec::new() };
    let [_, other_claims, other_signature] = others[..] else { return Vec::new() };
    vec![
        format!("{head}.{other_claims}.{signature}"),
        format!("{head}.{claims}.{other_signature}"),
        format!("{claims}.{head}.{signature}"),
        format!("{signature}.{claims}.{head}"),
        format!("{head}.{claims}."),
        format!(".{claims}.{signature}"),
        format!("{head}..{signature}"),
    ]
}

fn respelled(token: &str, _: &str) -> Vec<String> {
    let parts: Vec<_> = token.split('.').collect();
    let padded = |at: usize| {
        let mut parts: Vec<String> = parts.iter().map(|part| part.to_string()).collect();
        parts[at].push('=');
        parts.join(".")
    };
    let value = token.bytes().last().and_then(value_of).unwrap_or_default();
    let trailing = format!("{}{}", &token[..token.len() - 1], char::from(ALPHABET[value ^ 1]));
    let plus = token.replace('-', "+").replace('_', "/");
    // A token without either letter is its own other spelling.
    let plus = Some(plus).filter(|plus| plus != token);
    let spaced = token.replacen('.', ". ", 1);
    [padded(0), padded(1), padded(2), trailing, spaced].into_iter().chain(plus).collect()
}

async fn renamed(target: &Target) -> Result<Cell> {
    let login = target.newcomer().await?;
    let cookie = login.cookie.context("no cookie")?;
    let (name, value) = cookie.split_once('=').context("a cookie without a value")?;
    let requests = [name.to_uppercase(), name.to_lowercase(), format!("{name}2"), format!("x{name}")];
    let requests = requests.map(|name| Request::get(paths::WHOAMI).with("Cookie", format!("{name}={value}")));
    verdict(&target.send_all(&requests).await?)
}

async fn refreshed(target: &Target) -> Result<Cell> {
    let login = target.newcomer().await?;
    let token = login.refresh.clone().context("no refresh token")?;
    let forged = |refresh| Login { refresh: Some(refresh), ..login.clone() }.refresh();
    let requests: Vec<_> = changed(&token, "").into_iter().map(forged).collect();
    let cell = verdict(&target.send_all(&requests).await?)?;
    // Else to know the name of a login would be enough to end it.
    ensure!(target.send(&login.refresh()).await?.status == 200, "a forged token ended the login");
    Ok(cell)
}

/// A draft as the client holds it, or what a client might make up where it holds none.
async fn draft(target: &Target, login: &Login) -> Result<String> {
    let state = target.send(&start(login, 1)).await?.json(201)?;
    Ok(state["draft"].as_str().unwrap_or("eyJhbGciOiJIUzI1NiJ9.e30.AAAA").to_owned())
}

async fn redrafted(target: &Target) -> Result<Cell> {
    let login = target.newcomer().await?;
    let draft = draft(target, &login).await?;
    let requests: Vec<_> = changed(&draft, "").into_iter().map(|draft| pay(&login, draft)).collect();
    verdict(&target.send_all(&requests).await?)
}

async fn borrowed(target: &Target) -> Result<Cell> {
    let (login, other) = (target.newcomer().await?, target.newcomer().await?);
    draft(target, &login).await?;
    let borrowed = draft(target, &other).await?;
    let answer = target.send(&pay(&login, borrowed)).await?;
    if answer.is_success() {
        let items: Value = answer.json(200)?["items"].clone();
        ensure!(items == json!([{ "productId": 1, "quantity": 1 }]), "the draft of somebody else: {items}");
    }
    verdict(&[answer])
}
