//! Where in a text a phone number stands, before anything else of it is read: so no digit of an
//! amount is taken for one of the number, and none of the number for one of the amount. People
//! write a number in one piece or in groups of at least two digits; what no range has is no number.

use super::phrases::{Piece, Tokens};
use crate::market::Market;
use crate::phone::Msisdn;

/// More digits are no number, in whatever country and with whatever in front.
const DIGITS_MAX: usize = 16;
/// Signs between two groups, at most: `+254 (712) 345678`.
const SIGNS_MAX: usize = 2;

/// A number, and the pieces that it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NumberCut {
    pub from: usize,
    pub to: usize,
    pub number: Msisdn,
    /// Nothing in front of it tells where it begins: neither a trunk nor a country code.
    pub bare: bool,
}

/// Every way to cut a number out of the text. Of two of which the one stands within the other only
/// the longer is one, and of two that share digits only the one that is told where it begins.
pub(super) fn all(tokens: &Tokens, market: &Market) -> Vec<NumberCut> {
    let cuts: Vec<NumberCut> =
        (0..tokens.len()).flat_map(|at| beginning_at(tokens, at, market)).collect();
    let is_none = |cut: &NumberCut| {
        let others = cuts.iter().filter(|other| (other.from, other.to) != (cut.from, cut.to));
        let mut shares = others.filter(|other| other.from < cut.to && cut.from < other.to);
        shares.any(|other| {
            let within = other.from <= cut.from && cut.to <= other.to;
            within || (cut.bare && !other.bare)
        })
    };
    cuts.iter().filter(|cut| !is_none(cut)).cloned().collect()
}

fn is_sign(tokens: &Tokens, at: usize, sign: char) -> bool {
    tokens.get(at).is_some_and(|token| token.piece == Piece::Sign(sign))
}

fn is_digits(tokens: &Tokens, at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.piece == Piece::Digits)
}

/// The numbers whose first digits stand here.
fn beginning_at(tokens: &Tokens, first: usize, market: &Market) -> Vec<NumberCut> {
    let before = first.checked_sub(1).filter(|before| is_sign(tokens, *before, '+'));
    let mut found = Vec::new();
    let mut groups: Vec<&str> = Vec::new();
    let mut at = first;
    while is_digits(tokens, at) {
        let next = at.saturating_add(1);
        // `+254 (0)712 ...`: a trunk that nobody dials there
        let aside = !groups.is_empty()
            && tokens.word(at) == market.trunk
            && is_sign(tokens, at.saturating_sub(1), '(')
            && is_sign(tokens, next, ')');
        if !aside {
            groups.push(tokens.word(at));
        }
        if groups.iter().map(|group| group.len()).sum::<usize>() > DIGITS_MAX {
            break;
        }
        if let Some((number, bare)) = number_of(&groups, before.is_some(), market) {
            found.push(NumberCut { from: before.unwrap_or(first), to: next, number, bare });
        }
        let Some(more) = next_group(tokens, next) else { break };
        at = more;
    }
    found
}

/// The group that goes on with the number, behind the signs that people put within one.
fn next_group(tokens: &Tokens, from: usize) -> Option<usize> {
    let mut at = from;
    while !is_digits(tokens, at) {
        let joins = match tokens.get(at)?.piece {
            Piece::Sign('-' | '(' | ')' | '_' | '·') => true,
            // the end of a sentence has a blank behind it
            Piece::Sign('.') => {
                tokens.touches_the_last(at) && tokens.touches_the_last(at.saturating_add(1))
            }
            Piece::Sign(_) | Piece::Word | Piece::Digits => false,
        };
        if !joins || at >= from.saturating_add(SIGNS_MAX) {
            return None;
        }
        at = at.saturating_add(1);
    }
    Some(at)
}

