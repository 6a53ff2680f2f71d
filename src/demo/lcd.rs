//! The screen of a feature phone, drawn with line characters. Text in, text out.

/// Characters in a line, as on a phone of the time.
const WIDTH: usize = 34;
/// Lines that the screen shows even when there is less to say.
const LINES_MIN: usize = 6;

/// The screen: whose phone it is, what it says, and what the keys below it do.
pub(super) fn draw(owner: &str, text: &str, keys: &str) -> String {
    let lines = wrapped(text, WIDTH);
    let blank = LINES_MIN.saturating_sub(lines.len());
    let owner = row(&format!("{} ▂▄▆█", padded(owner, WIDTH.saturating_sub(5))));
    let mut rows = vec![String::new(), edge('┌', '┐'), owner, edge('├', '┤')];
    rows.extend(lines.iter().map(|line| row(line)));
    rows.extend((0..blank).map(|_| row("")));
    rows.extend([edge('├', '┤'), row(keys), edge('└', '┘'), String::new()]);
    rows.join("\n")
}

/// A message that came: indented, so that it cannot be taken for the screen.
pub(super) fn message(from: &str, text: &str) -> String {
    let lines: Vec<String> = wrapped(text, 60).iter().map(|line| format!("  │ {line}\n")).collect();
    format!("\n  ✉ SMS from {}\n{}", clean(from), lines.concat())
}

fn edge(left: char, right: char) -> String {
    format!("  {left}{}{right}", "─".repeat(WIDTH.saturating_add(2)))
}

fn row(text: &str) -> String {
    format!("  │ {} │", padded(text, WIDTH))
}

/// Exactly `width` characters.
pub(super) fn padded(text: &str, width: usize) -> String {
    clean(text).chars().chain(std::iter::repeat(' ')).take(width).collect()
}

/// Whatever comes over the wire must not steer the terminal.
pub(super) fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// Lines of at most `width` characters, broken between words where that is possible.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    text.lines().flat_map(|line| wrapped_line(&clean(line), width)).collect()
}

fn wrapped_line(line: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut current = String::new();
    for word in line.split(' ') {
        let taken = current.chars().count();
        let wanted = word.chars().count();
        if taken > 0 && taken.saturating_add(1).saturating_add(wanted) > width {
            lines.push(std::mem::take(&mut current));
        }
        if !current.is_empty() {
            current.push(' ');
        }
        for letter in word.chars() {
            if current.chars().count() >= width {
                lines.push(std::mem::take(&mut current));
            }
            current.push(letter);
        }
    }
    lines.push(current);
    lines
}
