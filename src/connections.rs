//! Who is connected to our doors: counted, bounded, and ended where they only stand there. A
//! connection on which nothing is worked has some seconds for its next request, or for taking the
//! answer to its last one; when there are many, fewer. Beyond the bound who comes is told so, and
//! far beyond it not even that: what the database needs of descriptors is never used up by
//! strangers. What is asked and answered is not known here.

use crate::descriptors;
use crate::metrics::Metrics;
use std::collections::HashMap;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// For how long a connection may have no request in hand.
const WAITS_MAX: Duration = Duration::from_secs(20);
/// The same where there are nearly too many.
const WAITS_MAX_IN_A_CROWD: Duration = Duration::from_secs(3);
/// The same behind an answer that says that the connection ends with it.
const LEAVES_WITHIN: Duration = Duration::from_secs(2);
/// How often that is looked after.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// More than a gateway, a proxy and all of the staff ever need.
const MOST: usize = 10_000;
/// Descriptors that are kept for the database, the log and what else there is.
const KEPT: u64 = 384;

/// All connections of the program.
#[derive(Debug)]
pub struct Connections {
    open: Mutex<Open>,
    most: usize,
    metrics: Arc<Metrics>,
}

#[derive(Debug, Default)]
struct Open {
    last: u64,
    lines: HashMap<u64, Arc<Line>>,
}

/// One of them, as it is looked after.
#[derive(Debug)]
struct Line {
    /// Another handle of its socket, to end it by.
    socket: Option<TcpStream>,
    state: Mutex<LineState>,
}

#[derive(Debug, Clone, Copy)]
struct LineState {
    requests: u32,
    since: Instant,
    leaves: bool,
}

impl Connections {
    /// As many as the descriptors allow, looked after as long as somebody has them.
    pub fn watched(metrics: Arc<Metrics>, runtime: &tokio::runtime::Handle) -> Arc<Connections> {
        let all = Connections::new(most(descriptors::most()), metrics);
        runtime.spawn(look_after(Arc::downgrade(&all)));
        all
    }

    fn new(most: usize, metrics: Arc<Metrics>) -> Arc<Connections> {
        metrics.connections_max(most);
        Arc::new(Connections { open: Mutex::default(), most, metrics })
    }

    /// Somebody connects.
    pub fn begin(self: &Arc<Self>, socket: &impl AsFd) -> Connection {
        let socket = socket.as_fd().try_clone_to_owned().ok().map(TcpStream::from);
        let state = LineState { requests: 0, since: Instant::now(), leaves: false };
        let line = Arc::new(Line { socket, state: Mutex::new(state) });
        let mut open = locked(&self.open);
        open.last = open.last.wrapping_add(1);
        let number = open.last;
        open.lines.insert(number, line.clone());
        let all = open.lines.len();
        drop(open);
        self.metrics.connections(all);
        let is_one_too_many = all > self.most || line.socket.is_none();
        if is_one_too_many {
            self.metrics.connection_shed();
        }
        if all > self.most.saturating_add(self.most / 8) {
            line.end();
        }
        Connection { all: self.clone(), number, line, is_one_too_many }
    }

    /// Ends those on which nothing has gone on for too long.
    fn look(&self) {
        let lines: Vec<Arc<Line>> = locked(&self.open).lines.values().cloned().collect();
        let crowded = lines.len() > self.most.saturating_sub(self.most / 4);
        let patience = if crowded { WAITS_MAX_IN_A_CROWD } else { WAITS_MAX };
        for line in lines {
            let LineState { requests, since, leaves } = *locked(&line.state);
            let patience = if leaves { LEAVES_WITHIN } else { patience };
            if requests == 0 && since.elapsed() > patience {
                line.end();
            }
        }
    }
}

/// How many may be connected with so many descriptors: each takes two.
fn most(descriptors: u64) -> usize {
    let left = descriptors.saturating_sub(KEPT);
    // two fifths, since some more come in to be told that there are too many
    usize::try_from(left.saturating_mul(2) / 5).unwrap_or(MOST).clamp(16, MOST)
}

