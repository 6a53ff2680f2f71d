//! The numbers at `/metrics`. Handed to whoever counts; there is no global registry.

use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::{
    counter::Counter, family::Family, gauge::Gauge, histogram::Histogram,
};
use prometheus_client::registry::{Registry, Unit};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Seconds: from a tenth of a millisecond to the deadline of the gateways.
const LATENCIES: [f64; 14] =
    [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 4.0, 10.0];
/// Seconds: from one look to a day.
const LATENESSES: [f64; 8] = [1.0, 2.0, 5.0, 15.0, 60.0, 600.0, 3_600.0, 86_400.0];
const BATCH_SIZES: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 512.0, 1024.0];

/// What is counted, and by which word.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CountedOutcome {
    outcome: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Wake {
    kind: String,
    outcome: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Payment {
    service: String,
    outcome: String,
}

/// All counters of one running program.
#[derive(Debug)]
pub struct Metrics {
    registry: Mutex<Registry>,
    hops: Family<CountedOutcome, Counter>,
    hop_seconds: Histogram,
    payments: Family<Payment, Counter>,
    texts: Family<CountedOutcome, Counter>,
    messages: Family<CountedOutcome, Counter>,
    batch_size: Histogram,
    commits: Counter,
    commit_seconds: Histogram,
    head_seconds: Histogram,
    wakes: Family<Wake, Counter>,
    wake_late_seconds: Histogram,
    outbox_depth: Gauge,
    outbox_age_seconds: Gauge,
    clock_wrong: Gauge,
    rules_differ: Gauge,
    connections: Gauge,
    connections_max: Gauge,
    connections_shed: Counter,
    descriptors: Gauge,
    descriptors_max: Gauge,
    committed: AtomicU64,
    head_us: AtomicU64,
    largest: AtomicU64,
}

/// Commits of the book, as the bench sees them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Commits {
    /// How many there were.
    pub count: u64,
    /// Postings in them.
    pub postings: u64,
    /// Postings in the largest one since the last time somebody asked.
    pub largest: u64,
    /// How long the head of the book was held for all of them.
    pub head: Duration,
}

impl Commits {
    /// Those since an earlier look.
    pub fn since(self, before: Commits) -> Commits {
        Commits {
            count: self.count.saturating_sub(before.count),
            postings: self.postings.saturating_sub(before.postings),
            largest: self.largest,
            head: self.head.saturating_sub(before.head),
        }
    }

    /// These and those of another node.
    pub fn and(self, other: Commits) -> Commits {
        Commits {
            count: self.count.saturating_add(other.count),
            postings: self.postings.saturating_add(other.postings),
            largest: self.largest.max(other.largest),
            head: self.head.saturating_add(other.head),
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("kadogo");
        let metrics = Metrics {
            registry: Mutex::new(Registry::default()),
            hops: Family::default(),
            hop_seconds: Histogram::new(LATENCIES),
            payments: Family::default(),
            texts: Family::default(),
            messages: Family::default(),
            batch_size: Histogram::new(BATCH_SIZES),
            commits: Counter::default(),
            commit_seconds: Histogram::new(LATENCIES),
            head_seconds: Histogram::new(LATENCIES),
            wakes: Family::default(),
            wake_late_seconds: Histogram::new(LATENESSES),
            outbox_depth: Gauge::default(),
            outbox_age_seconds: Gauge::default(),
            clock_wrong: Gauge::default(),
            rules_differ: Gauge::default(),
            connections: Gauge::default(),
            connections_max: Gauge::default(),
            connections_shed: Counter::default(),
            descriptors: Gauge::default(),
            descriptors_max: Gauge::default(),
            committed: AtomicU64::new(0),
            head_us: AtomicU64::new(0),
            largest: AtomicU64::new(0),
        };
        registry.register("ussd_hops", "USSD hops answered, by outcome", metrics.hops.clone());
        registry.register_with_unit(
            "ussd_hop",
            "Time to answer a hop",
            Unit::Seconds,
            metrics.hop_seconds.clone(),
        );
        registry.register(
            "services",
            "Services carried out, by service and outcome",
            metrics.payments.clone(),
        );
        registry.register("sms_received", "Texts received, by outcome", metrics.texts.clone());
        registry.register(
            "sms_sent",
            "Messages handed to a gateway, by outcome",
            metrics.messages.clone(),
        );
        metrics.register_book(&mut registry);
        metrics.register_wakes(&mut registry);
        registry.register("outbox_depth", "Messages that wait", metrics.outbox_depth.clone());
        registry.register_with_unit(
            "outbox_age",
            "Age of the oldest message that waits",
            Unit::Seconds,
            metrics.outbox_age_seconds.clone(),
        );
        metrics.register_faults(&mut registry);
        metrics.register_doors(&mut registry);
        Metrics { registry: Mutex::new(registry), ..metrics }
    }
}

impl Metrics {
    fn register_book(&self, registry: &mut Registry) {
        registry.register("book_batch_size", "Postings in one commit", self.batch_size.clone());
        registry.register("book_commits", "Commits of the book", self.commits.clone());
        let times = [
            ("book_commit", "Time of one commit", &self.commit_seconds),
            ("book_head", "Time that one batch kept the head to itself", &self.head_seconds),
        ];
        for (name, what, time) in times {
            registry.register_with_unit(name, what, Unit::Seconds, time.clone());
        }
    }

    fn register_wakes(&self, registry: &mut Registry) {
        let what = "What waited and was due, by kind and outcome";
        registry.register("wakes", what, self.wakes.clone());
        let late = "How long after it was due something was woken";
        registry.register_with_unit(
            "wake_late",
            late,
            Unit::Seconds,
            self.wake_late_seconds.clone(),
        );
    }

