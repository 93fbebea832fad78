//! Redis errors: what is said of a Redis that does not answer, and what is never said?

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use rig::cluster::Cluster;
use rig::redis::{Listen, Options, Redis};
use server::redis::{RedisClient, Unavailable};
use tracing::subscriber::DefaultGuard;

use crate::callers::{Callers, OUTAGE};

const SECRET: &str = "open-sesame";

/// What this thread logs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn begin() -> (Log, DefaultGuard) {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .with_max_level(tracing::Level::TRACE);
        (log, tracing::subscriber::set_default(subscriber.finish()))
    }

    /// Lines of the client that tell of a change for the worse, and for the better.
    #[track_caller]
    fn check(&self, worse: usize, better: usize) {
        let text = String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned();
        let lines = |level| text.lines().filter(|line| line.contains(level) && line.contains("server::redis")).count();
        assert_eq!((lines(" WARN "), lines(" INFO ")), (worse, better), "{text}");
        assert!(!text.contains(SECRET), "{text}");
    }
}

async fn redis(listen: Listen) -> Redis {
    let redis = Redis::start(Options { listen, ..Options::default() }).await.expect("a Redis");
    redis.ask(&format!("ACL SETUSER shop on >{SECRET} ~* +@all")).expect("another user");
    redis
}

async fn refusal(url: &str) -> Unavailable {
    let client = RedisClient::open(url).expect("a good URL");
    client.ask::<()>(&redis::cmd("PING")).await.expect_err("nobody is let in")
}

#[tokio::test]
async fn an_outage_is_one_line_and_its_end_another_and_neither_holds_the_password() {
    let (log, _guard) = Log::begin();
    let mut redis = redis(Listen::Port).await;
    let url = redis.url().replace("://", &format!("://shop:{SECRET}@"));
    let callers = Callers::start(&RedisClient::open(&url).unwrap(), "key").await;
    log.check(0, 0);
    redis.freeze().unwrap();
    tokio::time::sleep(OUTAGE).await;
    log.check(1, 0);
    redis.thaw().unwrap();
    callers.are_healed(tokio::time::Instant::now()).await;
    log.check(1, 1);
}

#[tokio::test]
async fn a_wrong_password_is_said_without_it() {
    let (log, _guard) = Log::begin();
    let redis = redis(Listen::Port).await;
    let refused = refusal(&redis.url().replace("://", &format!("://nobody:{SECRET}@"))).await.to_string();
    assert!(refused.contains("uthentication"), "{refused}");
    assert!(!refused.contains(SECRET), "{refused}");
    log.check(1, 0);
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_in_a_sentence() {
    let (redis, stranger) = (redis(Listen::Tls).await, redis(Listen::Tls).await);
    let (server, _) = redis.url().split_once('?').map(|(server, ca)| (server.to_owned(), ca.to_owned())).unwrap();
    let stranger = stranger.url().split_once('?').unwrap().1.to_owned();
    for url in [format!("{server}?{stranger}"), server] {
        let refused = refusal(&url).await.to_string();
        assert!(refused.contains("invalid peer certificate: "), "{refused}");
        assert!(refused.contains("--redis-url can name whose signature to trust, by ?ca=FILE"), "{refused}");
    }
}

#[tokio::test]
async fn a_server_of_a_cluster_that_is_asked_alone_says_how_to_name_it() {
    let cluster = Cluster::start().await.unwrap();
    let client = RedisClient::open(&cluster.servers[0].url()).unwrap();
    let elsewhere = redis::cmd("GET").arg(cluster.key_of(1).unwrap()).to_owned();
    let refused = client.ask::<()>(&elsewhere).await.unwrap_err().to_string();
    assert!(refused.contains("--redis-url must begin with redis+cluster://"), "{refused}");
}
