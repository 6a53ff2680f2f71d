//! What all runs together say: medians over the rounds, and how they compare with the yardstick.
//! For people as lines, for programs as one JSON document.

use super::day_sizing::DaySizing;
use super::message_figures::MessageFigures;
use super::processor_time::{self, CpuShare};
use super::reckoning::{Spread, microseconds, milliseconds, ratio};
use super::report::Figures;
use serde::Serialize;

/// What runs are compared with.
#[derive(Debug, Clone, Default)]
pub struct Measures {
    /// A yardstick: all others are compared with the best that it does, with however many on their
    /// way.
    pub yardstick: Option<String>,
    /// Runs and the same ones without something: those with as many on their way are compared.
    pub pairs: Vec<(String, String)>,
}

/// How the names of runs begin that leave something in the book.
const OURS: [&str; 3] = ["book", "ussd", "day"];
/// Names of runs take so much of a line at least.
const NAME_WIDTH: usize = 22;

/// The whole of a measurement.
#[derive(Debug, Clone, Serialize)]
pub struct Document {
    /// What was measured, in a line.
    pub heading: String,
    /// Each run in the order they were made, the yardstick's among them.
    pub runs: Vec<Figures>,
    /// The rounds of the same run taken together, in the order of their first.
    pub medians: Vec<Series>,
    /// What a day says about how large a machine must be; absent where none was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sizing: Option<DaySizing>,
    /// Whether the book was whole at the end, and has every payment that was acknowledged.
    pub whole: bool,
}

/// Rounds of the same run taken together.
#[derive(Debug, Clone, Serialize)]
pub struct Series {
    /// What was measured.
    pub what: String,
    /// Requests on their way at the same time.
    pub in_flight: usize,
    /// How many rounds there were.
    pub rounds: usize,
    /// Requests done in a second.
    pub rate: Spread,
    /// Average wait, microseconds.
    pub mean_us: Spread,
    /// The wait of half of the requests, microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50_us: Option<Spread>,
    /// The wait of ninety-nine of a hundred, microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99_us: Option<Spread>,
    /// The longest wait, microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_us: Option<Spread>,
    /// Postings in a commit, on average.
    pub batch_mean: Spread,
    /// Postings in the largest commit.
    pub batch_max: Spread,
    /// How long the head of the book was held, for each request done, nanoseconds.
    pub head_each_ns: Spread,
    /// Bytes the database grew by, for each request done.
    pub bytes_each: Spread,
    /// Requests refused in all rounds.
    pub refused: u64,
    /// Times that a request was told to come back, in all rounds.
    pub busy: u64,
    /// Answers that were not what they should be, in all rounds.
    pub wrong: u64,
    /// What became of the messages: what is counted is of all rounds, the rest are medians.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages: Option<MessageFigures>,
    /// Where the time of the processors went in all rounds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cpu: Vec<CpuShare>,
    /// The median rate beside the best of the yardstick; absent where there is none to compare
    /// with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<RateComparison>,
    /// The median rate beside that of the same without something: messages, the staff; absent where
    /// it was not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beside: Option<RateComparison>,
}

/// A comparison of rates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RateComparison {
    /// The yardstick: `pgbench TPC-B`, `bare replies`.
    pub what: String,
    /// Requests of the yardstick's on their way at the same time.
    pub in_flight: usize,
    /// The yardstick's median rate.
    pub rate: u64,
    /// Ours divided by the yardstick's, with two decimals.
    pub ratio: String,
}

