//! Numbers that people type and that name something of ours: the last digit is a check digit, so
//! that a slip of one digit, or two neighbours swapped, is noticed. What they name is not known
//! here. Pure.

/// The quasigroup of order ten that H. M. Damm published in 2004: no digit maps to itself, and
/// order matters.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];
/// Digits of a number, at most.
const DIGITS_MAX: usize = 19;

/// A number above zero, with its check digit behind it.
pub fn written(number: i64) -> String {
    format!("{number}{}", damm(&number.to_string()))
}

/// The number that was typed with its check digit; blanks and hyphens between the digits do not
/// matter.
pub fn read(typed: &str) -> Option<i64> {
    let digits: String = typed.chars().filter(|sign| !matches!(sign, ' ' | '-')).collect();
    let plain = digits.len() <= DIGITS_MAX
        && !digits.starts_with('0')
        && digits.bytes().all(|b| b.is_ascii_digit());
    let (number, _check) = digits.split_at_checked(digits.len().saturating_sub(1))?;
    let number: i64 = number.parse().ok()?;
    (plain && number > 0 && damm(&digits) == 0).then_some(number)
}

/// The check digit of these digits; 0 when they end with their own.
fn damm(digits: &str) -> u8 {
    digits.bytes().fold(0, |interim, digit| {
        let row = DAMM.get(usize::from(interim));
        row.and_then(|row| row.get(usize::from(digit.wrapping_sub(b'0')))).copied().unwrap_or(0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_a_slip_is_not() {
        assert_eq!((written(572).as_str(), read("57 2-4")), ("5724", Some(572)));
        for wrong in ["", "4", "5725", "5274", "x724", "05724", "57240000000000000000", "5７24"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
