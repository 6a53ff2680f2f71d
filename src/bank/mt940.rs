//! Statements as MT940, the text of SWIFT. It knows only the file.
//!
//! A page is `:20:` reference, `:25:` account, `:28C:` number and page, `:60F:` or `:60M:` opening,
//! bookings (`:61:`, each with what it was for in `:86:`), `:62F:` or `:62M:` closing; then what
//! nothing is taken from: `:64:`, `:65:`, and a `:86:` that is about the whole.

use super::bank_statement::{Counterparty, Line, Statement};
use super::cleaning::{guessed, key, row_number, together};
use super::counting::LineCount;
use super::mt_entry::MtEntry;
use super::mt_field::{MtField, MtFields};
use super::mt_text::MtText;
use super::statement_page::{Balance, StatementPage, joined};
use super::unreadable::{Read, Unreadable};
use super::{day, figure};
use crate::money::Currency;

/// Reads all statements of a file; `told` hears of how many lines there are so far.
pub fn read(bytes: &[u8], told: &mut dyn FnMut(usize)) -> Read<Vec<Statement>> {
    let count = LineCount::of(bytes.len(), told).map_err(Unreadable::anywhere)?;
    let text = guessed(bytes).map_err(Unreadable::anywhere)?;
    let mut fields = MtFields::of(&text);
    let mut reader = Reader { pages: Vec::new(), open: None, count };
    while let Some(field) = fields.next_field()? {
        reader.field(&field)?;
    }
    let (pages, count) = reader.end()?;
    count.end();
    joined(pages)
}

/// What is known so far.
struct Reader<'c> {
    pages: Vec<StatementPage>,
    open: Option<Draft>,
    count: LineCount<'c>,
}

/// What is known of a page so far.
#[derive(Default)]
struct Draft {
    at_line: u64,
    account: Option<String>,
    number: Option<Option<String>>,
    page: Option<u64>,
    opening: Option<(Balance, Currency)>,
    bookings: Vec<Booking>,
    closing: Option<(Balance, Currency)>,
}

/// A booking and what it was for.
struct Booking {
    at_line: u64,
    entry: MtEntry,
    text: Vec<String>,
}

impl<'c> Reader<'c> {
    fn field(&mut self, field: &MtField<'_>) -> Read<()> {
        if field.tag == "20" {
            self.close()?;
            self.open = Some(Draft { at_line: field.at_line, ..Draft::default() });
            return Ok(());
        }
        let Some(page) = &mut self.open else {
            return Err(field.error(Unreadable::Missing { what: "the field :20:" }));
        };
        match field.tag {
            "34F" | "90D" | "90C" => {
                let what = "a report within a day (MT942)";
                Err(field.error(Unreadable::OtherFormat { what }))
            }
            "61" => {
                self.count.one().map_err(|what| field.error(what))?;
                page.booking(field).map_err(|what| field.error(what))
            }
            "86" => page.text(field).map_err(|what| field.error(what)),
            "25" | "25P" | "28" | "28C" | "60F" | "60M" | "62F" | "62M" => page.head(field),
            // available balances, and what single banks have beside the standard
            _ => Ok(()),
        }
    }

    fn close(&mut self) -> Read<()> {
        if let Some(page) = self.open.take() {
            let at_line = page.at_line;
            self.pages.push(page.page().map_err(|what| what.at(at_line))?);
        }
        Ok(())
    }

    fn end(mut self) -> Read<(Vec<StatementPage>, LineCount<'c>)> {
        self.close()?;
        Ok((self.pages, self.count))
    }
}

impl Draft {
    /// A field that a page has once, in one line.
    fn head(&mut self, field: &MtField<'_>) -> Read<()> {
        let text = match field.tag {
            // some banks say in a second line whose it is
            "25P" => field.lines.first().copied().unwrap_or_default(),
            _ => field.single()?,
        };
        let twice = match field.tag {
            "28" | "28C" => {
                let (number, page) = text.split_once('/').unwrap_or((text, ""));
                self.page = page.trim().parse().ok();
                let number = row_number(number).map_err(|what| field.error(what))?;
                self.number.replace(number).is_some()
            }
            "60F" | "60M" => self.opening.replace(balance(field, text)?).is_some(),
            "62F" | "62M" => self.closing.replace(balance(field, text)?).is_some(),
            _ => {
                let account = key(text, "an account").map_err(|what| field.error(what))?;
                std::mem::replace(&mut self.account, account).is_some()
            }
        };
        if twice {
            return Err(field.error(Unreadable::Twice { what: "a field of one statement" }));
        }
        Ok(())
    }

