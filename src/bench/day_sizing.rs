//! What a day says about how large a machine must be: one small table. Pure.

use super::day_shape::BUSIEST_PERMILLE;
use super::message_figures::MessageFigures;
use super::processor_time::CpuShare;
use super::reckoning::ratio;
use serde::Serialize;

/// So much of a core is to be busy in the busiest hour, in hundredths: what is left is for a bad
/// day.
const BUSY_PERCENT: u64 = 50;
const HOUR_US: u64 = 3_600_000_000;
/// Whose time on the processors is the service's.
const OURS: [&str; 2] = ["kadogo", "postgres"];

/// The table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DaySizing {
    /// How many people there were.
    pub people: u64,
    /// Conversations that they had in the day.
    pub conversations: u64,
    /// How long the day took, milliseconds.
    pub took_ms: u64,
    /// How late the latest conversation began because all phones were in use, milliseconds.
    pub late_ms: u64,
    /// What one person took of the service's processors in the day, microseconds.
    pub cpu_us_each: u64,
    /// How many people one core carries.
    pub people_each_core: u64,
    /// What one person adds to the database in a year, bytes, where nothing is forgotten.
    pub bytes_each_year: u64,
    /// Texts that left in the day.
    pub texts: u64,
    /// Texts of one person in a day, with two decimals.
    pub texts_each: String,
}

impl DaySizing {
    /// Puts a day into the table: of so many people, with what it took of the processors, bytes and
    /// texts.
    pub fn with(
        self,
        cpu: &[CpuShare],
        bytes: u64,
        messages: Option<&MessageFigures>,
    ) -> DaySizing {
        let ours = cpu.iter().filter(|share| OURS.contains(&share.who.as_str()));
        let us = ours.fold(0_u64, |sum, share| sum.saturating_add(share.ms.saturating_mul(1_000)));
        let each = us.checked_div(self.people).unwrap_or(0).max(1);
        let in_busiest = each.saturating_mul(BUSIEST_PERMILLE).div_euclid(1_000).max(1);
        let usable = HOUR_US.saturating_mul(BUSY_PERCENT).div_euclid(100);
        let texts = messages.map_or(0, |messages| messages.written);
        let year = bytes.saturating_mul(365);
        DaySizing {
            cpu_us_each: each,
            people_each_core: usable.div_euclid(in_busiest),
            bytes_each_year: year.checked_div(self.people).unwrap_or(0),
            texts,
            texts_each: ratio(texts, self.people),
            ..self
        }
    }

    /// The table for people.
    pub fn lines(&self) -> Vec<String> {
        let share = format!("{}.{}", BUSIEST_PERMILLE.div_euclid(10), BUSIEST_PERMILLE % 10);
        let row = |what: &str, value: String| format!("  {what:<36} {value:>12}");
        let seconds = self.took_ms.div_euclid(1_000);
        vec![
            format!("sizing, by a day of {} people that took {seconds} s:", self.people),
            row("conversations in the day", self.conversations.to_string()),
            row("latest beginning of one, ms", self.late_ms.to_string()),
            row("processor for one person, us a day", self.cpu_us_each.to_string()),
            row("people for each core", self.people_each_core.to_string()),
            row("disk for one person, bytes a year", self.bytes_each_year.to_string()),
            row("texts a day", self.texts.to_string()),
            row("texts of one person a day", self.texts_each.clone()),
            format!(
                "  (a core is busy for {BUSY_PERCENT} % of the busiest hour, which has {share} % \
                 of the day; on disk nothing is forgotten)"
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_becomes_a_table() {
        let share = |who: &str, ms| CpuShare { who: who.to_owned(), ms };
        let cpu = [share("kadogo", 900), share("kadogo committer", 300), share("phones", 500)];
        let cpu = [cpu.as_slice(), &[share("postgres", 100)]].concat();
        let messages = MessageFigures { written: 2_800, ..MessageFigures::default() };
        let day = DaySizing { people: 1_000, ..DaySizing::default() };
        let table = day.with(&cpu, 2_000_000, Some(&messages));
        assert_eq!((table.cpu_us_each, table.people_each_core), (1_000, 23_076_923));
        assert_eq!((table.bytes_each_year, table.texts_each.as_str()), (730_000, "2.80"));
        assert!(table.lines().iter().any(|line| line.contains("7.8 %")), "{:?}", table.lines());
    }
}
