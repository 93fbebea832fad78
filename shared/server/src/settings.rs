//! Server settings: what is every server told when it starts?
//!
//! Each flag is also an environment variable of its name: `--database-url` is `DATABASE_URL`.

use std::collections::BTreeMap;
use std::env;
use std::fmt;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// The settings that both servers have; each flattens them into its own.
#[derive(Clone, clap::Args)]
pub struct Settings {
    /// Address to listen on; port 0 takes any free one and prints it
    #[arg(long, env, value_name = "ADDRESS:PORT")]
    pub listen: SocketAddr,

    /// `sqlite://FILE`, made if it is not there, or `postgres://USER:PASSWORD@HOST/DATABASE`
    #[arg(long, env, value_name = "URL", hide_env_values = true, value_parser = database)]
    pub database_url: String,

    /// Threads that answer requests; by default one a core
    #[arg(long, env, value_name = "N", default_value_t = cores(), value_parser = workers)]
    pub workers: usize,

    /// What `X-Served-By` says; `{port}` becomes the port
    #[arg(long, env, value_name = "NAME")]
    instance: String,

    /// Make the people and products of the examples; by default with SQLite only
    #[arg(long, env, value_name = "true|false", num_args = 0..=1, default_missing_value = "true")]
    demo_data: Option<bool>,

    /// With the demo data: users `visitor-1` to `visitor-N` for the load test
    #[arg(long, env, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    demo_visitors: u32,

    /// With the demo data: how many of these visitors each SIGUSR1 logs in, without a password, for the load test
    #[arg(long, env, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    demo_logins: u32,

    /// How long to go on accepting after the signal to stop, so that balancers can turn away first
    #[arg(long, env, value_name = "DURATION", default_value = "250ms", value_parser = duration)]
    pub drain_delay: Duration,

    #[command(flatten)]
    pub login_limits: LoginLimits,
}

/// How often a password may be tried.
#[derive(Debug, Clone, clap::Args)]
pub struct LoginLimits {
    /// Wrong passwords for one account, until none is looked at any more
    #[arg(long = "guesses-per-account", env = "GUESSES_PER_ACCOUNT", value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub per_account: u32,

    /// Wrong passwords from one address, until it is listened to no more
    #[arg(long = "guesses-per-address", env = "GUESSES_PER_ADDRESS", value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pub per_address: u32,

    /// How long wrong passwords count, from the first of them on
    #[arg(long = "guess-window", env = "GUESS_WINDOW", value_name = "DURATION", default_value = "15m", value_parser = lifetime)]
    pub window: Duration,

    /// A proxy whose `X-Forwarded-For` is believed; may be given several times, in the variable with commas between them
    #[arg(long, env, value_name = "IP", value_delimiter = ',')]
    pub trusted_proxy: Vec<IpAddr>,
}

/// A setting that cannot be: one sentence that names it, and exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);

/// Reads command line and environment of a server that listens on `listen` unless told otherwise. Asked for help or
/// version, it prints them and ends the program.
///
/// # Errors
/// [`Invalid`].
pub fn parse<C: clap::Parser>(listen: &'static str) -> Result<C> {
    let server = C::command().get_name().to_owned();
    // Defaults live as long as the program: clap keeps references.
    let database: &'static str = format!("sqlite://{}", state_file(&server).display()).leak();
    let instance: &'static str = format!("{server}:{{port}}").leak();
    let command = C::command()
        .mut_arg("listen", |arg| arg.required(false).default_value(listen))
        .mut_arg("database_url", |arg| arg.required(false).default_value(database))
        .mut_arg("instance", |arg| arg.required(false).default_value(instance));
    let parsed = command.try_get_matches().and_then(|matches| C::from_arg_matches(&matches));
    parsed.map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => error.exit(),
        _ => Invalid(sentence(&blanked(error).to_string())).into(),
    })
}

/// A duration as people write it: `250ms`, `15m`, `30d`.
///
/// # Errors
/// What cannot be read, and where; or that it leads past the last year that a date can have.
pub fn duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if duration <= LONGEST { Ok(duration) } else { Err("longer than 100 years".into()) }
}

/// How long something lives that people log in for.
///
/// # Errors
/// As [`duration`]; or that nobody could use it in less than a second.
pub fn lifetime(text: &str) -> Result<Duration, String> {
    duration(text).and_then(|ttl| if ttl >= SHORTEST { Ok(ttl) } else { Err("shorter than a second".into()) })
}

const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(100 * 366 * 24 * 60 * 60);

impl Settings {
    /// The name of this replica, once it has a port.
    pub fn instance(&self, listener: &TcpListener) -> String {
        let port = listener.local_addr().map_or(self.listen.port(), |address| address.port());
        self.instance.replace("{port}", &port.to_string())
    }

    /// How many visitors to make, if there shall be demo data at all: a database of somebody's own stays as it is.
    pub fn demo_visitors(&self) -> Option<u32> {
        let embedded = self.database_url.starts_with("sqlite:");
        self.demo_data.unwrap_or(embedded).then_some(self.demo_visitors)
    }

