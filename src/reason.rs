//! Reasons of a "no", each with a stable code that texts, logs and programs rely on. Here stands
//! what the whole house says; what only one service says is a constant in that service's file. It
//! knows no values and no language.

use std::fmt;

/// Why something is refused: its code. Each has a text in each language (`menus check` insists).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reason(&'static str);

impl Reason {
    /// A reason by its stable code: small letters, digits and `_`.
    pub const fn new(code: &'static str) -> Reason {
        Reason(code)
    }

    /// The stable name: the key of the text (`refusal.<code>`), of the metric label and of the log
    /// field.
    pub const fn code(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// What is typed.
impl Reason {
    /// Letters or signs where a phone number was expected.
    pub const PHONE_LETTERS: Reason = Reason::new("phone_letters");
    /// Digits, but not a mobile number of this market.
    pub const PHONE_FORMAT: Reason = Reason::new("phone_format");
    /// Not readable as an amount.
    pub const AMOUNT_FORMAT: Reason = Reason::new("amount_format");
    /// Could be read in two ways: `1.000,50` or `1,5`.
    pub const AMOUNT_AMBIGUOUS: Reason = Reason::new("amount_ambiguous");
    /// Zero.
    pub const AMOUNT_ZERO: Reason = Reason::new("amount_zero");
    /// Below zero.
    pub const AMOUNT_NEGATIVE: Reason = Reason::new("amount_negative");
    /// Finer than the smallest coin of the currency.
    pub const AMOUNT_FRACTION: Reason = Reason::new("amount_fraction");
    /// A part of a coin, where nothing is smaller than the coins that people count in.
    pub const AMOUNT_WHOLE: Reason = Reason::new("amount_whole");
    /// More than this service moves at once.
    pub const AMOUNT_TOO_LARGE: Reason = Reason::new("amount_too_large");
    /// Less than this service moves at all.
    pub const AMOUNT_TOO_SMALL: Reason = Reason::new("amount_too_small");
    /// Less than any amount that has a price; slot `least`.
    pub const AMOUNT_BELOW: Reason = Reason::new("amount_below");
    /// More than any amount that has a price; slot `most`.
    pub const AMOUNT_ABOVE: Reason = Reason::new("amount_above");
    /// Not four to six digits.
    pub const PIN_FORMAT: Reason = Reason::new("pin_format");
    /// A birthday, a run, a repeat, or a part of the own number.
    pub const PIN_WEAK: Reason = Reason::new("pin_weak");
    /// Not usable as a name.
    pub const NAME_FORMAT: Reason = Reason::new("name_format");
    /// A name with more letters than there is room for.
    pub const NAME_TOO_LONG: Reason = Reason::new("name_too_long");
    /// Text too long or with characters a phone cannot show.
    pub const TEXT_FORMAT: Reason = Reason::new("text_format");
    /// Not an e-mail address that we can write to.
    pub const EMAIL_FORMAT: Reason = Reason::new("email_format");
    /// Not a day of the calendar.
    pub const DATE_FORMAT: Reason = Reason::new("date_format");
    /// A day that is not over yet.
    pub const DAY_NOT_OVER: Reason = Reason::new("day_not_over");
    /// Not an agent number: the check digit is wrong.
    pub const AGENT_FORMAT: Reason = Reason::new("agent_format");
    /// Not the code of a receipt: it has ten signs.
    pub const RECEIPT_FORMAT: Reason = Reason::new("receipt_format");
    /// An input the service needs is missing.
    pub const FIELD_MISSING: Reason = Reason::new("field_missing");
}

/// Who acts, and for whom.
impl Reason {
    /// The caller has no account yet.
    pub const NOT_JOINED: Reason = Reason::new("not_joined");
    /// The wallet was opened by an agent, and its owner has not chosen a PIN yet.
    pub const NOT_CLAIMED: Reason = Reason::new("not_claimed");
    /// The caller does not serve at an open outlet.
    pub const NOT_AGENT: Reason = Reason::new("not_agent");
    /// It is for staff with another role.
    pub const NOT_ALLOWED: Reason = Reason::new("not_allowed");
    /// One of the staff would decide about what is their own.
    pub const OWN_SIDE: Reason = Reason::new("own_side");
    /// The account was stopped, frozen or closed.
    pub const ACCOUNT_CLOSED: Reason = Reason::new("account_closed");
    /// Nobody with an account has this number.
    pub const PAYEE_UNKNOWN: Reason = Reason::new("payee_unknown");
    /// Payer and payee are the same person.
    pub const PAYEE_SELF: Reason = Reason::new("payee_self");
    /// The payee's account was stopped, frozen or closed.
    pub const PAYEE_CLOSED: Reason = Reason::new("payee_closed");
    /// No open outlet has this number.
    pub const AGENT_UNKNOWN: Reason = Reason::new("agent_unknown");
    /// No such service.
    pub const SERVICE_UNKNOWN: Reason = Reason::new("service_unknown");
}

/// Limits.
impl Reason {
    /// More than the limit of one payment; slot `room`.
    pub const LIMIT_ONCE: Reason = Reason::new("limit_once");
    /// More than the limit of a day leaves; slots `room`, `frees`.
    pub const LIMIT_DAY: Reason = Reason::new("limit_day");
    /// More than the limit of a week leaves; slots `room`, `frees`.
    pub const LIMIT_WEEK: Reason = Reason::new("limit_week");
    /// More than the limit of a month leaves; slots `room`, `frees`.
    pub const LIMIT_MONTH: Reason = Reason::new("limit_month");
    /// As many payments as a day allows were made; slots `times`, `frees`.
    pub const LIMIT_DAY_COUNT: Reason = Reason::new("limit_day_count");
    /// As many payments as a week allows were made; slots `times`, `frees`.
    pub const LIMIT_WEEK_COUNT: Reason = Reason::new("limit_week_count");
    /// As many payments as a month allows were made; slots `times`, `frees`.
    pub const LIMIT_MONTH_COUNT: Reason = Reason::new("limit_month_count");
    /// As much came in as may for now; slots `room` or `times`, `frees`.
    pub const LIMIT_IN: Reason = Reason::new("limit_in");
    /// The account would hold more than it may; slot `room`.
    pub const LIMIT_BALANCE: Reason = Reason::new("limit_balance");
    /// A limit of the other side is in the way, of which no figures are told.
    pub const OTHER_LIMIT: Reason = Reason::new("other_limit");
    /// A customer may not take out so much now, of which no figures are told.
    pub const DRAW_LIMIT: Reason = Reason::new("draw_limit");
    /// More than the person set themselves for this week.
    pub const BUDGET_WEEK: Reason = Reason::new("budget_week");
    /// More than the person set themselves for this month.
    pub const BUDGET_MONTH: Reason = Reason::new("budget_month");
}

/// The book's own.
impl Reason {
    /// The balance does not cover amount and fee; slots `balance`, `total`.
    pub const NOT_ENOUGH: Reason = Reason::new("not_enough");
    /// It would cost something else now than the person said yes to.
    pub const PRICE_CHANGED: Reason = Reason::new("price_changed");
    /// The PIN is wrong; slot `left` says how many tries remain.
    pub const PIN_WRONG: Reason = Reason::new("pin_wrong");
    /// Too many wrong PINs; the account takes no PIN any more.
    pub const PIN_LOCKED: Reason = Reason::new("pin_locked");
    /// The PIN was sent to begin with: another one is chosen first.
    pub const START_PIN: Reason = Reason::new("start_pin");
    /// The PIN was sent to begin with, too long ago.
    pub const START_PIN_OVER: Reason = Reason::new("start_pin_over");
    /// The hold was settled or released.
    pub const HOLD_GONE: Reason = Reason::new("hold_gone");
    /// More than the hold reserves.
    pub const HOLD_EXCEEDED: Reason = Reason::new("hold_exceeded");
    /// The same key came with another request.
    pub const KEY_REUSED: Reason = Reason::new("key_reused");
    /// Somebody was faster: the conversation or order is not in the state it was read in.
    pub const STALE: Reason = Reason::new("stale");
    /// What waits is not in the state it was read in: somebody else has moved it.
    pub const MOVED: Reason = Reason::new("moved");
    /// A text that was handled before came again.
    pub const SEEN: Reason = Reason::new("seen");
    /// Too much to do right now; nothing was done, and trying again is safe.
    pub const BUSY: Reason = Reason::new("busy");
    /// Many numbers were looked up, and nothing was done with them.
    pub const LOOKED_UP_ENOUGH: Reason = Reason::new("looked_up_enough");
    /// Nobody can say yet whether it was done: the same request again, with the same key, finds
    /// out.
    pub const UNCLEAR: Reason = Reason::new("unclear");
    /// The request makes no sense to the book: legs that do not balance, an unknown account, mixed
    /// currencies.
    pub const INVALID: Reason = Reason::new("invalid");
}

/// What the book refuses on behalf of services. It cannot use what stands above it, so that these
/// wait here until the book no longer knows what they are about; until then each service that
/// concerns them has them among its `refusals`.
impl Reason {
    /// The number has an account already.
    pub const ALREADY_JOINED: Reason = Reason::new("already_joined");
    /// The code for cash is wrong; slot `left` says how many tries remain.
    pub const CODE_WRONG: Reason = Reason::new("code_wrong");
    /// No code for cash is waiting: it was used, cancelled, tried too often, or has expired.
    pub const CODE_GONE: Reason = Reason::new("code_gone");
    /// The caller's shift is open already.
    pub const SHIFT_OPEN: Reason = Reason::new("shift_open");
    /// The caller is in no shift.
    pub const SHIFT_NONE: Reason = Reason::new("shift_none");
    /// Somebody with this ID has a wallet already.
    pub const ID_TAKEN: Reason = Reason::new("id_taken");
    /// The ID of this wallet's owner has been seen already.
    pub const ID_CHECKED: Reason = Reason::new("id_checked");
}

impl Reason {
    /// What anything may be refused for. All that there is are these and what the services have of
    /// their own.
    pub const COMMON: &'static [Reason] = &[
        Reason::PHONE_LETTERS,
        Reason::PHONE_FORMAT,
        Reason::AMOUNT_FORMAT,
        Reason::AMOUNT_AMBIGUOUS,
        Reason::AMOUNT_ZERO,
        Reason::AMOUNT_NEGATIVE,
        Reason::AMOUNT_FRACTION,
        Reason::AMOUNT_WHOLE,
        Reason::AMOUNT_TOO_LARGE,
        Reason::AMOUNT_TOO_SMALL,
        Reason::AMOUNT_BELOW,
        Reason::AMOUNT_ABOVE,
        Reason::PIN_FORMAT,
        Reason::PIN_WEAK,
        Reason::NAME_FORMAT,
        Reason::NAME_TOO_LONG,
        Reason::TEXT_FORMAT,
        Reason::EMAIL_FORMAT,
        Reason::DATE_FORMAT,
        Reason::DAY_NOT_OVER,
        Reason::AGENT_FORMAT,
        Reason::RECEIPT_FORMAT,
        Reason::FIELD_MISSING,
        Reason::NOT_JOINED,
        Reason::NOT_CLAIMED,
        Reason::NOT_AGENT,
        Reason::NOT_ALLOWED,
        Reason::OWN_SIDE,
        Reason::ACCOUNT_CLOSED,
        Reason::PAYEE_UNKNOWN,
        Reason::PAYEE_SELF,
        Reason::PAYEE_CLOSED,
        Reason::AGENT_UNKNOWN,
        Reason::SERVICE_UNKNOWN,
        Reason::LIMIT_ONCE,
        Reason::LIMIT_DAY,
        Reason::LIMIT_WEEK,
        Reason::LIMIT_MONTH,
        Reason::LIMIT_DAY_COUNT,
        Reason::LIMIT_WEEK_COUNT,
        Reason::LIMIT_MONTH_COUNT,
        Reason::LIMIT_IN,
        Reason::LIMIT_BALANCE,
        Reason::OTHER_LIMIT,
        Reason::DRAW_LIMIT,
        Reason::BUDGET_WEEK,
        Reason::BUDGET_MONTH,
        Reason::NOT_ENOUGH,
        Reason::PRICE_CHANGED,
        Reason::PIN_WRONG,
        Reason::PIN_LOCKED,
        Reason::START_PIN,
        Reason::START_PIN_OVER,
        Reason::HOLD_GONE,
        Reason::HOLD_EXCEEDED,
        Reason::KEY_REUSED,
        Reason::STALE,
        Reason::MOVED,
        Reason::SEEN,
        Reason::BUSY,
        Reason::LOOKED_UP_ENOUGH,
        Reason::UNCLEAR,
        Reason::INVALID,
    ];
}
