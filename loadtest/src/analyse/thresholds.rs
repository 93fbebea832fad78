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

/// A fleet that refuses one request in twenty sends people to log in all day: whoever asks there is not known everywhere.
/// Where any replica will do, none is refused at all; the rest is for the interval, so that a few hundred requests decide.
pub const REFUSED: f64 = 0.05;
/// A newcomer that answers this share of what is due to it carries its part; what is missing is the luck of one span of time.
pub const CARRIES: f64 = 0.75;
/// That nobody notices can be said once so many requests went well that one in a hundred failing would have shown.
pub const UNNOTICED: f64 = 0.01;
/// A replica of few that keeps the state of its people takes a third of them with it, or half. Where nobody was hit, and so few were
/// there that this share could have been lucky, that says nothing.
pub const TAKES_WITH_IT: f64 = 0.25;
/// While Redis is gone, whoever needs it fails every time, and that is a fifth of a drill at least. A share of failures surely above
/// this one is noticed; one surely below is what a busy machine does by itself.
pub const NOTICED: f64 = 0.05;
