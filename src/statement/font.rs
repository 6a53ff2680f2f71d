//! Helvetica, which every reader of PDF has: how wide its letters are, and which byte stands for
//! which letter (WinAnsi). Letters it does not have are shown as they would be on a phone.

/// Thousandths of the size for the signs from the blank to the tilde.
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
/// Letters with accents are as wide as the widest without, or nearly.
const WIDTH_OTHERS: u16 = 667;

/// The bytes that show a text.
pub fn bytes(text: &str) -> Vec<u8> {
    let byte = |sign: char| {
        u8::try_from(u32::from(sign)).ok().filter(|byte| matches!(byte, 0x20..=0x7e | 0xa1..=0xff))
    };
    text.chars()
        .flat_map(|sign| match byte(sign) {
            Some(byte) => vec![byte],
            None => crate::text::to_gsm(&sign.to_string())
                .chars()
                .map(|sign| byte(sign).unwrap_or(b'?'))
                .collect(),
        })
        .collect()
}

/// How wide a text is at a size, both in the same unit.
pub fn width(text: &str, size: i16) -> i16 {
    let thousandths = bytes(text).iter().fold(0_u32, |sum, byte| {
        let place = usize::from(*byte).checked_sub(0x20);
        sum.saturating_add(u32::from(
            place.and_then(|place| WIDTHS.get(place)).copied().unwrap_or(WIDTH_OTHERS),
        ))
    });
    let wide = thousandths.saturating_mul(u32::from(size.unsigned_abs())).div_ceil(1_000);
    i16::try_from(wide).unwrap_or(i16::MAX)
}

/// As much of a text as fits, with dots where something is missing.
pub fn fitted(text: &str, size: i16, room: i16) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut kept: String = text.to_owned();
    while !kept.is_empty() && width(&format!("{kept}..."), size) > room {
        kept.pop();
    }
    format!("{}...", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_the_three_languages_have_their_byte_and_others_a_stand_in() {
        assert_eq!(bytes("Relevé à ç ê"), b"Relev\xe9 \xe0 \xe7 \xea");
        assert!(!bytes("\u{1f600}\u{3a9}").is_empty());
        assert!(bytes("\u{0}\u{9}\u{200d}").iter().all(|byte| *byte >= 0x20));
    }

    #[test]
    fn what_is_too_long_ends_in_dots_within_its_room() {
        let name = "Wilhelmina Wanjiru-Mwangi wa Kamau";
        let short = fitted(name, 85, 1_000);
        assert!(short.ends_with("...") && width(&short, 85) <= 1_000, "{short}");
        assert_eq!(fitted("Amina", 85, 1_000), "Amina");
    }
}
