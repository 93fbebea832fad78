//! Which servers are so simple that we know beforehand what must be measured?

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// What a server does with its n-th request, counted from 1.
pub(crate) enum Act {
    Answer(u16),
    /// As late as this.
    Late(Duration),
    /// Hangs up without a word.
    HangUp,
    /// Keeps the connection, and says nothing for ever.
    Silence,
}

pub(crate) struct Server {
    pub(crate) url: String,
    requests: Arc<AtomicU64>,
}

impl Server {
    /// `act` is told the number of the request, and how long ago the first one came.
    pub(crate) fn start(act: impl Fn(u64, Duration) -> Act + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let requests = Arc::new(AtomicU64::new(0));
        let (act, count, first) = (Arc::new(act), requests.clone(), Arc::new(Mutex::new(None)));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (act, count, first) = (act.clone(), count.clone(), first.clone());
                thread::spawn(move || serve(stream, &*act, &count, &first));
            }
        });
        Server { url, requests }
    }

    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }
}

fn serve(mut stream: TcpStream, act: &dyn Fn(u64, Duration) -> Act, count: &AtomicU64, first: &Mutex<Option<Instant>>) {
    let Ok(reading) = stream.try_clone() else { return };
    let mut lines = BufReader::new(reading).lines();
    while lines.by_ref().map_while(Result::ok).any(|line| line.is_empty()) {
        let number = count.fetch_add(1, Ordering::SeqCst) + 1;
        let since = first.lock().expect("nobody panics with it").get_or_insert_with(Instant::now).elapsed();
        let status = match act(number, since) {
            Act::Answer(status) => status,
            Act::Late(by) => {
                thread::sleep(by);
                200
            }
            Act::HangUp => return,
            Act::Silence => loop {
                thread::park();
            },
        };
        let answer = format!("HTTP/1.1 {status} Whatever\r\ncontent-length: 2\r\n\r\nok");
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}