/// The number that these groups are, if people would write it in them; and whether nothing stands
/// in front of it.
fn number_of(groups: &[&str], plus: bool, market: &Market) -> Option<(Msisdn, bool)> {
    let digits = groups.concat();
    let written = if plus { format!("+{digits}") } else { digits.clone() };
    let number = Msisdn::parse(&written, market).ok()?;
    let ahead = digits.len().checked_sub(market.national_digits)?;
    let head = digits.get(..ahead)?;
    let mut sizes = Vec::new();
    let mut apart = Vec::new();
    let mut end = 0_usize;
    for group in groups {
        let start = end;
        end = start.saturating_add(group.len());
        if end <= ahead {
            apart.push(*group);
        } else {
            sizes.push(end.saturating_sub(start.max(ahead)));
        }
    }
    let dialled = |group: &str| {
        let rest =
            market.international.iter().find_map(|dialled| group.strip_prefix(dialled.as_str()));
        group == market.country_code
            || rest.is_some_and(|rest| rest.is_empty() || rest == market.country_code.as_str())
    };
    let doubled = !market.trunk.is_empty()
        && head
            .strip_suffix(market.trunk.as_str())
            .is_some_and(|code| code.ends_with(market.country_code.as_str()));
    let abroad = market.international.iter().any(|dialled| head.starts_with(dialled.as_str()));
    let told_apart = plus || abroad || groups.len() == 1;
    let bare = head.is_empty() && !market.trunk.is_empty();
    let pairs = sizes.iter().skip(1).all(|size| *size >= 2);
    let grouped = match (sizes.as_slice(), bare) {
        ([_whole], _) => true,
        // with nothing in front, only as it is written everywhere: 712 345 678
        (several, true) => several.iter().all(|size| matches!(size, 3 | 6)),
        ([1, ..], false) => pairs && ahead > 0,
        (_several, false) => pairs,
    };
    let usual = apart.into_iter().all(dialled) && (!doubled || told_apart) && grouped;
    usual.then_some((number, bare))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(String, String)> {
        let tokens = Tokens::of(text);
        let cuts = all(&tokens, &Market::kenya());
        let told = |cut: NumberCut| {
            let before = tokens.span(0, cut.from).to_owned();
            let behind = tokens.span(cut.to, tokens.len());
            (cut.number.e164().to_owned(), format!("{before} _ {behind}").trim().to_owned())
        };
        cuts.into_iter().map(told).collect()
    }

    #[test]
    fn a_number_is_cut_out_whole() {
        for (text, left) in [
            ("send 200 0712345678", "send 200 _"),
            ("send 10 0712 345 678", "send 10 _"),
            ("send 15 000 0712 345678", "send 15 000 _"),
            ("send 19 0712-345-678, thanks", "send 19 _ , thanks"),
            ("send 75 07 12 34 56 78", "send 75 _"),
            ("0712.345.678 50", "_ 50"),
            ("+254 712 345 678 50", "_ 50"),
            ("+254 (0)712 345 678 50", "_ 50"),
            ("00254 712 345 678 50", "_ 50"),
            ("000 254 712345678", "_"),
            ("254 712 345 678", "_"),
            ("1 254 712345678", "1 _"),
            ("1 254 0712345678", "1 254 _"),
            ("1 +254 0712345678", "1 _"),
            ("20 712 345 678", "20 _"),
            ("send200to0712345678", "send200to _"),
            ("0712345678. 200", "_ . 200"),
            ("0712 345 678 500", "_ 500"),
        ] {
            assert_eq!(cut(text), [("+254712345678".to_owned(), left.to_owned())], "{text}");
        }
    }

    #[test]
    fn no_digit_is_borrowed_to_make_a_number() {
        for text in [
            "send 0712 345 67 1 500",
            "send 071234567 8 276",
            "send 10 0722 345 67",
            "send 10 0722 345 6789",
            "send 0712345678500",
            "send2000712345678",
            "712 3456 78",
            "0120123456",
            "0712,345,678",
        ] {
            assert_eq!(cut(text), [], "{text}");
        }
        assert_eq!(cut("0 712345678").len(), 1, "the zero is not a part of it");
    }

    #[test]
    fn two_ways_to_cut_are_both_told() {
        assert_eq!(cut("send 100 722 345 678").len(), 2);
        assert_eq!(cut("send 712345678 0722000111").len(), 2);
        assert_eq!(cut("54 101 114104 128").len(), 2);
        // the trunk tells where it begins
        assert_eq!(cut("0722 712 345 500").len(), 1);
    }
}
