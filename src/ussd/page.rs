//! Fits a text and its footer into a screen, and pages what is longer: at the end of a line if
//! possible, else of a word. It knows only septets.

use crate::text::{clip, septets};

/// What becomes of a text that may be too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The text of this page, footer included: never more than the budget.
    pub text: String,
    /// Which page it is, from 0; the last one if a later one was asked for.
    pub number: usize,
    /// Is there another page?
    pub more: bool,
}

/// The page `number` of `body`. Every page ends with `foot`, and all but the last with `more`
/// besides.
pub fn page(body: &str, foot: &str, more: &str, number: usize, budget: usize) -> Page {
    let more_foot = join(foot, more, " ");
    let room = budget.saturating_sub(cost_below(&more_foot)).max(1);
    let last_room = budget.saturating_sub(cost_below(foot));
    let mut rest = body.trim_matches('\n');
    let mut count: usize = 0;
    loop {
        if cost(rest) <= last_room {
            return Page {
                text: clip(&join(rest, foot, "\n"), budget),
                number: count,
                more: false,
            };
        }
        let (head, tail) = split(rest, room);
        if count == number {
            return Page { text: clip(&join(head, &more_foot, "\n"), budget), number, more: true };
        }
        rest = tail;
        count = count.saturating_add(1);
    }
}

/// Septets of a text. One that still has an alien letter is counted by characters.
pub fn cost(text: &str) -> usize {
    septets(text).unwrap_or_else(|| text.chars().count())
}

fn cost_below(foot: &str) -> usize {
    if foot.is_empty() { 0 } else { cost(foot).saturating_add(1) }
}

fn join(above: &str, below: &str, between: &str) -> String {
    let between = if above.is_empty() || below.is_empty() { "" } else { between };
    format!("{above}{between}{below}")
}

/// Cuts off as much as fits into `room`, at the best border. The first part is never empty unless
/// the text is.
fn split(text: &str, room: usize) -> (&str, &str) {
    let mut used: usize = 0;
    let mut line = 0;
    let mut word = 0;
    let mut hard = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '\n' => line = at,
            ' ' => word = at,
            _ => {}
        }
        used = used.saturating_add(cost(letter.encode_utf8(&mut [0; 4])));
        if used > room && hard > 0 {
            break;
        }
        hard = at.saturating_add(letter.len_utf8());
    }
    // A line border is worth an emptier page, unless it would be nearly empty.
    let cut = if line >= room / 3 && line > 0 { line } else { line.max(word) };
    let cut = if cut == 0 { hard } else { cut };
    let (head, tail) = text.split_at_checked(cut).unwrap_or((text, ""));
    (head.trim_end(), tail.trim_start_matches(['\n', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pages(body: &str, foot: &str, budget: usize) -> Vec<String> {
        let mut pages = Vec::new();
        loop {
            let page = page(body, foot, "98 More", pages.len(), budget);
            pages.push(page.text);
            if !page.more {
                return pages;
            }
        }
    }

    #[test]
    fn what_fits_is_one_page() {
        assert_eq!(pages("Hello", "0 Back", 12), ["Hello\n0 Back"]);
        assert_eq!(pages("Hello", "", 5), ["Hello"]);
    }

    #[test]
    fn longer_texts_break_between_lines() {
        let body = "Last payments\n+KES 100 Amina\n-KES 50 Brian\n-KES 75 Carol";
        let expected = [
            "Last payments\n+KES 100 Amina\n0 Back 98 More",
            "-KES 50 Brian\n-KES 75 Carol\n0 Back",
        ];
        assert_eq!(pages(body, "0 Back", 45), expected);
    }

    #[test]
    fn a_long_line_breaks_between_words_and_a_long_word_anywhere() {
        assert_eq!(pages("one two three four", "", 16), ["one two\n98 More", "three four"]);
        assert_eq!(pages("abcdefghijklmnop", "", 13), ["abcde\n98 More", "fghijklmnop"]);
    }

    #[test]
    fn a_page_beyond_the_end_is_the_last() {
        let last = page("one two three four", "", "98 More", 9, 16);
        assert_eq!((last.text.as_str(), last.number, last.more), ("three four", 1, false));
    }

    proptest! {
        #[test]
        fn every_page_fits_and_no_word_is_lost(
            body in "[a-z{€\n ]{0,250}",
            foot in "[a-z ]{0,20}",
            budget in 1_usize..180,
        ) {
            let pages = pages(&body, &foot, budget);
            prop_assert!(pages.iter().all(|page| cost(page) <= budget), "{:?}", pages);
            if budget >= 60 && foot.trim() == foot {
                let letters = |text: &str| {
                    text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>()
                };
                let shown: String = pages
                    .iter()
                    .map(|page| {
                        page.trim_end_matches(" 98 More")
                            .trim_end_matches("98 More")
                            .trim_end_matches('\n')
                    })
                    .map(|page| page.strip_suffix(foot.as_str()).unwrap_or(page))
                    .map(letters)
                    .collect();
                prop_assert_eq!(shown, letters(&body));
            }
        }
    }
}
