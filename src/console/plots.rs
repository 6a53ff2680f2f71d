//! Figures as pictures: drawn on the server as SVG, with nothing that runs. They are as wide as a
//! phone, so their letters can be read there; what they show is said in words beside them as well.
//! Where the figures come from is not known here.

use super::hours::{ByHour, HOURS, sum};
use maud::{Markup, html};

/// The picture, in the points of a phone's screen; what is drawn lies between these.
const WIDTH: i64 = 360;
const HEIGHT: i64 = 200;
const LEFT: i64 = 6;
const RIGHT: i64 = 354;
const TOP: i64 = 26;
const BOTTOM: i64 = 172;
/// Where words stand below.
const BELOW: i64 = 190;

/// A line through values, each at its place; nothing where there is none.
#[derive(Debug)]
pub struct Line<'a> {
    /// What it is.
    pub label: &'a str,
    /// From left to right.
    pub values: Vec<Option<i64>>,
}

/// The least round number that is not less: one digit with noughts behind.
pub fn round_up(value: i64) -> i64 {
    let mut unit = 1_i64;
    loop {
        for times in [1_i64, 2, 3, 4, 5, 6, 8] {
            let round = unit.saturating_mul(times);
            if round >= value || round == i64::MAX {
                return round;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

fn height(value: i64, top: i64) -> i64 {
    let room = BOTTOM.saturating_sub(TOP);
    value.max(0).saturating_mul(room).checked_div(top).unwrap_or(0).clamp(0, room)
}

fn place(number: usize, of: usize) -> i64 {
    let [number, last] = [number, of.saturating_sub(1)].map(|n| i64::try_from(n).unwrap_or(0));
    let along = RIGHT.saturating_sub(LEFT).saturating_mul(number).checked_div(last);
    LEFT.saturating_add(along.unwrap_or(0))
}

/// Lines through days: `title` says what they show, `top` the value of the upper line in words,
/// `ends` the first and the last day.
pub fn lines(title: &str, lines: &[Line], top: (i64, &str), ends: [&str; 2]) -> Markup {
    let (most, most_said) = top;
    html! {
        (picture(title, &html! {
            (frame(most_said))
            @for (number, line) in lines.iter().enumerate() {
                @for points in runs(&line.values, most) {
                    polyline class={ "line k" (number) } points=(points) {}
                }
            }
            text x=(LEFT) y=(BELOW) { (ends[0]) }
            text x=(RIGHT) y=(BELOW) text-anchor="end" { (ends[1]) }
        }))
        (legend(lines.iter().map(|line| line.label.to_owned())))
    }
}

/// What hangs together of a line. A day alone is a stroke that can be seen.
fn runs(values: &[Option<i64>], most: i64) -> Vec<String> {
    let mut runs: Vec<Vec<(i64, i64)>> = vec![Vec::new()];
    for (number, value) in values.iter().enumerate() {
        match (value, runs.last_mut()) {
            (Some(value), Some(run)) => {
                let y = BOTTOM.saturating_sub(height(*value, most));
                run.push((place(number, values.len()), y));
            }
            (_, _) => runs.push(Vec::new()),
        }
    }
    for run in &mut runs {
        if let [(x, y)] = *run.as_slice() {
            *run = vec![(x.saturating_sub(3), y), (x.saturating_add(3), y)];
        }
    }
    let written = |run: &Vec<(i64, i64)>| {
        run.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ")
    };
    runs.iter().filter(|run| !run.is_empty()).map(written).collect()
}

/// Columns of the hours of a day, of several kinds one above the other.
pub fn columns(title: &str, kinds: &[(String, ByHour)]) -> Markup {
    let mut whole = ByHour::default();
    for (_, hours) in kinds {
        for (all, count) in whole.iter_mut().zip(hours) {
            *all = all.saturating_add(*count);
        }
    }
    let most = round_up(whole.iter().copied().max().unwrap_or(0));
    let wide = RIGHT.saturating_sub(LEFT);
    let step = wide.checked_div(24).unwrap_or(1);
    html! {
        (picture(title, &html! {
            (frame(&most.to_string()))
            @for hour in 0..HOURS {
                @let x = LEFT.saturating_add(step.saturating_mul(i64::try_from(hour).unwrap_or(0)));
                @for (number, from, to) in stacked(kinds, hour) {
                    @let (low, high) = (height(from, most), height(to, most));
                    @if high > low {
                        rect class={ "k" (number) } x=(x.saturating_add(2))
                            y=(BOTTOM.saturating_sub(high)) width=(step.saturating_sub(3))
                            height=(high.saturating_sub(low)) {}
                    }
                }
                @if hour.checked_rem(6) == Some(0) {
                    text x=(x) y=(BELOW) { (format!("{hour:02}:00")) }
                }
            }
            text x=(RIGHT) y=(BELOW) text-anchor="end" { "24:00" }
        }))
        (legend(kinds.iter().map(|(label, hours)| format!("{label}: {}", sum(hours)))))
    }
}

/// Where each kind lies in the column of an hour.
fn stacked(kinds: &[(String, ByHour)], hour: usize) -> Vec<(usize, i64, i64)> {
    let mut from = 0_i64;
    let mut parts = Vec::new();
    for (number, (_, hours)) in kinds.iter().enumerate() {
        let to = from.saturating_add(hours.get(hour).copied().unwrap_or(0));
        parts.push((number, from, to));
        from = to;
    }
    parts
}

fn picture(title: &str, inside: &Markup) -> Markup {
    html! {
        svg.plot viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(title) {
            (inside)
        }
    }
}

/// The lines of nothing and of most, with what they stand for.
fn frame(most: &str) -> Markup {
    html! {
        path class="rule" d=(format!("M{LEFT} {TOP}H{RIGHT}M{LEFT} {BOTTOM}H{RIGHT}")) {}
        text x=(LEFT) y=(TOP.saturating_sub(6)) { (most) }
    }
}

fn legend(labels: impl Iterator<Item = String>) -> Markup {
    html! {
        ul.legend {
            @for (number, label) in labels.enumerate() {
                li {
                    svg.key viewBox="0 0 12 12" aria-hidden="true" {
                        rect class={ "k" (number) } width="12" height="12" rx="2" {}
                    }
                    (label)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_number_is_never_less() {
        for (value, round) in [(0, 1), (1, 1), (3, 3), (7, 8), (9, 10), (11, 20), (501, 600)] {
            assert_eq!(round_up(value), round, "{value}");
        }
        assert_eq!(round_up(i64::MAX), i64::MAX);
    }

    #[test]
    fn a_line_breaks_where_nothing_is_known_and_a_day_alone_can_be_seen() {
        let runs = runs(&[Some(0), Some(10), None, Some(5)], 10);
        assert_eq!(runs, ["6,172 122,26", "351,99 357,99"]);
    }

    #[test]
    fn a_column_is_as_high_as_all_its_kinds() {
        let hours = |at: usize, count| {
            let mut hours = ByHour::default();
            hours[at] = count;
            hours
        };
        let kinds = [("send".to_owned(), hours(8, 3)), ("cash in".to_owned(), hours(8, 7))];
        assert_eq!(stacked(&kinds, 8), [(0, 0, 3), (1, 3, 10)]);
        let drawn = columns("payments", &kinds).into_string();
        // of 146 points three tenths and seven
        assert!(drawn.contains("y=\"129\" width=\"11\" height=\"43\""), "{drawn}");
        assert!(drawn.contains("y=\"26\" width=\"11\" height=\"103\""), "{drawn}");
        assert!(drawn.contains("send: 3") && drawn.contains("aria-label=\"payments\""), "{drawn}");
    }

    #[test]
    fn nothing_at_all_is_drawn_as_nothing() {
        let drawn = columns("payments", &[]).into_string();
        assert!(!drawn.contains("<rect"), "{drawn}");
    }
}
