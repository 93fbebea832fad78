//! Child process: how does a child start, speak and end, so that none is ever left behind?
//!
//! Three things end a child: its owner's word, the drop of its value, and, should we be killed, the kernel.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use rustix::process::{Pid, Signal, kill_process, set_parent_process_death_signal};
use tokio::sync::oneshot;

/// Lines of a child's last words that go into an error.
const LAST_WORDS: usize = 12;
/// For a child to follow a polite signal when its value is dropped.
const FAREWELL: Duration = Duration::from_secs(5);
/// Between two looks at a child that should end.
const LOOK: Duration = Duration::from_millis(2);

/// A child process in a process group of its own: a terminal's Ctrl-C reaches us alone, and we decide when it ends.
pub struct Process {
    name: String,
    child: Child,
    ends_by: Signal,
    last_words: Arc<Mutex<VecDeque<String>>>,
    announced: Option<oneshot::Receiver<String>>,
}

impl Process {
    /// Starts a child that ends by the given signal. Of what it says, the awaited line and the last words are kept.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn start(name: &str, command: Command, awaited: &'static str, ends_by: Signal) -> Result<Process> {
        Process::overheard(name, command, awaited, ends_by, |_| {})
    }

    /// The same, and each line that it says is heard as well.
    ///
    /// # Errors
    /// As [`Process::start`].
    pub fn overheard(
        name: &str,
        mut command: Command,
        awaited: &'static str,
        ends_by: Signal,
        hear: impl Fn(&str) + Clone + Send + 'static,
    ) -> Result<Process> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        end_with_parent(&mut command, ends_by);
        let program = command.get_program().to_owned();
        let mut child = spawn(command).with_context(|| format!("cannot start {}", program.display()))?;

        let last_words = Arc::<Mutex<VecDeque<String>>>::default();
        let (tell, announced) = oneshot::channel();
        let tell = Arc::new(Mutex::new(Some(tell)));
        if let Some(stdout) = child.stdout.take() {
            listen(stdout, awaited, last_words.clone(), tell.clone(), hear.clone());
        }
        if let Some(stderr) = child.stderr.take() {
            listen(stderr, awaited, last_words.clone(), tell, hear);
        }
        Ok(Process { name: name.into(), child, ends_by, last_words, announced: Some(announced) })
    }

    /// The awaited line, once it is said.
    ///
    /// # Errors
    /// The child ended, or let the time pass; with its last words.
    pub async fn announced(&mut self, within: Duration) -> Result<String> {
        let announced = self.announced.take().ok_or_else(|| anyhow!("{} was asked twice", self.name))?;
        match tokio::time::timeout(within, announced).await {
            Ok(Ok(line)) => Ok(line),
            Ok(Err(_)) => bail!("{} ended before it was ready; it said:\n{}", self.name, self.last_words()),
            Err(_) => bail!("{} is not ready after {within:?}; it said:\n{}", self.name, self.last_words()),
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// # Errors
    /// The child has ended: its number may be somebody else's by now.
    pub fn signal(&mut self, signal: Signal) -> Result<()> {
        match self.child.try_wait()? {
            Some(status) => bail!("{} has ended already ({status}); it said:\n{}", self.name, self.last_words()),
            None => Ok(kill_process(Pid::from_child(&self.child), signal)?),
        }
    }

    /// Kills the child (SIGKILL) and returns when it is gone. Also right when it has ended before.
    pub fn kill(&mut self) {
        let _ = self.child.kill(); // It fails only for a child that is gone.
        let _ = self.child.wait();
    }

    /// Waits for the child to end by itself, or by a signal it was sent.
    ///
    /// # Errors
    /// It still runs when the time has passed; with its last words.
    pub async fn ended(&mut self, within: Duration) -> Result<ExitStatus> {
        let deadline = Instant::now() + within;
        loop {
            match self.child.try_wait()? {
                Some(status) => return Ok(status),
                None if Instant::now() < deadline => tokio::time::sleep(LOOK).await,
                None => bail!("{} still runs after {within:?}; it said:\n{}", self.name, self.last_words()),
            }
        }
    }

    /// The last lines that the child wrote, to either stream.
    pub fn last_words(&self) -> String {
        let lines = self.last_words.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().map(|line| format!("  {line}\n")).collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.ends_by != Signal::KILL && self.signal(self.ends_by).is_ok() {
            let deadline = Instant::now() + FAREWELL;
            while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
                thread::sleep(LOOK);
            }
        }
        self.kill();
    }
}

/// Asks the kernel to end the child when the thread that spawns it does.
#[expect(unsafe_code, reason = "nothing safe runs between fork and exec")]
fn end_with_parent(command: &mut Command, signal: Signal) {
    // SAFETY: between fork and exec only async-signal-safe calls are allowed, and prctl(2) is one.
    unsafe { command.pre_exec(move || Ok(set_parent_process_death_signal(Some(signal))?)) };
}

/// Spawns on one thread that never ends. Else a child could die with a thread that some runtime retires when idle.
fn spawn(command: Command) -> io::Result<Child> {
    type Birth = (Command, Sender<io::Result<Child>>);
    static NURSERY: LazyLock<Sender<Birth>> = LazyLock::new(|| {
        let (births, wanted) = mpsc::channel::<Birth>();
        thread::spawn(move || wanted.into_iter().for_each(|(mut command, reply)| drop(reply.send(command.spawn()))));
        births
    });
    let (reply, born) = mpsc::channel();
    let gone = |_| io::Error::other("the thread that starts children is gone");
    NURSERY.send((command, reply)).map_err(|refused| gone(refused.to_string()))?;
    born.recv().map_err(|refused| gone(refused.to_string()))?
}

/// Reads a stream to its end, so that the child never waits for us; passes on the one line that is awaited.
fn listen(
    stream: impl Read + Send + 'static,
    awaited: &'static str,
    last_words: Arc<Mutex<VecDeque<String>>>,
    tell: Arc<Mutex<Option<oneshot::Sender<String>>>>,
    hear: impl Fn(&str) + Send + 'static,
) {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            hear(&line);
            let mut kept = last_words.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() == LAST_WORDS {
                kept.pop_front();
            }
            kept.push_back(line.clone());
            drop(kept);
            if line.contains(awaited) {
                let teller = tell.lock().unwrap_or_else(PoisonError::into_inner).take();
                teller.map(|tell| tell.send(line));
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Set in the process that plays the parent.
    const PARENT: &str = "RIG_TEST_PARENT";

    #[tokio::test]
    async fn a_child_dies_with_its_killed_parent() -> Result<()> {
        let me = "process::tests::a_child_dies_with_its_killed_parent";
        if std::env::var_os(PARENT).is_some() {
            let mut sleep = Command::new("sleep");
            sleep.arg("60");
            let mut child = Process::start("child", sleep, "", Signal::KILL)?;
            println!("child is {}", child.pid());
            child.ended(Duration::from_secs(60)).await?;
        }
        let mut again = Command::new(std::env::current_exe()?);
        again.args(["--exact", "--nocapture", me]).env(PARENT, "yes");
        let mut process = Process::start("parent", again, "child is ", Signal::KILL)?;
        let line = process.announced(Duration::from_secs(10)).await?;
        let child = format!("/proc/{}/stat", line.rsplit(' ').next().unwrap_or_default());
        assert!(std::path::Path::new(&child).exists(), "{child}");
        process.kill();
        let deadline = Instant::now() + Duration::from_secs(5);
        while std::fs::read_to_string(&child).is_ok_and(|stat| !stat.contains(") Z ")) {
            assert!(Instant::now() < deadline, "{child} is still there");
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }
}