    fn register_faults(&self, registry: &mut Registry) {
        registry.register(
            "rules_differ",
            "1 while this node goes by another tariff, other limits or menus than were taken into \
             use last",
            self.rules_differ.clone(),
        );
        registry.register(
            "clock_wrong",
            "1 while the clock of this node is found wrong and nothing is committed by it",
            self.clock_wrong.clone(),
        );
    }

    fn register_doors(&self, registry: &mut Registry) {
        let gauges = [
            ("connections", "Connections at all doors", &self.connections),
            ("connections_max", "Beyond this who connects is sent away", &self.connections_max),
            ("descriptors", "Descriptors in use", &self.descriptors),
            ("descriptors_max", "Descriptors that may be in use", &self.descriptors_max),
        ];
        for (name, what, gauge) in gauges {
            registry.register(name, what, gauge.clone());
        }
        let shed = "Connections that were sent away, since there were too many";
        registry.register("connections_shed", shed, self.connections_shed.clone());
    }

    /// A USSD hop was answered: `continued`, `ended`, `repeated`, `refused`, `late` ...
    pub fn hop(&self, outcome: &str, took: Duration) {
        self.hops.get_or_create(&CountedOutcome { outcome: outcome.to_owned() }).inc();
        self.hop_seconds.observe(took.as_secs_f64());
    }

    /// A service was carried out, or refused with this code.
    pub fn service(&self, service: &str, outcome: &str) {
        self.payments
            .get_or_create(&Payment { service: service.to_owned(), outcome: outcome.to_owned() })
            .inc();
    }

    /// A text came in.
    pub fn text(&self, outcome: &str) {
        self.texts.get_or_create(&CountedOutcome { outcome: outcome.to_owned() }).inc();
    }

    /// A message went out, or did not.
    pub fn message(&self, outcome: &str) {
        self.messages.get_or_create(&CountedOutcome { outcome: outcome.to_owned() }).inc();
    }

    /// A batch was committed; meanwhile it held the head so long.
    pub fn batch(&self, postings: usize, took: Duration, head: Duration) {
        self.batch_size.observe(f64::from(u32::try_from(postings).unwrap_or(u32::MAX)));
        self.commit_seconds.observe(took.as_secs_f64());
        self.head_seconds.observe(head.as_secs_f64());
        let head_us = u64::try_from(head.as_micros()).unwrap_or(u64::MAX);
        self.head_us.fetch_add(head_us, Ordering::Relaxed);
        self.commits.inc();
        let postings = u64::try_from(postings).unwrap_or(u64::MAX);
        self.committed.fetch_add(postings, Ordering::Relaxed);
        self.largest.fetch_max(postings, Ordering::Relaxed);
    }

    /// The batches committed so far. Asking forgets which one was the largest.
    pub fn commits(&self) -> Commits {
        Commits {
            count: self.commits.get(),
            postings: self.committed.load(Ordering::Relaxed),
            largest: self.largest.swap(0, Ordering::Relaxed),
            head: Duration::from_micros(self.head_us.load(Ordering::Relaxed)),
        }
    }

    /// Something that waited was due: `done`, `moved` by somebody else, or `failed`.
    pub fn due(&self, kind: &str, outcome: &str) {
        let (kind, outcome) = (kind.to_owned(), outcome.to_owned());
        self.wakes.get_or_create(&Wake { kind, outcome }).inc();
    }

    /// Something was woken, so long after it was due.
    pub fn woken(&self, late: Duration) {
        self.wake_late_seconds.observe(late.as_secs_f64());
    }

    /// How many messages wait, and for how long the oldest has, as they were counted.
    pub fn outbox(&self, depth: i64, age_seconds: i64) {
        self.outbox_depth.set(depth);
        self.outbox_age_seconds.set(age_seconds);
    }

    /// So many more wait than were counted.
    pub fn outbox_more(&self, messages: usize) {
        self.outbox_depth.inc_by(i64::try_from(messages).unwrap_or(i64::MAX));
    }

    /// One waits no more that was counted. Others may have sent more than were counted here: then
    /// none wait until they are counted again.
    pub fn outbox_less(&self) {
        if self.outbox_depth.dec() <= 1 {
            self.outbox_depth.set(0);
            self.outbox_age_seconds.set(0);
        }
    }

    /// Whether this node goes by other files than were taken into use last.
    pub fn rules(&self, differ: bool) {
        self.rules_differ.set(i64::from(differ));
    }

    /// Whether the clock of this node was found wrong.
    pub fn clock(&self, wrong: bool) {
        self.clock_wrong.set(i64::from(wrong));
    }

    /// How many are connected.
    pub fn connections(&self, open: usize) {
        self.connections.set(i64::try_from(open).unwrap_or(i64::MAX));
    }

    /// How many are connected.
    pub fn connections_open(&self) -> i64 {
        self.connections.get()
    }

    /// How many may be.
    pub fn connections_max(&self, most: usize) {
        self.connections_max.set(i64::try_from(most).unwrap_or(i64::MAX));
    }

    /// One was sent away.
    pub fn connection_shed(&self) {
        self.connections_shed.inc();
    }

    /// How many descriptors are in use, and may be.
    pub fn descriptors(&self, open: usize, most: u64) {
        self.descriptors.set(i64::try_from(open).unwrap_or(i64::MAX));
        self.descriptors_max.set(i64::try_from(most).unwrap_or(i64::MAX));
    }

    /// Everything in the text format of Prometheus.
    pub fn render(&self) -> String {
        let mut text = String::new();
        // writing to a string fails only when the formatter itself is broken: then what is there is
        // shown
        if let Ok(registry) = self.registry.lock() {
            let _ = encode(&mut text, &registry);
        }
        text
    }
}