async fn look_after(all: Weak<Connections>) {
    while let Some(all) = all.upgrade() {
        all.look();
        drop(all);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

impl Line {
    /// Whoever reads or writes on it finds it closed.
    fn end(&self) {
        if let Some(socket) = &self.socket {
            // it may be gone already
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

/// Somebody who is connected, for as long as this lives.
#[derive(Debug)]
pub struct Connection {
    all: Arc<Connections>,
    number: u64,
    line: Arc<Line>,
    is_one_too_many: bool,
}

impl Connection {
    /// Whether there were too many when it began.
    pub fn is_one_too_many(&self) -> bool {
        self.is_one_too_many
    }

    /// A request is in hand for as long as what is returned lives.
    pub fn work(&self) -> Working {
        let mut state = locked(&self.line.state);
        state.requests = state.requests.saturating_add(1);
        Working(self.line.clone())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut open = locked(&self.all.open);
        open.lines.remove(&self.number);
        self.all.metrics.connections(open.lines.len());
    }
}

/// A request that is in hand.
#[derive(Debug)]
pub struct Working(Arc<Line>);

impl Working {
    /// Its answer says that the connection ends with it.
    pub fn leaves(&self) {
        locked(&self.0.state).leaves = true;
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        let mut state = locked(&self.0.state);
        state.requests = state.requests.saturating_sub(1);
        state.since = Instant::now();
    }
}

fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::net::TcpListener;

    /// Somebody who connects, and the end of theirs that is ours.
    fn pair(listener: &TcpListener) -> (TcpStream, TcpStream) {
        let theirs = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        theirs.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        (theirs, listener.accept().unwrap().0)
    }

    fn is_ended(theirs: &mut TcpStream) -> bool {
        theirs.set_nonblocking(true).unwrap();
        matches!(theirs.read(&mut [0]), Ok(0))
    }

    fn age(line: &Line, by: Duration) {
        let mut state = locked(&line.state);
        state.since = state.since.checked_sub(by).unwrap();
    }

    #[test]
    fn who_only_stands_there_is_sent_away_and_who_is_served_is_not() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let all = Connections::new(100, Arc::default());
        let mut pairs: Vec<_> = (0..4).map(|_| pair(&listener)).collect();
        let begun: Vec<Connection> = pairs.iter().map(|(_, ours)| all.begin(ours)).collect();
        let working = begun[1].work();
        begun[2].work().leaves();
        for connection in &begun {
            age(&connection.line, LEAVES_WITHIN + Duration::from_millis(1));
        }
        all.look();
        let ended = |pairs: &mut Vec<(TcpStream, TcpStream)>| -> Vec<bool> {
            pairs.iter_mut().map(|(theirs, _)| is_ended(theirs)).collect()
        };
        assert_eq!(ended(&mut pairs), [false, false, true, false]);
        for connection in &begun[..2] {
            age(&connection.line, WAITS_MAX);
        }
        all.look();
        assert_eq!(ended(&mut pairs), [true, false, true, false]);
        drop(working);
        all.look();
        assert_eq!(ended(&mut pairs), [true, false, true, false], "it has its time again");
        drop(begun);
        assert!(locked(&all.open).lines.is_empty());
    }

    #[test]
    fn in_a_crowd_there_is_less_patience_and_beyond_it_nobody_comes_in() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let all = Connections::new(16, Arc::default());
        let mut pairs: Vec<_> = (0..19).map(|_| pair(&listener)).collect();
        let begun: Vec<Connection> = pairs.iter().map(|(_, ours)| all.begin(ours)).collect();
        let too_many = begun.iter().filter(|connection| connection.is_one_too_many()).count();
        assert_eq!(too_many, 3);
        let ended = pairs.iter_mut().map(|(theirs, _)| is_ended(theirs));
        assert_eq!(ended.collect::<Vec<_>>(), [&[false; 18][..], &[true]].concat());
        age(&begun[0].line, WAITS_MAX_IN_A_CROWD + Duration::from_millis(1));
        all.look();
        assert!(is_ended(&mut pairs[0].0) && !is_ended(&mut pairs[1].0));
    }

    #[test]
    fn the_bound_leaves_descriptors_for_the_rest() {
        for (descriptors, bound) in [(0, 16), (512, 51), (1_024, 256), (4_096, 1_484)] {
            assert_eq!(most(descriptors), bound, "{descriptors}");
            // the worst case: an eighth more, for a moment, and two descriptors for each
            assert!(
                descriptors < 1_024
                    || u64::try_from(bound).unwrap() / 8 * 9 * 2 + KEPT <= descriptors
            );
        }
        assert_eq!(most(u64::MAX), MOST);
    }
}
