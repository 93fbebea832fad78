//! From where on does a figure decide something?
//!
//! Every threshold of the verdicts stands here, and nothing else: whoever doubts one finds it, and whoever moves one moves all.

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

/// A quantile of one sample that fewer requests exceed than this is the luck of a few.
pub const FEWEST_SLOWER: f64 = 5.0;
/// A sample in which more than this share of the requests fails is about failures, and tells no price of an answer.
pub const FAILS: f64 = 0.01;
/// A closed loop whose rate and response time account for its users but for this share has measured one of them wrong.
pub const LITTLE: f64 = 0.1;

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
