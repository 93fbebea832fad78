//! Redis URL: what does `--redis-url` mean?

use anyhow::{Context, Result, bail, ensure};
use redis::parse_redis_url;

use crate::redis::cluster::Seeds;
use crate::redis::node::Node;
use crate::redis::sentinel::Sentinels;
use crate::redis::tls::Trust;
use crate::settings::Invalid;

pub(super) enum Address {
    Server(Node),
    Master(Sentinels),
    Cluster(Seeds),
}

const FORMS: &str = "redis://HOST:PORT, redis+unix:///SOCKET, redis+sentinel://HOST:PORT,HOST:PORT/MASTER or \
    redis+cluster://HOST:PORT,HOST:PORT, with USER:PASSWORD@ before the first host where one is needed; for TLS with rediss \
    in place of redis, and with ?ca=FILE where this system does not trust who signed the certificate";

/// What may stand behind the `?`: redis' own names, and ours.
const PARAMETERS: [&str; 7] = ["db", "user", "pass", "protocol", "ca", "sentinel-user", "sentinel-password"];

/// # Errors
/// One sentence that names `--redis-url`, and no part of it: any may be a password that was not written well.
pub(super) fn read(url: &str) -> Result<Address> {
    address(url).map_err(|why| Invalid(format!("--redis-url must be {FORMS} ({why:#})")).into())
}

fn address(url: &str) -> Result<Address> {
    let (scheme, rest) = url.split_once("://").context("this is no URL")?;
    match scheme.split_once('+') {
        Some((scheme @ ("redis" | "rediss"), "sentinel")) => master(&List::of(scheme, rest)),
        Some((scheme @ ("redis" | "rediss"), "cluster")) => cluster(&List::of(scheme, rest)),
        _ => Ok(Address::Server(node(url)?)),
    }
}

/// A URL with more than one host, taken to pieces.
struct List<'a> {
    scheme: &'a str,
    /// `USER:PASSWORD@`, or nothing.
    login: &'a str,
    hosts: Vec<&'a str>,
    path: Vec<&'a str>,
    /// `?` and what stands behind it, or nothing.
    query: &'a str,
}

