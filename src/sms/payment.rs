//! Whether a sentence is a payment, and which. It is one only when it is understood in one way: the
//! number is cut out first, what is left has exactly one amount, and everything else in front of
//! and between them is a word that belongs there. What follows is what it is for, in any words
//! but those that take a payment back, put it off, or make another of it. Pure; the words are data.

use super::number_cut::{self, NumberCut};
use super::phrases::{Phrase, Piece, Tokens};
use crate::market::Market;
use crate::money::Money;
use crate::phone::Msisdn;
use crate::reason::Reason;
use crate::refusal::Refusal;

/// Pieces of an amount, at most: `KES 1,250,000.50 only`, `one thousand two hundred and fifty`.
const AMOUNT_PIECES_MAX: usize = 12;
/// Words of a name in front of a number, at most.
const NAME_WORDS_MAX: usize = 4;
/// Pieces behind a payment, at most.
const TAIL_PIECES_MAX: usize = 30;
/// Digits of a number behind a payment, at most: more may be another amount, or a PIN.
const TAIL_DIGITS_MAX: usize = 2;
/// Pieces that are looked at to say what is wrong with them.
const WRONG_PIECES_MAX: usize = 9;
/// Signs that say something: another currency, a sum, a question.
const SAYING: &str = "$€£¥¢₦₵₹₽₩₺₴%+~=<@*#^&|\\?¿";

/// The words of payments, in all languages.
#[derive(Debug, Clone, Default)]
pub(super) struct PaymentWords {
    /// Politeness, greetings.
    pub around: Vec<Phrase>,
    /// Whom a payment is for, said in front of the amount.
    pub relatives: Vec<Phrase>,
    /// What makes of a payment something else, or nothing.
    pub stops: Vec<Phrase>,
    /// What stands in front of what a payment is for.
    pub reasons: Vec<Phrase>,
    /// The words of all commands.
    pub commands: Vec<Phrase>,
    /// The words of all commands that are payments.
    pub payments: Vec<Phrase>,
}

/// How one command asks for a payment.
#[derive(Debug, Clone)]
pub(super) struct PaymentForm {
    pub verbs: Vec<Phrase>,
    /// What stands between its parts: `to`.
    pub joints: Vec<Phrase>,
}

/// A payment that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Payment {
    pub amount: Money,
    pub to: Msisdn,
    /// What it is for.
    pub tail: String,
}

/// What a payment lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// To whom.
    To,
    /// How much.
    Amount,
    /// Both.
    Both,
}

/// Why a sentence that begins like a payment is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Miss {
    /// Something of it cannot be read.
    Wrong(Refusal),
    /// Something is not said.
    Lacks(Missing),
}

/// A sentence, and the words that are known.
pub(super) struct Sentence<'a> {
    tokens: &'a Tokens,
    words: &'a PaymentWords,
    market: &'a Market,
    cuts: Vec<NumberCut>,
}

/// What was read so far.
#[derive(Debug, Default)]
struct Reader {
    at: usize,
    verb: bool,
    number: bool,
    amount: Option<Money>,
    /// The last piece read may stand in front of a name.
    names_whom: bool,
}