impl Document {
    /// Takes the runs together, and compares them.
    pub fn new(
        heading: String,
        mut runs: Vec<Figures>,
        measures: &Measures,
        whole: bool,
    ) -> Document {
        runs.iter_mut().filter(|run| OURS.iter().any(|ours| run.what.starts_with(ours))).for_each(
            |run| {
                run.whole = Some(whole);
            },
        );
        let mut medians: Vec<Series> = Vec::new();
        for run in &runs {
            if !medians.iter().any(|series| series.is_of(run)) {
                medians.extend(Series::of(runs.iter().filter(|other| other.is_like(run))));
            }
        }
        let all = medians.clone();
        let is_yardstick = |series: &Series| Some(&series.what) == measures.yardstick.as_ref();
        let best = all.iter().filter(|series| is_yardstick(series));
        let best = best.max_by_key(|series| series.rate.median);
        for series in &mut medians {
            series.against =
                best.filter(|_best| !is_yardstick(series)).map(|best| series.compared(best));
            let without = measures.pairs.iter().find(|(what, _)| *what == series.what);
            let without = without.and_then(|(_, without)| {
                let same = |other: &&Series| other.in_flight == series.in_flight;
                all.iter().filter(same).find(|other| other.what == *without)
            });
            series.beside = without.map(|without| series.compared(without));
        }
        Document { heading, runs, medians, sizing: None, whole }
    }

    /// Whether nothing is wrong: an answer, a message, or the book.
    pub fn is_well(&self) -> bool {
        let failed = |series: &Series| series.messages.as_ref().map_or(0, |of| of.failed);
        self.whole && self.medians.iter().all(|series| series.wrong == 0 && failed(series) == 0)
    }

    /// The table for people.
    pub fn lines(&self) -> Vec<String> {
        let columns =
            ["in flight", "per sec", "min", "max", "mean ms", "p50 ms", "p99 ms", "max ms"];
        let columns = columns.iter().chain(&["batch", "largest", "head us", "disk B/op"]);
        let columns: String = columns.map(|column| format!(" {column:>9}")).collect();
        let width = self.medians.iter().map(|series| series.what.len()).max().unwrap_or(0);
        let width = width.max(NAME_WIDTH);
        let mut lines = vec![self.heading.clone(), format!("{:<width$}{columns}", "")];
        lines.extend(self.medians.iter().map(|series| series.line(width)));
        lines.extend(self.medians.iter().flat_map(Series::details));
        lines.extend(self.sizing.iter().flat_map(DaySizing::lines));
        lines.push(
            if self.whole { "the book is whole" } else { "THE BOOK IS NOT WHOLE" }.to_owned(),
        );
        lines
    }
}

impl Figures {
    fn is_like(&self, other: &Figures) -> bool {
        (&self.what, self.in_flight) == (&other.what, other.in_flight)
    }
}

impl Series {
    fn is_of(&self, run: &Figures) -> bool {
        (&self.what, self.in_flight) == (&run.what, run.in_flight)
    }