impl<'a> List<'a> {
    fn of(scheme: &'a str, rest: &'a str) -> List<'a> {
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (login, hosts) = authority.split_at(authority.rfind('@').map_or(0, |at| at + 1));
        let (path, query) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
        let path = path.split('/').filter(|step| !step.is_empty()).collect();
        List { scheme, login, hosts: hosts.split(',').collect(), path, query }
    }

    /// One of the hosts, by a URL that redis can read.
    fn node(&self, host: &str, login: &str, database: &str) -> Result<Node> {
        let url = |scheme| format!("{scheme}://{login}{host}/{database}{}", self.query);
        let port = parse_redis_url(&url("redis")).and_then(|url| url.port());
        ensure!(port.is_some(), "each of the hosts must have a name and a port");
        node(&url(self.scheme))
    }

    fn parameter(&self, name: &str) -> Option<String> {
        let url = parse_redis_url(&format!("redis://host/{}", self.query))?;
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

fn master(list: &List<'_>) -> Result<Address> {
    let (master, database) = match list.path[..] {
        [master] => (master.to_owned(), ""),
        [master, database] => (master.to_owned(), database),
        _ => bail!("the name of the master must stand behind the hosts"),
    };
    let (user, password) = (list.parameter("sentinel-user"), list.parameter("sentinel-password"));
    let sentinel = |host: &&str| Ok(list.node(host, "", "")?.let_in_as(user.as_deref(), password.as_deref()));
    let sentinels = list.hosts.iter().map(sentinel).collect::<Result<_>>()?;
    Ok(Address::Master(Sentinels { sentinels, master, servers: list.node(list.hosts[0], list.login, database)? }))
}

fn cluster(list: &List<'_>) -> Result<Address> {
    ensure!(list.path.is_empty(), "a cluster has one database, without a number");
    let seeds = list.hosts.iter().map(|host| list.node(host, list.login, ""));
    Ok(Address::Cluster(Seeds(seeds.collect::<Result<_>>()?)))
}

fn node(url: &str) -> Result<Node> {
    // What redis calls TLS reads this system's certificates again and again.
    let (tls, url) =
        url.strip_prefix("rediss://").map_or((false, url.to_owned()), |rest| (true, format!("redis://{rest}")));
    let parts = parse_redis_url(&url).context("this cannot be read")?;
    // `#insecure` is how redis is told to trust anybody.
    ensure!(parts.fragment().is_none(), "nothing may stand behind a #");
    ensure!(
        parts.query_pairs().all(|(name, _)| PARAMETERS.contains(&&*name)),
        "one of the names behind the ? is unknown"
    );
    let of_sockets = |name: &str| ["db", "user", "pass"].contains(&name);
    ensure!(
        !parts.has_host() || !parts.query_pairs().any(|(name, _)| of_sockets(&name)),
        "db, user and pass are for sockets: with a host they stand as USER:PASSWORD@ before it and /DATABASE behind"
    );
    let authority = parts.query_pairs().find(|(name, _)| name == "ca");
    let trust = match (tls, authority) {
        (true, Some((_, file))) => Some(Trust::in_those_of(&file)?),
        (true, None) => Some(Trust::as_the_system()?),
        (false, Some(_)) => bail!("ca is for TLS"),
        (false, None) => None,
    };
    Ok(Node::at(&url, trust)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, meant: &str) {
        let address = match read(url).unwrap() {
            Address::Server(node) => node.to_string(),
            Address::Master(sentinels) => format!("{sentinels}"),
            Address::Cluster(seeds) => format!("cluster {seeds}"),
        };
        assert_eq!(address, meant, "{url}");
    }

    #[test]
    fn every_form_is_read() {
        check("redis://127.0.0.1", "127.0.0.1:6379");
        check("redis://me:secret@store:1/5", "store:1");
        check("rediss://store:1", "store:1");
        check("redis+unix:///run/redis.sock?pass=secret", "/run/redis.sock");
        check("redis+sentinel://a:1,b:2/shop", "shop of a:1,b:2");
        check("rediss+sentinel://me:secret@a:1,[::1]:2/shop/5?sentinel-password=s", "shop of a:1,::1:2");
        check("redis+cluster://a:1,b:2", "cluster a:1,b:2");
        check("rediss+cluster://:p@ss@a:1,b:2/", "cluster a:1,b:2");
    }

    #[test]
    fn what_cannot_be_is_one_sentence_without_the_password() {
        #[track_caller]
        fn check(url: &str, why: &str) {
            let said = read(url).err().unwrap().to_string();
            assert!(said.starts_with("--redis-url must be redis://HOST:PORT, ") && said.contains(why), "{said}");
            assert!(!said.contains("secret"), "{said}");
        }
        check("", "no URL");
        check("http://:secret@store", "cannot be read");
        check("redis://:sec/ret:secret@store", "cannot be read");
        check("redis://store/secret", "database");
        check("rediss://store:1#insecure", "behind a #");
        check("redis://store:1?passs=secret", "is unknown");
        check("redis://store:1?ca=/tmp/ca.crt", "ca is for TLS");
        check("rediss://store:1?ca=/no/such/file", "/no/such/file cannot be read");
        check("rediss://store:1?ca=/dev/null", "no certificate");
        check("redis+sentinel://:secret@a:1,b:2", "name of the master");
        check("redis+sentinel://:secret@a:1,b/shop", "port");
        check("redis+cluster://:secret@a:1,,b:2", "port");
        check("redis+cluster://:secret@a:1/5", "one database");
        check("redis+elsewhere://:secret@a:1", "cannot be read");
    }
}