impl<'a> Sentence<'a> {
    pub fn new(tokens: &'a Tokens, words: &'a PaymentWords, market: &'a Market) -> Sentence<'a> {
        Sentence { tokens, words, market, cuts: number_cut::all(tokens, market) }
    }

    /// The number, where there is one way to cut one out.
    fn number(&self) -> Option<&NumberCut> {
        let [cut] = self.cuts.as_slice() else { return None };
        // 254 0712..., 254110 079...: an amount, or a part of a number?
        let before = cut.from.checked_sub(1).map(|before| self.tokens.word(before));
        let behind_code =
            before.and_then(|word| word.strip_prefix(self.market.country_code.as_str()));
        behind_code.is_none_or(|digits| matches!(digits.len(), 1 | 2)).then_some(cut)
    }

    /// The payment of this form that the sentence is.
    pub fn payment(&self, form: &PaymentForm) -> Option<Payment> {
        if let Some(cut) = self.number() {
            return self.payment_to(form, cut);
        }
        // 0712 070000 1000: two that share digits, and only one leaves an amount. Two that share
        // none are two people.
        let apart = |cut: &NumberCut| self.cuts.iter().any(|other| other.to <= cut.from);
        if self.cuts.len() < 2 || self.cuts.iter().any(|cut| cut.bare || apart(cut)) {
            return None;
        }
        let mut found = self.cuts.iter().filter_map(|cut| self.payment_to(form, cut));
        found.next().filter(|first| found.all(|other| other == *first))
    }

    fn payment_to(&self, form: &PaymentForm, cut: &NumberCut) -> Option<Payment> {
        let mut read = Reader::default();
        while !(read.verb && read.number && read.amount.is_some()) {
            let token = self.tokens.get(read.at)?;
            if read.at == cut.from {
                read = Reader { at: cut.to, number: true, names_whom: false, ..read };
            } else if let Some(next) = self.verb(form, &read) {
                read = Reader { at: next, verb: true, names_whom: true, ..read };
            } else if let Some((amount, next)) = self.first_amount(&read, cut) {
                read = Reader { at: next, amount: Some(amount), names_whom: false, ..read };
            } else if let Some(next) = self.tokens.longest(read.at, &form.joints) {
                read = Reader { at: next, names_whom: true, ..read };
            } else if let Some(next) = self.tokens.longest(read.at, &self.words.around) {
                read.at = next;
            } else if let Some(next) = self.whom(form, &read, cut) {
                read = Reader { at: next, names_whom: true, ..read };
            } else if let Piece::Sign(sign) = token.piece {
                read.at = self.behind_sign(&read, sign)?;
            } else {
                return None;
            }
        }
        Some(Payment {
            amount: read.amount?,
            to: cut.number.clone(),
            tail: self.tail(form, read.at)?,
        })
    }

    /// The verb of the form, where no longer command begins here.
    fn verb(&self, form: &PaymentForm, read: &Reader) -> Option<usize> {
        let next = self.tokens.longest(read.at, &form.verbs).filter(|_| !read.verb)?;
        (self.tokens.longest(read.at, &self.words.commands) == Some(next)).then_some(next)
    }

    /// The longest amount that begins here, where none was read.
    fn first_amount(&self, read: &Reader, cut: &NumberCut) -> Option<(Money, usize)> {
        if read.amount.is_some() {
            return None;
        }
        let to = if read.at < cut.from { cut.from } else { self.tokens.len() };
        self.amount(read.at, to)
    }

    fn amount(&self, from: usize, to: usize) -> Option<(Money, usize)> {
        let is_whole = |to: usize| !self.goes_on(from) && !self.goes_on(to);
        let last = to.min(from.saturating_add(AMOUNT_PIECES_MAX));
        (from.saturating_add(1)..=last).rev().filter(|to| is_whole(*to)).find_map(|to| {
            let text = self.tokens.span(from, to);
            self.market.amount(text).ok().map(|amount| (amount, to))
        })
    }

    /// Whether digits go on here over a sign that touches both: `200|-300`, `1.5|,0`.
    fn goes_on(&self, at: usize) -> bool {
        let piece = |at: usize| self.tokens.get(at).map(|token| token.piece);
        let joins = |at: usize| {
            let (before, next) = (at.saturating_sub(1), at.saturating_add(1));
            matches!(piece(at), Some(Piece::Sign(_)))
                && piece(before) == Some(Piece::Digits)
                && piece(next) == Some(Piece::Digits)
                && self.tokens.touches_the_last(at)
                && self.tokens.touches_the_last(next)
        };
        at > 0 && (joins(at) || joins(at.saturating_sub(1)))
    }

    /// Behind whom the payment is for: a name in front of the number, or one of the family in front
    /// of the amount.
    fn whom(&self, form: &PaymentForm, read: &Reader, cut: &NumberCut) -> Option<usize> {
        if !read.verb || !read.names_whom || read.number {
            return None;
        }
        if let Some(next) = self.tokens.longest(read.at, &self.words.relatives) {
            return Some(next);
        }
        let mut at = read.at;
        for _word in 0..NAME_WORDS_MAX {
            if !self.is_free(at) {
                return None;
            }
            at = at.saturating_add(1);
            while matches!(self.tokens.get(at)?.piece, Piece::Sign('.' | '-' | ',' | ':' | '(')) {
                at = at.saturating_add(1);
            }
            let joined = self.tokens.longest(at, &form.joints).unwrap_or(at);
            if joined == cut.from {
                return Some(joined);
            }
        }
        None
    }

    /// A word that may stand anywhere.
    fn is_free(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.piece == Piece::Word)
            && self.tokens.longest(at, &self.words.stops).is_none()
            && self.tokens.longest(at, &self.words.payments).is_none()
    }

