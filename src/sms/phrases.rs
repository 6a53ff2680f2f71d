//! A text in pieces, and the phrases that stand in it. A piece is a word, a group of digits or a
//! sign; a phrase is words in their order, whatever stands between them in writing. What phrases
//! mean is not known here.

use crate::typed_text::bare;

/// What a piece of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// Letters, with the apostrophes within.
    Word,
    Digits,
    Sign(char),
}

/// A piece, and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub piece: Piece,
    pub start: usize,
    pub end: usize,
}

/// A text, as it is read.
#[derive(Debug)]
pub(super) struct Tokens {
    text: String,
    all: Vec<Token>,
}

/// Words in their order.
pub(super) type Phrase = Vec<String>;

/// The words of a phrase as the file of the grammar writes it.
pub(super) fn phrase(text: &str) -> Phrase {
    let tokens = Tokens::of(text);
    let words = tokens.all.iter().filter(|token| !matches!(token.piece, Piece::Sign(_)));
    words.map(|token| tokens.slice(token.start, token.end).to_owned()).collect()
}

impl Tokens {
    /// What was written, in small letters without accents.
    pub fn of(written: &str) -> Tokens {
        let text = bare(written);
        let mut all: Vec<Token> = Vec::new();
        let mut signs = text.char_indices().peekable();
        while let Some((start, sign)) = signs.next() {
            if sign.is_whitespace() {
                continue;
            }
            let mut end = start.saturating_add(sign.len_utf8());
            let piece = match sign {
                sign if sign.is_alphabetic() => Piece::Word,
                sign if sign.is_ascii_digit() => Piece::Digits,
                sign => Piece::Sign(sign),
            };
            while let Some((at, next)) = signs.peek().copied() {
                let behind = || text.get(at..).and_then(|rest| rest.chars().nth(1));
                let within = next == '\'' && behind().is_some_and(char::is_alphabetic);
                let goes_on = match piece {
                    Piece::Word => next.is_alphabetic() || within,
                    Piece::Digits => next.is_ascii_digit(),
                    Piece::Sign(_) => false,
                };
                if !goes_on {
                    break;
                }
                end = at.saturating_add(next.len_utf8());
                signs.next();
            }
            all.push(Token { piece, start, end });
        }
        Tokens { text, all }
    }

    pub fn get(&self, at: usize) -> Option<Token> {
        self.all.get(at).copied()
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    fn slice(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// The text of one piece.
    pub fn word(&self, at: usize) -> &str {
        self.span(at, at.saturating_add(1))
    }

    /// What is written from one piece to before another.
    pub fn span(&self, from: usize, to: usize) -> &str {
        match (self.get(from), to.checked_sub(1).and_then(|last| self.get(last))) {
            (Some(first), Some(last)) => self.slice(first.start, last.end),
            (Some(_) | None, _) => "",
        }
    }

    /// Whether nothing stands between a piece and the one before it.
    pub fn touches_the_last(&self, at: usize) -> bool {
        let last = at.checked_sub(1).and_then(|last| self.get(last));
        last.zip(self.get(at)).is_some_and(|(last, this)| last.end == this.start)
    }

    /// Where a phrase that begins here ends.
    fn behind(&self, at: usize, phrase: &[String]) -> Option<usize> {
        let (first, rest) = phrase.split_first()?;
        if self.word(at) != first {
            return None;
        }
        let mut next = at.saturating_add(1);
        for word in rest {
            while self.get(next).is_some_and(|token| token.piece == Piece::Sign('-')) {
                next = next.saturating_add(1);
            }
            if self.word(next) != word {
                return None;
            }
            next = next.saturating_add(1);
        }
        Some(next)
    }

    /// Where the longest of the phrases ends that begin here.
    pub fn longest(&self, at: usize, phrases: &[Phrase]) -> Option<usize> {
        phrases.iter().filter_map(|phrase| self.behind(at, phrase)).max()
    }

    /// From which piece to before which one a text says more than these phrases, which stand
    /// around it. Where it says nothing else, it says that.
    pub fn without(&self, around: &[Phrase], from: usize, to: usize) -> (usize, usize) {
        let says =
            |at: usize| self.get(at).is_some_and(|token| !matches!(token.piece, Piece::Sign(_)));
        let (mut start, mut end) = (from, to);
        while start < end && !says(start) {
            start = start.saturating_add(1);
        }
        while let Some(next) = self.longest(start, around).filter(|next| *next < end) {
            let Some(more) = (next..end).find(|at| says(*at)) else { break };
            start = more;
        }
        loop {
            while end > start && !says(end.saturating_sub(1)) {
                end = end.saturating_sub(1);
            }
            let ends = |at: &usize| self.longest(*at, around) == Some(end);
            match (start.saturating_add(1)..end).find(ends) {
                Some(at) => end = at,
                None => return (start, end),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

    use super::*;
    use proptest::prelude::*;

    fn pieces(text: &str) -> Vec<String> {
        let tokens = Tokens::of(text);
        (0..tokens.len()).map(|at| tokens.word(at).to_owned()).collect()
    }

    #[test]
    fn a_text_is_words_digits_and_signs() {
        assert_eq!(
            pieces("S’il vous plaît, SEND200To +254!"),
            ["s'il", "vous", "plait", ",", "send", "200", "to", "+", "254", "!"]
        );
        assert_eq!(pieces("'hi' 😀"), ["'", "hi", "'", "😀"]);
    }

    #[test]
    fn what_stands_around_is_left_out_where_something_else_is_said() {
        let around: Vec<Phrase> = ["please", "thank you", "hi"].map(phrase).to_vec();
        for (text, left) in [
            ("Hi! Please balance, thank-you.", "balance"),
            ("“balance”", "balance"),
            ("please", "please"),
            ("hi please", "please"),
            ("", ""),
        ] {
            let tokens = Tokens::of(text);
            let (start, end) = tokens.without(&around, 0, tokens.len());
            assert_eq!(tokens.span(start, end), left, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_but_blanks_is_lost(text in "\\PC{0,60}") {
            let all: String = bare(&text).split_whitespace().collect();
            prop_assert_eq!(pieces(&text).concat(), all);
        }
    }
}
