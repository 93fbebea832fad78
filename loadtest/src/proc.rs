//! Linux's `/proc`: what does the kernel say about this machine and its processes?

use std::fs;
use std::io;
use std::time::Duration;

/// How many cores there are, and the model of the first.
pub fn cores() -> io::Result<(u32, String)> {
    let text = fs::read_to_string("/proc/cpuinfo")?;
    let model = fields(&text, "model name").next().unwrap_or("unknown");
    Ok((fields(&text, "processor").count() as u32, model.to_owned()))
}

/// The machine's memory in bytes.
pub fn memory_bytes() -> io::Result<u64> {
    bytes("/proc/meminfo", "MemTotal")
}

/// What a process holds in memory, in bytes.
pub fn resident_bytes(pid: u32) -> io::Result<u64> {
    bytes(&format!("/proc/{pid}/status"), "VmRSS")
}

/// The numbers of a process's threads.
pub fn threads(pid: u32) -> io::Result<Vec<i32>> {
    let entries = fs::read_dir(format!("/proc/{pid}/task"))?.flatten();
    Ok(entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect())
}

/// What a thread spent on a CPU, to the nanosecond; `None` once it has ended.
pub fn time_on_cpu(pid: u32, thread: i32) -> Option<Duration> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{thread}/schedstat")).ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// What all cores did since the machine started, in the clock ticks of `sysconf`.
#[derive(Debug, PartialEq)]
pub struct Ticks {
    pub busy: u64,
    /// Another machine on the same hardware had them.
    pub stolen: u64,
    pub all: u64,
}

impl Ticks {
    pub fn since(&self, before: &Ticks) -> Ticks {
        let Ticks { busy, stolen, all } = before;
        Ticks { busy: self.busy - busy, stolen: self.stolen - stolen, all: self.all - all }
    }

    /// Of all cores together.
    pub fn busy_seconds(&self) -> f64 {
        self.busy as f64 / rustix::param::clock_ticks_per_second() as f64
    }
}

pub fn ticks() -> io::Result<Ticks> {
    const FILE: &str = "/proc/stat";
    summed(&fs::read_to_string(FILE)?).ok_or_else(|| unreadable(FILE))
}

/// Its first line: `cpu user nice system idle iowait irq softirq steal …`; what guests took is in the first two.
fn summed(stat: &str) -> Option<Ticks> {
    let spent: Vec<u64> = stat.lines().next()?.split_whitespace().skip(1).map_while(|word| word.parse().ok()).collect();
    let [user, nice, system, idle, iowait, irq, softirq, stolen] = spent.get(..8)?.try_into().ok()?;
    let busy = user + nice + system + irq + softirq;
    Some(Ticks { busy, stolen, all: busy + stolen + idle + iowait })
}

fn bytes(file: &str, name: &str) -> io::Result<u64> {
    let text = fs::read_to_string(file)?;
    let kilobytes = fields(&text, name).next().and_then(|value| value.strip_suffix(" kB")?.parse::<u64>().ok());
    kilobytes.map(|kilobytes| kilobytes * 1024).ok_or_else(|| unreadable(file))
}

/// The values of all lines `name : value`.
fn fields<'a>(text: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs.filter(move |(before, _)| before.trim() == name).map(|(_, value)| value.trim())
}

fn unreadable(file: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{file} does not say"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_names_and_may_come_again() {
        let text = "processor\t: 0\nmodel name\t: A 1\n\nprocessor\t: 1\nmodel name\t: A 1\n";
        assert_eq!((fields(text, "processor").count(), fields(text, "model name").next()), (2, Some("A 1")));
        assert_eq!(fields(text, "model").next(), None);
    }

    #[test]
    fn time_is_busy_idle_or_stolen_and_a_guest_counts_once() {
        let ticks = summed("cpu  100 20 30 4000 500 6 7 80 90 9\ncpu0 1 2 3 4 5 6 7 8\n");
        assert_eq!(ticks, Some(Ticks { busy: 163, stolen: 80, all: 4743 }));
        assert_eq!(summed("cpu  100 20 30 4000\n"), None);
    }

    #[test]
    fn this_process_is_there_and_the_machine_is_larger() {
        let us = std::process::id();
        let resident = resident_bytes(us).expect("we are in memory");
        assert!(resident > 0 && resident < memory_bytes().expect("there is some"));
        let times: Vec<_> =
            threads(us).expect("at least one").into_iter().filter_map(|it| time_on_cpu(us, it)).collect();
        assert!(times.iter().any(|time| !time.is_zero()), "{times:?}");
        assert!(ticks().is_ok_and(|ticks| ticks.busy > 0) && cores().is_ok_and(|(count, _)| count > 0));
        assert!(threads(u32::MAX).is_err() && time_on_cpu(us, -1).is_none());
    }
}