    /// How many of the visitors to log in at each SIGUSR1, if the signal shall mean that.
    pub fn demo_logins(&self) -> Option<u32> {
        Some(self.demo_logins).filter(|logins| *logins > 0)
    }

    /// For `/api/meta`: everything but secrets.
    pub fn options(&self) -> BTreeMap<String, String> {
        BTreeMap::from([
            ("listen".into(), self.listen.to_string()),
            ("database".into(), without_secrets(&self.database_url)),
            ("workers".into(), self.workers.to_string()),
            ("demoData".into(), self.demo_visitors().is_some().to_string()),
            ("demoVisitors".into(), self.demo_visitors().unwrap_or(0).to_string()),
            ("demoLogins".into(), self.demo_logins.to_string()),
            ("drainDelay".into(), humantime::format_duration(self.drain_delay).to_string()),
            ("guessesPerAccount".into(), self.login_limits.per_account.to_string()),
            ("guessesPerAddress".into(), self.login_limits.per_address.to_string()),
            ("guessWindow".into(), humantime::format_duration(self.login_limits.window).to_string()),
            ("trustedProxies".into(), self.login_limits.trusted_proxies()),
        ])
    }
}

/// A URL may hold a password.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.options().fmt(f)
    }
}

impl LoginLimits {
    fn trusted_proxies(&self) -> String {
        self.trusted_proxy.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(", ")
    }
}

/// A URL without who logs in there, and without parameters, where passwords may stand as well.
pub fn without_secrets(url: &str) -> String {
    let shown = url.split(['?', '#']).next().unwrap_or_default();
    match shown.split_once("://") {
        // The last `@`: a password may hold one that somebody forgot to encode.
        Some((scheme, rest)) if rest.contains('@') => {
            format!("{scheme}://{}", rest.rsplit('@').next().unwrap_or_default())
        }
        // Or a `?`, and then half of it still stands here.
        Some((scheme, rest)) if url.contains('@') && !rest.starts_with('/') => format!("{scheme}://"),
        Some(_) => shown.to_owned(),
        None => shown.split(':').next().unwrap_or_default().to_owned(),
    }
}

/// Where users of this system expect a program's own data (XDG Base Directory Specification), so that demo orders
/// survive a restart and lie in nobody's way.
fn state_file(server: &str) -> PathBuf {
    let given = env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let home = || env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state"));
    given.or_else(home).unwrap_or_else(env::temp_dir).join(server).join("shop.sqlite")
}

fn database(text: &str) -> Result<String, String> {
    match text.split_once(':') {
        Some(("sqlite" | "postgres" | "postgresql", _)) => Ok(text.to_owned()),
        _ => Err("not sqlite://FILE and not postgres://USER@HOST/DATABASE".into()),
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn workers(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(workers @ 1..=512) => Ok(workers),
        _ => Err("not a number from 1 to 512".into()),
    }
}

/// A URL that was refused may hold a password all the same.
fn blanked(mut error: clap::Error) -> clap::Error {
    // Also an argument that nobody knows, and a value of those that hold keys, can be a secret in the wrong place.
    let of_key = format!("{:?}", error.get(ContextKind::InvalidArg)).contains("key");
    for kind in [ContextKind::InvalidValue, ContextKind::InvalidArg] {
        if let Some(ContextValue::String(value)) = error.get(kind) {
            let shown = match value.contains("://") {
                true => without_secrets(value),
                false if of_key && kind == ContextKind::InvalidValue => "…".into(),
                false => continue,
            };
            error.insert(kind, ContextValue::String(shown));
        }
    }
    error
}

/// The first paragraph of what clap says, as one line; the rest is usage.
fn sentence(text: &str) -> String {
    let paragraph = text.split("\n\n").next().unwrap_or(text);
    let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    line.trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_stay_out_of_the_options() {
        #[track_caller]
        fn check(url: &str, shown: &str) {
            assert_eq!(without_secrets(url), shown);
        }
        check("postgres://me:pass@db:5432/shop?password=pass", "postgres://db:5432/shop");
        check("postgres://me:p@ss@db/shop", "postgres://db/shop");
        check("redis+unix:///run/redis.sock?pass=p@ss", "redis+unix:///run/redis.sock");
        check("rediss://:p?ss@store:6379?ca=/etc/ca.crt", "rediss://");
        check("redis+sentinel://:pass@a:1,b:2/shop?sentinel-password=pass", "redis+sentinel://a:1,b:2/shop");
        check("rediss+cluster://me:pass@a:1,me:pass@b:2", "rediss+cluster://b:2");
        check("sqlite:///var/shop.sqlite", "sqlite:///var/shop.sqlite");
        check("sqlite:shop.sqlite", "sqlite");
    }

    #[test]
    fn a_duration_that_leads_past_all_dates_is_refused() {
        assert_eq!(duration("30d"), Ok(Duration::from_secs(30 * 24 * 60 * 60)));
        assert!(duration("9000y").is_err() && duration("soon").is_err());
    }

    #[test]
    fn a_bad_setting_is_one_sentence() {
        let said =
            "error: invalid value 'x' for '--listen <A>': no\n  address\n\nFor more information, try '--help'.\n";
        assert_eq!(sentence(said), "invalid value 'x' for '--listen <A>': no address");
    }
}
