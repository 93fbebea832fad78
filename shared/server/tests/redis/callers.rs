//! Callers of a busy Redis: what does a request see that asks all the time?

use std::sync::{Arc, Mutex};
use std::time::Duration;

use server::redis::RedisClient;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// The longest that anybody may wait for an answer, and the longest until all is well after Redis is back.
const WAIT: Duration = Duration::from_millis(500);
pub(crate) const RECOVERY: Duration = Duration::from_secs(2);

/// How long Redis is away; longer only takes longer.
pub(crate) const OUTAGE: Duration = Duration::from_millis(800);

/// How long all must be well without a refusal in between.
const SETTLED: Duration = Duration::from_millis(150);

/// Between two questions, and between two looks at the callers.
const BREATH: Duration = Duration::from_millis(5);

/// Callers who write all the time, each its own number of a key, over one client. They end with their value.
pub(crate) struct Callers {
    felt: Vec<Arc<Mutex<Felt>>>,
    _writers: JoinSet<()>,
}

/// What one caller went through.
#[derive(Debug, Clone, Default)]
struct Felt {
    longest: Duration,
    refused: u32,
    well_since: Option<Instant>,
    last_refusal: String,
}

impl Callers {
    /// One caller for each key and number; returns when all are well.
    pub(crate) async fn start(client: &RedisClient, key: &str) -> Callers {
        let (client, mut writers) = (Arc::new(client.clone()), JoinSet::new());
        let felt: Vec<_> = (0..4).map(|_| Arc::<Mutex<Felt>>::default()).collect();
        for (number, felt) in felt.iter().enumerate() {
            writers.spawn(write(client.clone(), format!("{key}:{number}"), felt.clone()));
        }
        let callers = Callers { felt, _writers: writers };
        callers.are_well_since(Instant::now()).await;
        callers
    }

    /// # Panics
    /// When nobody was refused, somebody waited too long, or is not well soon after `back`.
    #[track_caller]
    pub(crate) fn are_healed(self, back: Instant) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let well_after = self.are_well_since(back).await;
            println!("{caller}: well after {well_after:?}");
            for felt in self.felt() {
                println!("longest wait {:?}, refused {} times: {}", felt.longest, felt.refused, felt.last_refusal);
                assert!(felt.longest <= WAIT && felt.refused > 0, "{caller}: {felt:?}");
            }
        }
    }

    /// # Panics
    /// When somebody was refused.
    #[track_caller]
    pub(crate) fn felt_nothing(self) {
        for felt in self.felt() {
            assert!(felt.longest <= WAIT && felt.refused == 0, "{felt:?}");
        }
    }

    /// How long after `back` the last of them was well again.
    ///
    /// # Panics
    /// When that is too long.
    pub(crate) async fn are_well_since(&self, back: Instant) -> Duration {
        loop {
            let since: Option<Vec<_>> = self.felt().map(|felt| felt.well_since).collect();
            if let Some(last) = since.and_then(|since| since.into_iter().max())
                && last.max(back).elapsed() >= SETTLED
            {
                return last.saturating_duration_since(back);
            }
            let late = back.elapsed() > RECOVERY + SETTLED;
            assert!(!late, "not well again in time: {:?}", self.felt().collect::<Vec<_>>());
            sleep(BREATH).await;
        }
    }

    fn felt(&self) -> impl Iterator<Item = Felt> {
        self.felt.iter().map(|felt| felt.lock().expect("callers do not panic").clone())
    }
}

/// Writes every five milliseconds, and accepts no answer but its own value or a refusal.
async fn write(client: Arc<RedisClient>, key: String, felt: Arc<Mutex<Felt>>) {
    for number in 0.. {
        let asked = Instant::now();
        let answer = client.ask::<String>(redis::cmd("SET").arg(&key).arg(number)).await;
        {
            let mut felt = felt.lock().expect("nobody panics with it");
            felt.longest = felt.longest.max(asked.elapsed());
            match answer {
                Ok(said) => {
                    assert_eq!(said, "OK");
                    felt.well_since.get_or_insert(asked);
                }
                Err(silent) => {
                    felt.refused += 1;
                    felt.well_since = None;
                    felt.last_refusal = silent.to_string();
                }
            }
        }
        sleep(BREATH).await;
    }
}