    /// Behind a sign that says nothing, or the name in brackets behind the number.
    fn behind_sign(&self, read: &Reader, sign: char) -> Option<usize> {
        let next = read.at.saturating_add(1);
        // `-200`, `.50`
        let changes = matches!(sign, '-' | '.' | ',')
            && self.tokens.touches_the_last(next)
            && !self.tokens.touches_the_last(read.at)
            && self.tokens.get(next).is_some_and(|token| token.piece == Piece::Digits);
        if changes || says_something(sign) {
            return None;
        }
        if sign == '(' && read.number {
            let free = (next..self.tokens.len()).take_while(|at| self.is_free(*at)).count();
            let end = next.saturating_add(free);
            let closes = self.tokens.get(end).is_some_and(|token| token.piece == Piece::Sign(')'));
            if closes && free <= NAME_WORDS_MAX {
                return Some(end.saturating_add(1));
            }
        }
        Some(next)
    }

    /// What a payment is for: what follows it, without politeness. Nothing where that makes
    /// something else of it.
    fn tail(&self, form: &PaymentForm, from: usize) -> Option<String> {
        let end = self.tokens.len();
        if end.saturating_sub(from) > TAIL_PIECES_MAX {
            return None;
        }
        let plain = |at: usize| match self.tokens.get(at).map(|token| token.piece) {
            // `and 50 to mum` is another payment
            Some(Piece::Digits) => {
                self.tokens.word(at).len() <= TAIL_DIGITS_MAX
                    && self.tokens.longest(at.saturating_add(1), &form.joints).is_none()
            }
            Some(Piece::Sign(sign)) => !says_something(sign),
            Some(Piece::Word) => self.is_free(at),
            None => true,
        };
        if !(from..end).all(plain) {
            return None;
        }
        let (mut from, mut to) = self.tokens.without(&self.words.around, from, end);
        // digits without a word belong to what stands before them
        if self.tokens.get(from).is_some_and(|token| token.piece == Piece::Digits) {
            return None;
        }
        if self.tokens.longest(from, &self.words.around) == Some(to) {
            (from, to) = (to, to);
        }
        if let Some(next) = self.tokens.longest(from, &self.words.reasons).filter(|at| *at < to) {
            from = next;
        }
        Some(self.tokens.span(from, to).to_owned())
    }

    /// What is wrong with a sentence that begins like a payment of this form, where that can be
    /// said.
    pub fn miss(&self, form: &PaymentForm) -> Option<Miss> {
        let (from, to) = self.tokens.without(&self.words.around, 0, self.tokens.len());
        let from = self.tokens.longest(from, &form.verbs)?;
        match (self.cuts.as_slice(), self.number()) {
            ([], _) => self.miss_number(form, from, to),
            (_, Some(cut)) => self.miss_amount(form, cut, from, to),
            (_, None) => None,
        }
    }

