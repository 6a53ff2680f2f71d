//! Why a file cannot be read, each reason with its values and the line it stands on. What is quoted
//! from a file is short, whatever is in it.

use crate::money::{Currency, Money};

/// A file that cannot be read. Nothing of it is used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{what}", .at_line.map(|line| format!("line {line}: ")).unwrap_or_default())]
pub struct BankFileError {
    /// Where in the file; the first line is 1.
    pub at_line: Option<u64>,
    /// What is wrong there.
    pub what: Unreadable,
}

/// What comes of reading.
pub type Read<T> = Result<T, BankFileError>;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Nothing is in it.
    #[error("the file has no statement in it")]
    Empty,
    /// More than anybody sends.
    #[error("the file is larger than {max_bytes} bytes")]
    FileTooLarge {
        /// The most.
        max_bytes: usize,
    },
    /// More than anybody sends.
    #[error("the file has more than {max} bookings")]
    TooManyLines {
        /// The most.
        max: usize,
    },
    /// Bytes that are no text.
    #[error("this is not text in {encoding}")]
    NotText {
        /// In which encoding.
        encoding: &'static str,
    },
    /// Known, but no statement.
    #[error("this is {what}, not a statement as CSV, camt.053 or MT940")]
    OtherFormat {
        /// What it is.
        what: &'static str,
    },
    /// A CSV needs to be told what is in its columns.
    #[error("a CSV file needs the column map of its bank")]
    NoColumnMap,
    /// XML that is none.
    #[error("not well-formed XML: {why}")]
    Xml {
        /// In the parser's words.
        why: String,
    },
    /// Definitions within a file are how readers are attacked, and no bank sends them.
    #[error("the file has a DTD, which no statement has")]
    Doctype,
    /// An entity that XML itself does not have.
    #[error("the entity `{name}` is not known")]
    Entity {
        /// Its name.
        name: String,
    },
    /// Elements in elements in elements.
    #[error("elements stand in one another more than {max} deep")]
    TooDeep {
        /// The most.
        max: usize,
    },
    /// It stops before its end.
    #[error("the file ends within {what}")]
    CutOff {
        /// Within what.
        what: &'static str,
    },
    /// Something that must be there.
    #[error("{what} is missing")]
    Missing {
        /// What.
        what: &'static str,
    },
    /// Something that may be there once.
    #[error("{what} is there twice")]
    Twice {
        /// What.
        what: &'static str,
    },
    /// Something that says nothing understandable.
    #[error("`{text}` is not {what}")]
    Not {
        /// What it should be.
        what: &'static str,
        /// What is there.
        text: String,
    },
    /// The same in a table, whose map says how it is written.
    #[error("`{text}` is not {what}: in the map stands {key} = `{says}`")]
    NotAsMapped {
        /// What it should be.
        what: &'static str,
        /// What is there.
        text: String,
        /// The key of the map,
        key: &'static str,
        /// and what stands there.
        says: String,
    },
    /// Something longer than it can be.
    #[error("{what} is longer than {max}")]
    TooLong {
        /// What.
        what: &'static str,
        /// The most.
        max: usize,
    },
    /// Amounts are never rounded.
    #[error("`{text}` has more decimals than {currency}")]
    TooManyDecimals {
        /// What is there.
        text: String,
        /// Whose decimals.
        currency: Currency,
    },
    /// Beyond the range.
    #[error("`{text}` is more than can be counted")]
    AmountTooLarge {
        /// What is there.
        text: String,
    },
    /// One account has one currency.
    #[error("{found} among amounts of {expected}")]
    OtherCurrency {
        /// What the account has.
        expected: Currency,
        /// What is there.
        found: String,
    },
    /// One statement is of one account.
    #[error("account `{found}` among lines of `{expected}`")]
    OtherAccount {
        /// Whose statement it is.
        expected: String,
        /// What is there.
        found: String,
    },
    /// A statement in several pages of which one is not in the file.
    #[error("a page {where_} `{number}` is missing: put all pages of a statement into one file")]
    PageMissing {
        /// Before or after.
        where_: &'static str,
        /// The statement's number.
        number: String,
    },
    /// A page that does not go on where the last one ended.
    #[error("the page begins with {opening}, but the one before ended with {carried}")]
    PagesDisagree {
        /// What the page before ended with.
        carried: Money,
        /// What this one begins with.
        opening: Money,
    },
    /// The map names a column that the table does not have.
    #[error("{key} of the map: there is no column `{name}` among `{head}`")]
    NoColumn {
        /// The key of the map.
        key: &'static str,
        /// Its name, or number.
        name: String,
        /// What stands over the columns, or the beginning of that.
        head: String,
    },
    /// Two columns have the name that the map asks for.
    #[error("{key} of the map: there are two columns `{name}`: use their numbers")]
    TwoColumns {
        /// The key of the map.
        key: &'static str,
        /// Their name.
        name: String,
    },
    /// A row that is wider or narrower than the head.
    #[error("{found} fields where the head has {expected}")]
    Fields {
        /// In the head.
        expected: usize,
        /// In the row.
        found: usize,
    },
    /// A quote that nothing closes, or that closes within a field.
    #[error("a quote is not closed where its field ends")]
    OpenQuote,
    /// Money that both came in and went out.
    #[error("an amount came in and one went out in the same row")]
    BothSides,
    /// The sign says one thing, a mark perhaps another.
    #[error("`{text}` has a sign beside the column that says which way it went")]
    SignAndMark {
        /// What is there.
        text: String,
    },
    /// The running balance does not follow.
    #[error("the balance is {found}, but the lines before lead to {expected}")]
    BalanceBreaks {
        /// What follows from the lines.
        expected: Money,
        /// What is there.
        found: Money,
    },
    /// Nothing says what was there before and after.
    #[error("no column has balances: say what the {what} balance was")]
    NoBalance {
        /// Opening or closing.
        what: &'static str,
    },
    /// Somebody said another balance than the file.
    #[error("the {what} balance is {found}, not {given}")]
    BalancesDisagree {
        /// Opening or closing.
        what: &'static str,
        /// What was said.
        given: Money,
        /// What the file has.
        found: Money,
    },
}