    fn of<'a>(runs: impl Iterator<Item = &'a Figures>) -> Option<Series> {
        let runs: Vec<&Figures> = runs.collect();
        let first = runs.first()?;
        let spread = |value: fn(&Figures) -> u64| Spread::of(runs.iter().map(|run| value(run)));
        let maybe = |value: fn(&Figures) -> Option<u64>| {
            Spread::of(runs.iter().filter_map(|run| value(run)))
        };
        let sum = |value: fn(&Figures) -> u64| {
            runs.iter().fold(0_u64, |sum, run| sum.saturating_add(value(run)))
        };
        Some(Series {
            what: first.what.clone(),
            in_flight: first.in_flight,
            rounds: runs.len(),
            rate: spread(|run| run.rate)?,
            mean_us: spread(|run| run.mean_us)?,
            p50_us: maybe(|run| run.p50_us),
            p99_us: maybe(|run| run.p99_us),
            max_us: maybe(|run| run.max_us),
            batch_mean: spread(|run| run.batch_mean)?,
            batch_max: spread(|run| run.batch_max)?,
            head_each_ns: spread(|run| run.head_each_ns)?,
            bytes_each: spread(|run| run.bytes_each)?,
            refused: sum(|run| run.refused),
            busy: sum(|run| run.busy),
            wrong: sum(|run| run.wrong),
            messages: MessageFigures::together(
                &runs.iter().filter_map(|run| run.messages.as_ref()).collect::<Vec<_>>(),
            ),
            cpu: processor_time::together(runs.iter().flat_map(|run| &run.cpu)),
            against: None,
            beside: None,
        })
    }

    /// The rate of this one beside that of another.
    fn compared(&self, with: &Series) -> RateComparison {
        RateComparison {
            what: with.what.clone(),
            in_flight: with.in_flight,
            rate: with.rate.median,
            ratio: ratio(self.rate.median, with.rate.median),
        }
    }

    /// What does not fit into the table.
    fn details(&self) -> Vec<String> {
        let of = format!("{}, {} in flight", self.what, self.in_flight);
        let messages = self.messages.as_ref().map(|messages| messages.line());
        let cpu = (!self.cpu.is_empty()).then(|| processor_time::line(&self.cpu));
        messages.into_iter().chain(cpu).map(|line| format!("{of}: {line}")).collect()
    }

    fn line(&self, width: usize) -> String {
        let wait = |spread: Option<Spread>| {
            spread.map_or("-".to_owned(), |spread| milliseconds(spread.median))
        };
        let cells = [
            self.in_flight.to_string(),
            self.rate.median.to_string(),
            self.rate.min.to_string(),
            self.rate.max.to_string(),
            wait(Some(self.mean_us)),
            wait(self.p50_us),
            wait(self.p99_us),
            wait(self.max_us),
            self.batch_mean.median.to_string(),
            self.batch_max.max.to_string(),
            microseconds(self.head_each_ns.median),
            self.bytes_each.median.to_string(),
        ];
        let cells: String = cells.iter().map(|cell| format!(" {cell:>9}")).collect();
        let compared = [self.beside.as_ref(), self.against.as_ref()];
        let against: String = compared
            .iter()
            .flatten()
            .map(|a| format!("  {} x {}, {} in flight", a.ratio, a.what, a.in_flight))
            .collect();
        let trouble = [("refused", self.refused), ("busy", self.busy), ("WRONG", self.wrong)];
        let trouble: String = trouble
            .iter()
            .filter(|(_, n)| *n > 0)
            .map(|(what, n)| format!("  {n} {what}"))
            .collect();
        format!("{:<width$}{cells}{against}{trouble}", self.what)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop where they fail")]

    use super::super::pgbench;
    use super::*;

    fn run(what: &str, in_flight: usize, rate: u64) -> Figures {
        Figures { what: what.to_owned(), in_flight, rate, ..Figures::default() }
    }

    #[test]
    fn all_are_compared_with_the_best_and_with_the_same_without_messages() {
        let mut runs = Vec::new();
        for (add, book) in [(0, 0), (300, 50), (100, 20)] {
            runs.extend(
                [(8, 4_000), (32, 3_000), (64, 6_000)]
                    .map(|(n, rate)| run(pgbench::NAME, n, rate + add)),
            );
            runs.extend([1, 1_024].map(|n| run("book sqlite uniform", n, 12_200 + book)));
            runs.push(run("book sqlite uniform texts", 1_024, 6_100 + book));
        }
        let pairs = vec![("book sqlite uniform texts".into(), "book sqlite uniform".into())];
        let measures = Measures { yardstick: Some(pgbench::NAME.to_owned()), pairs };
        let document = Document::new("x".to_owned(), runs, &measures, true);
        let found = |what: &str, n: usize| {
            document.medians.iter().find(|s| s.what == what && s.in_flight == n).unwrap()
        };
        let said =
            |a: &Option<RateComparison>| a.as_ref().map(|a| (a.in_flight, a.rate, a.ratio.clone()));
        for n in [1, 1_024] {
            let plain = found("book sqlite uniform", n);
            assert_eq!(plain.rate, Spread { median: 12_220, min: 12_200, max: 12_250 });
            assert_eq!(said(&plain.against), Some((64, 6_100, "2.00".to_owned())));
            assert_eq!(plain.beside, None);
        }
        let texts = found("book sqlite uniform texts", 1_024);
        assert_eq!(said(&texts.against), Some((64, 6_100, "1.00".to_owned())));
        assert_eq!(said(&texts.beside), Some((1_024, 12_220, "0.50".to_owned())));
        assert_eq!(found(pgbench::NAME, 8).against, None);
        assert_eq!((document.medians.len(), document.runs.len()), (6, 18));
        assert!(document.runs.iter().all(|run| run.whole.is_none() == (run.what == pgbench::NAME)));
    }
}