    fn booking(&mut self, field: &MtField<'_>) -> Result<(), Unreadable> {
        if self.closing.is_some() {
            return Err(Unreadable::not("something after the closing balance", ":61:"));
        }
        let (_, currency) =
            self.opening.ok_or(Unreadable::Missing { what: "the opening balance before this" })?;
        let entry = MtEntry::read(&field.lines, currency)?;
        self.bookings.push(Booking { at_line: field.at_line, entry, text: Vec::new() });
        Ok(())
    }

    /// A text is of the booking before it; after the closing balance it is of the whole.
    fn text(&mut self, field: &MtField<'_>) -> Result<(), Unreadable> {
        let booking = self.bookings.last_mut().filter(|_| self.closing.is_none());
        if let Some(booking) = booking {
            booking.text.extend(field.lines.iter().map(|line| (*line).to_owned()));
        }
        Ok(())
    }

    fn page(self) -> Result<StatementPage, Unreadable> {
        let missing = |what| Unreadable::Missing { what };
        let (opening, currency) = self.opening.ok_or(missing("the opening balance (:60F:)"))?;
        let (closing, closing_currency) =
            self.closing.ok_or(missing("the closing balance (:62F:)"))?;
        if currency != closing_currency {
            let found = closing_currency.as_str().to_owned();
            return Err(Unreadable::OtherCurrency { expected: currency, found });
        }
        let lines: Result<Vec<Line>, Unreadable> =
            self.bookings.into_iter().map(|booking| line(booking, opening, closing)).collect();
        Ok(StatementPage {
            at_line: self.at_line,
            account: self.account.ok_or(missing("the account (:25:)"))?,
            number: self.number.flatten(),
            page: self.page,
            currency,
            opening,
            closing,
            lines: lines?,
        })
    }
}

/// `C261105KES1234,50`.
fn balance(field: &MtField<'_>, text: &str) -> Read<(Balance, Currency)> {
    let wrong = || field.error(Unreadable::not("a balance", text));
    let (mark, rest) = text.split_at_checked(1).ok_or_else(wrong)?;
    let (date, rest) = rest.split_at_checked(6).ok_or_else(wrong)?;
    let (code, digits) = rest.split_at_checked(3).ok_or_else(wrong)?;
    let day = day::of_six_digits(date).ok_or_else(wrong)?;
    let currency = Currency::parse(code).ok_or_else(wrong)?;
    let size = figure::unsigned(digits, ',', currency).map_err(|what| field.error(what))?;
    let minor = match mark {
        "C" => size,
        "D" => size.saturating_neg(),
        _ => return Err(wrong()),
    };
    Ok((Balance { day, minor, carried: field.tag.ends_with('M') }, currency))
}

/// A bank that does not say when it booked means the day of the value; where that is none of the
/// page's days, the last one is sure.
fn line(booking: Booking, opening: Balance, closing: Balance) -> Result<Line, Unreadable> {
    let Booking { at_line, entry, text } = booking;
    let pieces: Vec<&str> = text.iter().map(String::as_str).collect();
    let said = MtText::read(&pieces)?;
    let days = opening.day..=closing.day;
    let day = if days.contains(&entry.value_on) { entry.value_on } else { closing.day };
    Ok(Line {
        at_line,
        booked_on: entry.booked_on.unwrap_or(day),
        value_on: Some(entry.value_on),
        amount_minor: entry.amount_minor,
        reference: entry.bank_reference,
        customer_reference: said.end_to_end.or(entry.customer_reference),
        text: together([said.text.as_str(), entry.details.as_str()]),
        counterparty: Counterparty { name: said.name, account: said.account },
        is_return: entry.is_return || said.is_return,
    })
}
