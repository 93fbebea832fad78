//! Thresholds: from where on does a figure decide something?
//!
//! Every threshold of the verdicts stands here, and nothing else: whoever doubts one finds it, and whoever moves one moves all.

use std::time::Duration;

/// A fleet that keeps this share of its ideal throughput scales well …
pub const SCALES: f64 = 0.8;
/// … and one that keeps less than this does not.
pub const SCALES_NOT: f64 = 0.6;
/// A component that is busy for this share of what it may use is what holds the rest back.
pub const SATURATED: f64 = 0.9;
/// Below this share a component has room: it holds nobody back.
pub const HAS_ROOM: f64 = 0.7;
/// Fewer store calls a request than this are none; background traffic explains them.
pub const NO_CALLS: f64 = 0.01;
/// A request that is longer by less than this factor is no burden that anybody would notice.
pub const LARGER: f64 = 1.05;

/// With fewer blocks there is an estimate and no interval.
pub const FEWEST_BLOCKS: usize = 3;
/// A quantile of one sample that fewer requests exceed than this is the luck of a few.
pub const FEWEST_SLOWER: f64 = 5.0;
/// A sample in which more than this share of the requests fails is about failures, and tells no price of an answer.
pub const FAILS: f64 = 0.01;
/// A closed loop whose rate and response time account for its users but for this share has measured one of them wrong.
pub const LITTLE: f64 = 0.1;

/// A generator that sends later than this at p99 measures its own lateness where a latency is to be told.
pub const SEND_LAG: Duration = Duration::from_millis(2);
/// The users of a closed loop stop asking at its end. A rate over a time of which more than this share was spent waiting for
/// the last answers …
pub const STRAGGLES: f64 = 0.25;
/// … and this much besides, where the time was short, means nothing.
pub const STRAGGLES_BY: Duration = Duration::from_millis(50);
/// What a request that failed may have cost before it did.
pub const FAILED_STORE_CALLS: u64 = 2;
pub const FAILED_STORE_WRITES: u64 = 1;
pub const FAILED_SQL_STATEMENTS: u64 = 5;
/// A session in use slides its idle limit once in this time …
pub const SLIDES_EVERY: Duration = Duration::from_secs(60);
/// … in each of so many requests of its user that come at the same moment.
pub const SLIDES_AT_ONCE: u64 = 2;

/// A fleet that refuses one request in twenty sends people to log in all day: whoever asks there is not known everywhere.
/// Where any replica will do, none is refused at all; the rest is for the interval, so that a few hundred requests decide.
pub const REFUSED: f64 = 0.05;
/// A newcomer that answers this share of what is due to it carries its part; what is missing is the luck of one span of time.
pub const CARRIES: f64 = 0.75;
/// A deploy that surely fails fewer requests than one in a hundred goes unnoticed by nearly all; how many did is told. A line at
/// none at all would be crossed by one connection that was hung up on in thousands, in one run and not in the next.
pub const UNNOTICED: f64 = 0.01;

/// A replica of few that keeps the state of its people takes a third of them with it, or half. Where nobody was hit, and so few were
/// there that this share could have been lucky, that says nothing.
pub const TAKES_WITH_IT: f64 = 0.25;
/// While Redis is gone, whoever needs it fails every time, and that is a fifth of a fault run at least. A share of failures surely above
/// this one is noticed; one surely below is what a busy machine does by itself.
pub const NOTICED: f64 = 0.05;

/// A core is planned to be busy for this share of its time. A queue before one that is busy for the share u waits u ÷ (1 − u)
/// times as long as an answer takes (M/M/1), 1.5 times here and 9 times at 0.9; and when one of three servers fails, the
/// other two are at 0.9.
pub const PLANNED: f64 = 0.6;

/// A server with fewer lines, or fewer things to keep in mind, than this share of its neighbour's is simpler. A tenth more or
/// less is how somebody breaks lines and cuts types.
pub const SHORTER: f64 = 0.9;

/// Bytes: whoever keeps a login must keep at least its id (16), whose it is (8) and when it ends (8). A fleet that grows by
/// no more keeps nothing of it.
pub const NOTHING_KEPT: f64 = 32.0;
/// Bytes: SQLite caches up to 2 MB of its file for each of the five connections of a replica, once and for all logins. What
/// grew by no more than that may be the cache, and is not held against a login.
pub const CACHES: f64 = 5.0 * 2_048_000.0;
/// From this share on memory came back with the end of its sessions: what stays are tables that wait for the next ones …
pub const GIVEN_BACK: f64 = 0.8;
/// … and below this, it did not.
pub const KEPT_NOT: f64 = 0.5;

/// What is over within so many seconds is over at once: nobody has let go of the button by then, and no answer that takes
/// so long seems slow (Nielsen, *Usability Engineering*, 1993, section 5.5).
pub const AT_ONCE: f64 = 0.1;

/// What happens in a larger share of all cases than this happens as a rule. Where replicas agree it is all or nothing, so
/// that the place of this line decides nothing; it only says how many cases are too few.
pub const AS_A_RULE: f64 = 0.5;

/// Store calls a request that differ by less than this are the same: one in twenty requests met a connection that was new,
/// or a lease that had to be renewed.
pub const SAME_CALLS: f64 = 0.05;

/// A cache that gives this share of the answers by itself answers for its server: with several people in turn, whoever is
/// first must be fetched for, and nobody else.
pub const ANSWERS: f64 = 0.5;

/// Between two recordings, worse by this share is a regression, unless somebody asks for another.
pub const REGRESSION: f64 = 0.05;
/// A factor that nobody would act upon, and that the edges of a stretch can make: some requests begin before it and
/// some end after it.
pub const NEGLIGIBLE: f64 = 1.002;
/// Of the changes that are called real, so many may be chance.
pub const FALSE_DISCOVERIES: f64 = 0.05;
/// Pairs halve the number of observations. Of fewer than these, what that costs in certainty is more than what pairing
/// two runs can cancel: where in the run a block stood, and no more.
pub const FEWEST_PAIRS: usize = 8;

/// An open loop that takes longer than it was to by this factor only worked off what had piled up.
pub const KEEPS_UP: f64 = 1.05;
