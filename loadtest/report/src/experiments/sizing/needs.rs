//! Resource needs: how much of everything is so much of one?

use crate::evidence::interval::{Estimate, Interval};
use crate::evidence::thresholds::PLANNED;
use crate::experiments::sizing::prices::Price;
use crate::experiments::sizing::{Beyond, Need, Tested};
use crate::wanted::Wanted;

/// Cores are counted for the planned share of their time; what is left is room.
pub(crate) fn of(price: &Price, wanted: &Wanted) -> Need {
    let logins = wanted.logins_per_second();
    let cores = |micros: Estimate, per_second: f64| times(micros, per_second / 1e6 / PLANNED);
    let asking = price.store_cpu.map(|micros| cores(micros, wanted.per_second));
    let redis_cores = asking.map(|asking| match price.login_store_cpu {
        Some(micros) => both(asking, cores(micros, logins)),
        None => asking,
    });
    let need = Need {
        mode: price.mode,
        workload: price.workload,
        request_cores: cores(price.server_cpu, wanted.per_second),
        login_cores: price.login_cpu.map(|micros| cores(micros, logins)),
        redis_cores,
        store_calls: price.store_calls * wanted.per_second,
        network: times(price.bytes, wanted.per_second),
        credentials: price.credential_bytes.map(|bytes| bytes as f64 * wanted.per_second),
        memory: price.memory.map(|bytes| times(bytes, wanted.people as f64)),
        disk: price.disk.map(|bytes| times(bytes, wanted.people as f64)),
        tested: price.tested,
        beyond: Vec::new(),
    };
    Need { beyond: beyond(&need, wanted), ..need }
}

fn beyond(need: &Need, wanted: &Wanted) -> Vec<Beyond> {
    let Tested { per_second, logins_per_second, people, .. } = need.tested;
    let asked = [
        (Beyond::Requests, wanted.per_second > per_second),
        (Beyond::Logins, logins_per_second.is_some_and(|most| wanted.logins_per_second() > most)),
        (Beyond::People, people.is_some_and(|most| wanted.people > most)),
        (Beyond::OneRedis, need.redis_cores.is_some_and(|cores| cores.ends().high > 1.0)),
    ];
    asked.into_iter().filter(|(_, past)| *past).map(|(beyond, _)| beyond).collect()
}

/// So many of it. Less than nothing is noise.
fn times(one: Estimate, factor: f64) -> Estimate {
    one.map(|value| (value * factor).max(0.0))
}

/// Together. As if both were at the same end of their intervals at once, which makes it wide rather than narrow.
fn both(a: Estimate, b: Estimate) -> Estimate {
    let interval = a.interval.zip(b.interval).map(|(a, b)| Interval { low: a.low + b.low, high: a.high + b.high });
    Estimate { value: a.value + b.value, interval, blocks: a.blocks.min(b.blocks) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::recording::{Mode, Workload};

    /// A session in memory of 400 to 600 bytes, tried with 10,000 people.
    fn price() -> Price {
        let sure = Estimate::exact;
        let bytes = Estimate { value: 500.0, interval: Some(Interval { low: 400.0, high: 600.0 }), blocks: 3 };
        Price {
            mode: Mode::SessionMemory,
            workload: Workload::Whoami,
            server_cpu: sure(20.0),
            store_cpu: None,
            store_calls: 0.0,
            bytes: sure(900.0),
            credential_bytes: None,
            login_cpu: None,
            login_store_cpu: None,
            memory: Some(bytes),
            disk: Some(sure(0.0)),
            tested: Tested { per_second: 10_000.0, replicas: 1, logins_per_second: None, people: Some(10_000) },
        }
    }

    fn wanted(people: u64) -> Wanted {
        Wanted { people, per_second: 1.0, login_every: Duration::from_secs(1) }
    }

    #[test]
    fn memory_grows_with_the_people_and_is_marked_from_where_nobody_tried() {
        let need = of(&price(), &wanted(10_000));
        let memory = need.memory.expect("it was measured");
        assert_eq!((memory.value, memory.interval), (5e6, Some(Interval { low: 4e6, high: 6e6 })));
        assert_eq!((need.tested.people, need.beyond), (Some(10_000), vec![]));
        assert_eq!(of(&price(), &wanted(10_001)).beyond, [Beyond::People]);
    }

    #[test]
    fn nothing_is_ever_less_than_nothing() {
        let unsure = Estimate { value: -1.0, interval: Some(Interval { low: -3.0, high: 1.0 }), blocks: 3 };
        let ten = times(unsure, 10.0);
        assert_eq!((ten.value, ten.interval), (0.0, Some(Interval { low: 0.0, high: 10.0 })));
    }

    #[test]
    fn what_is_added_up_is_as_unsure_as_its_parts_together() {
        let part = |low, high| Estimate { value: 2.0, interval: Some(Interval { low, high }), blocks: 3 };
        let sum = both(part(1.0, 3.0), part(1.5, 2.5));
        assert_eq!((sum.value, sum.interval), (4.0, Some(Interval { low: 2.5, high: 5.5 })));
        assert_eq!(both(part(1.0, 3.0), Estimate { interval: None, ..part(0.0, 0.0) }).interval, None);
    }
}