impl Unreadable {
    /// It stands on this line.
    pub(super) fn at(self, line: u64) -> BankFileError {
        BankFileError { at_line: Some(line), what: self }
    }

    /// It stands nowhere in particular.
    pub(super) fn anywhere(self) -> BankFileError {
        BankFileError { at_line: None, what: self }
    }

    /// The same, said of all that was to be read where only a part of it is quoted.
    pub(super) fn about(self, whole: &str) -> Unreadable {
        if let Unreadable::Not { what, .. } = self { Unreadable::not(what, whole) } else { self }
    }

    /// The same of what is written as a map says.
    pub(super) fn mapped(self, key: &'static str, says: &str) -> Unreadable {
        let Unreadable::Not { what, text } = self else { return self };
        Unreadable::NotAsMapped { what, text, key, says: says.to_owned() }
    }

    /// `text` is not `what`.
    pub(super) fn not(what: &'static str, text: &str) -> Unreadable {
        Unreadable::Not { what, text: quoted(text) }
    }
}

/// The beginning of what is there, for a message.
pub(super) fn quoted(text: &str) -> String {
    begun(text, 40)
}

/// The same of what stands over the columns: whoever mends a map reads their names.
pub(super) fn head_quoted(text: &str) -> String {
    begun(text, 160)
}

fn begun(text: &str, max: usize) -> String {
    let shown = |sign: char| if sign.is_control() { ' ' } else { sign };
    let mut short: String = text.trim().chars().take(max).map(shown).collect();
    if text.trim().chars().nth(max).is_some() {
        short.push('…');
    }
    short
}