    /// There is no number: whatever stands in its place is told to be none.
    fn miss_number(&self, form: &PaymentForm, from: usize, to: usize) -> Option<Miss> {
        let mut amount = None;
        let mut wrong: Option<(usize, usize)> = None;
        let mut at = from;
        while at < to {
            let skipped = self.skipped(form, at);
            let found = self.amount(at, to).filter(|_| amount.is_none());
            match (skipped, found) {
                (_, Some((money, next))) => (amount, at) = (Some(money), next),
                (Some(next), None) => at = next,
                (None, None) => {
                    let next = at.saturating_add(1);
                    let (start, end) = wrong.unwrap_or((at, at));
                    // in two places: nobody can say which of them is wrong
                    if end != at {
                        return None;
                    }
                    wrong = Some((start, next));
                    at = next;
                }
            }
        }
        let Some((start, end)) = wrong else {
            let missing = if amount.is_some() { Missing::To } else { Missing::Both };
            return Some(Miss::Lacks(missing));
        };
        let text = self.tokens.span(start, end);
        let digits = text.contains(|sign: char| sign.is_ascii_digit());
        if !self.is_short(start, end) || (amount.is_none() && !digits) {
            return None;
        }
        let reason = Msisdn::parse(text, self.market).err()?;
        Some(Miss::Wrong(Refusal::of_field(reason, "to")))
    }

    /// There is a number: what stands beside it is told to be no amount.
    fn miss_amount(
        &self,
        form: &PaymentForm,
        cut: &NumberCut,
        from: usize,
        to: usize,
    ) -> Option<Miss> {
        let sides = [(from, cut.from.min(to)), (cut.to.max(from), to)];
        let said: Vec<(usize, usize)> =
            sides.into_iter().map(|(from, to)| self.said(form, from, to)).collect();
        let mut said = said.into_iter().filter(|(from, to)| from < to);
        let Some((start, end)) = said.next() else { return Some(Miss::Lacks(Missing::Amount)) };
        if said.next().is_some() || !self.is_short(start, end) {
            return None;
        }
        let reason = self.market.amount(self.tokens.span(start, end)).err()?;
        let wrong = Refusal::of_field(reason, "amount");
        let digits = (start..end)
            .any(|at| self.tokens.get(at).is_some_and(|token| token.piece == Piece::Digits));
        (digits || reason != Reason::AMOUNT_FORMAT || end.saturating_sub(start) == 1)
            .then_some(Miss::Wrong(wrong))
    }

    /// What is said from here to there, without joints and politeness in front and signs behind.
    fn said(&self, form: &PaymentForm, from: usize, to: usize) -> (usize, usize) {
        let (mut from, mut to) = (from, to);
        while let Some(next) = self.skipped(form, from).filter(|next| from < to && *next <= to) {
            from = next;
        }
        while let Some(at) = (from..to).find(|at| self.skipped(form, *at) == Some(to)) {
            to = at;
        }
        (from, to)
    }

    /// Behind a joint, politeness, or a sign that says nothing.
    fn skipped(&self, form: &PaymentForm, at: usize) -> Option<usize> {
        let next = at.saturating_add(1);
        let phrase = self.tokens.longest(at, &form.joints);
        let phrase = phrase.or_else(|| self.tokens.longest(at, &self.words.around));
        match self.tokens.get(at)?.piece {
            Piece::Sign(',' | ':' | ';' | '.' | '!' | '"' | '\'' | '>') => Some(next),
            Piece::Sign(_) | Piece::Digits => None,
            Piece::Word => phrase,
        }
    }

    fn is_short(&self, from: usize, to: usize) -> bool {
        let stops = |at: usize| self.tokens.longest(at, &self.words.stops).is_some();
        to.saturating_sub(from) <= WRONG_PIECES_MAX && !(from..to).any(stops)
    }
}

/// Whether a sign between words means something.
fn says_something(sign: char) -> bool {
    SAYING.contains(sign) || sign.is_numeric()
}
