//! Numbers of IDs as people write them, in their one form. Whose they are is not known here.

/// Letters and digits of one.
const MIN: usize = 5;
const MAX: usize = 20;
/// What cards print before the digits.
const MARKS: [&str; 4] = ["ID", "NIC", "NO", "NR"];

/// Capitals and digits; nothing where it is no number of an ID.
pub fn plain(typed: &str) -> Option<String> {
    let number: String =
        typed.chars().filter(|sign| !matches!(sign, ' ' | '-' | '/' | '.')).collect();
    let number = number.to_ascii_uppercase();
    // neither that nor zeros before the digits are a part of the number: one ID must not be two
    let bare = MARKS.into_iter().find_map(|mark| number.strip_prefix(mark)).unwrap_or(&number);
    let number = match bare.chars().all(|sign| sign.is_ascii_digit()) {
        true => bare.trim_start_matches('0').to_owned(),
        false => number,
    };
    let plain = number.chars().all(|sign| sign.is_ascii_alphanumeric());
    let digits = number.chars().filter(char::is_ascii_digit).count();
    (plain && digits >= MIN && number.len() <= MAX).then_some(number)
}
