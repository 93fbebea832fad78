//! Secret leaks: does anything secret stand in a log?

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::contract::expect::mismatch;
use crate::contract::notes::Trail;
use rig::log::Log;

/// Between two looks at whether the last lines arrived.
const LOOK: Duration = Duration::from_millis(20);
/// Letters by which a secret is looked for: its last ones, for tokens begin alike.
const TAIL: usize = 8;
/// Below this, a secret is also a word that anybody may use: it is looked for between quotation marks.
const WORD: usize = 12;

/// Reads every line that the replicas wrote, for whatever the clients or the files with keys confided to them.
pub(super) async fn check(trail: &Trail, log: &Log, keys: &[String], patience: Duration) -> Result<()> {
    all_arrived(trail, log, patience).await?;
    let theirs = trail.secrets.iter().flat_map(|secret| spellings(secret));
    let ours = keys.iter().flat_map(|key| spellings_of_key(key));
    match Search::of(theirs.chain(ours)).hits(&log.lines()).next() {
        None => Ok(()),
        Some((_, line)) => Err(mismatch("the log", "no line with a secret in it", line)),
    }
}

/// Waits until each request stands in some line. Else no secret would be found because nothing was heard.
async fn all_arrived(trail: &Trail, log: &Log, patience: Duration) -> Result<()> {
    let requests = Search::of(trail.requests.keys().cloned());
    let (deadline, mut read, mut heard) = (Instant::now() + patience, 0, BTreeSet::new());
    loop {
        {
            let lines = log.lines();
            heard.extend(requests.hits(&lines[read..]).map(|(request, _)| request.to_owned()));
            read = lines.len();
        }
        let missing = trail.requests.iter().find(|(request, _)| !heard.contains(*request));
        match missing {
            None => return Ok(()),
            Some((request, asked)) if Instant::now() > deadline => {
                let seen = format!("{read} lines, and none about request {request}");
                return Err(mismatch("the log", format!("a line about {asked}"), seen));
            }
            Some(_) => tokio::time::sleep(LOOK).await,
        }
    }
}

/// What a secret of a client looks like in a log.
fn spellings(secret: &str) -> Vec<String> {
    match secret.len() {
        0..3 => Vec::new(), // Nobody was let in by it.
        3..WORD => vec![format!("\"{secret}\""), format!("\\\"{secret}\\\"")],
        _ => vec![secret.to_owned(), secret.replace("%2F", "/").replace("%2B", "+").replace("%3D", "=")],
    }
}

/// What a key looks like in a log: as text, as hexadecimal digits, or as a list of bytes.
fn spellings_of_key(key: &str) -> Vec<String> {
    let bytes = key.as_bytes();
    let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let list = bytes.iter().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ");
    let lines = key.lines().filter(|line| !line.starts_with("-----")); // What a PEM begins and ends with is no secret.
    lines.map(str::to_owned).chain([hex, list]).filter(|spelling| spelling.len() >= TAIL).collect()
}

/// What is looked for, by its tails, so that a line is read once, however much that is.
struct Search(HashMap<[u8; TAIL], Vec<String>>);

impl Search {
    fn of(wanted: impl Iterator<Item = String>) -> Search {
        let mut tails = HashMap::<_, Vec<String>>::new();
        for word in wanted {
            if let Some(tail) = word.as_bytes().last_chunk::<TAIL>() {
                tails.entry(*tail).or_default().push(word);
            }
        }
        Search(tails)
    }

    /// What was found, with the line in which it stands. Most lines say what another said before, but for the time.
    fn hits<'a>(&'a self, lines: &'a [String]) -> impl Iterator<Item = (&'a str, &'a str)> {
        let mut said = HashSet::new();
        let new = lines.iter().filter(move |line| said.insert(line.split_once(' ').map_or(&***line, |(_, rest)| rest)));
        let places = new.flat_map(|line| line.as_bytes().windows(TAIL).map(move |window| (line, window)));
        let near = places.filter_map(|(line, window)| Some((line, self.0.get(window)?)));
        near.flat_map(|(line, words)| words.iter().filter(|word| line.contains(*word)).map(|word| (&**word, &**line)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trail() -> Trail {
        let secrets = ["eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl", "abc%2Fdef%2Bghi%3D", "secret"];
        Trail {
            secrets: secrets.map(str::to_owned).into(),
            requests: [("4bf92f35".to_owned(), "GET /".to_owned())].into(),
        }
    }

    async fn found(line: &str) -> bool {
        let log = Log::default();
        log.hear("answered request_id=4bf92f35");
        log.hear(line);
        check(&trail(), &log, &["0123456789abcdef0123456789abcdef".to_owned()], Duration::ZERO).await.is_err()
    }

    #[tokio::test]
    async fn a_planted_secret_is_found_in_every_spelling() {
        assert!(!found("GET /api/whoami by visitor-1, no secret, 0123").await);
        for leak in [
            "authorization: Bearer eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl.",
            "cookie: sessionId=abc%2Fdef%2Bghi%3D",
            "the session abc/def+ghi= was loaded",
            "LogIn { username: \"jane\", password: \"secret\" }",
            "body b\"{\\\"password\\\":\\\"secret\\\"}\"",
            "the key 0123456789abcdef0123456789abcdef",
            "the key 3031323334353637383961626364656630313233343536373839616263646566",
        ] {
            assert!(found(leak).await, "{leak}");
        }
        let bytes = "0123456789abcdef".repeat(2).bytes().collect::<Vec<_>>();
        assert!(found(&format!("the key {bytes:?}")).await);
    }

    #[tokio::test]
    async fn a_log_in_which_nothing_stands_proves_nothing() {
        let silent = check(&trail(), &Log::default(), &[], Duration::ZERO).await;
        assert!(silent.is_err_and(|error| error.to_string().contains("GET /")));
    }
}
