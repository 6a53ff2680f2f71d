//! Reasons of a "no", each with a stable code that texts, logs and programs rely on. It knows no
//! values and no language.

/// Every reason there is. Adding one means adding its text in each language (`menus check`
/// insists).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Reason {
    /// Letters or signs where a phone number was expected.
    PhoneLetters,
    /// Digits, but not a mobile number of this market.
    PhoneFormat,
    /// Nobody with an account has this number.
    PayeeUnknown,
    /// Payer and payee are the same person.
    PayeeSelf,
    /// The payee's account is closed or frozen.
    PayeeClosed,
    /// Not readable as an amount.
    AmountFormat,
    /// Could be read in two ways: `1.000,50` or `1,5`.
    AmountAmbiguous,
    /// Zero.
    AmountZero,
    /// Below zero.
    AmountNegative,
    /// Finer than the smallest coin of the currency.
    AmountFraction,
    /// More than this service moves at once.
    AmountTooLarge,
    /// Less than this service moves at all.
    AmountTooSmall,
    /// The balance does not cover amount and fee; slots `balance`, `total`.
    NotEnough,
    /// More than the limit of one payment; slot `room`.
    LimitOnce,
    /// More than the limit of a day leaves; slots `room`, `frees`.
    LimitDay,
    /// More than the limit of a week leaves; slots `room`, `frees`.
    LimitWeek,
    /// More than the limit of a month leaves; slots `room`, `frees`.
    LimitMonth,
    /// As many payments as a day allows were made; slots `times`, `frees`.
    LimitDayCount,
    /// As many payments as a week allows were made; slots `times`, `frees`.
    LimitWeekCount,
    /// As many payments as a month allows were made; slots `times`, `frees`.
    LimitMonthCount,
    /// The account would hold more than it may; slot `room`.
    LimitBalance,
    /// A limit of the other side is in the way, of which no figures are told.
    OtherLimit,
    /// A customer may not take out so much now, of which no figures are told.
    DrawLimit,
    /// It would cost something else now than the person said yes to.
    PriceChanged,
    /// The PIN is wrong; slot `left` says how many tries remain.
    PinWrong,
    /// Too many wrong PINs; the account takes no PIN any more.
    PinLocked,
    /// Not four to six digits.
    PinFormat,
    /// A birthday, a run, a repeat, or a part of the own number.
    PinWeak,
    /// The second PIN differs from the first.
    PinMismatch,
    /// The new PIN is the old one.
    PinSame,
    /// Not usable as a name.
    NameFormat,
    /// Text too long or with characters a phone cannot show.
    TextFormat,
    /// An input the service needs is missing.
    FieldMissing,
    /// The caller has no account yet.
    NotJoined,
    /// The number has an account already.
    AlreadyJoined,
    /// The wallet was opened by an agent, and its owner has not chosen a PIN yet.
    NotClaimed,
    /// The account is closed or frozen.
    AccountClosed,
    /// The waiting payment was answered, has expired, or belongs to somebody else.
    OrderGone,
    /// As many payments as may wait for one payer are waiting.
    OrdersFull,
    /// A request that was answered, taken back, or has expired.
    RequestGone,
    /// As many requests as one may make at a time, or of the same person, were made.
    RequestsFull,
    /// Who is asked takes no requests from the caller.
    RequestBlocked,
    /// As many sends to numbers without a wallet as one may make, or as may wait for a number.
    ParcelsFull,
    /// What was sent to a number without a wallet and does not wait any more.
    ParcelGone,
    /// What was sent to a number without a wallet, and was tried to be had with a wrong secret too
    /// often.
    ParcelLocked,
    /// A number that shares a bill already.
    BillTwice,
    /// Those who share a bill were asked or reminded of late.
    BillReminded,
    /// No payment that may be asked back.
    UndoNot,
    /// A payment is asked back once.
    UndoTwice,
    /// As many payments were asked back as one may; slot `times`.
    UndoQuota,
    /// What was asked back is decided.
    UndoGone,
    /// Who is asked for it objected before; staff decide.
    UndoObjected,
    /// Not an agent number: the check digit is wrong.
    AgentFormat,
    /// No open outlet has this number.
    AgentUnknown,
    /// An outlet cannot serve itself.
    AgentSelf,
    /// The caller does not serve at an open outlet.
    NotAgent,
    /// The outlet's float does not cover it; slot `balance`.
    FloatLow,
    /// The code for cash is wrong; slot `left` says how many tries remain.
    CodeWrong,
    /// No code for cash is waiting: it was used, cancelled, tried too often, or has expired.
    CodeGone,
    /// The caller's shift is open already.
    ShiftOpen,
    /// The caller is in no shift.
    ShiftNone,
    /// Not an ID number.
    IdFormat,
    /// Somebody with this ID has a wallet already.
    IdTaken,
    /// The ID of this wallet's owner has been seen already.
    IdChecked,
    /// There is no commission to pay out.
    NothingEarned,
    /// The deposit code is not the customer's, or its time is over.
    DepositCode,
    /// No payment to the caller has this code.
    ReceiptUnknown,
    /// The hold was settled, released, or has expired.
    HoldGone,
    /// More than the hold reserves.
    HoldExceeded,
    /// The same key came with another request.
    KeyReused,
    /// Somebody was faster: the conversation or order is not in the state it was read in.
    Stale,
    /// What waits is not in the state it was read in: somebody else has moved it.
    Moved,
    /// A text that was handled before came again.
    Seen,
    /// Too much to do right now; nothing was done, and trying again is safe.
    Busy,
    /// Nobody can say yet whether it was done: the same request again, with the same key, finds
    /// out.
    Unclear,
    /// The request makes no sense to the book: legs that do not balance, an unknown account, mixed
    /// currencies.
    Invalid,
    /// Not an e-mail address that we can write to.
    EmailFormat,
    /// The e-mail address that is on file already.
    EmailSame,
    /// There is no e-mail address that was proved.
    EmailNone,
    /// The service sends no e-mail.
    MailOff,
    /// No more e-mail on this day.
    MailFull,
    /// Not a day of the calendar.
    DateFormat,
    /// The last day is before the first, or the first has not come.
    DateOrder,
    /// Not a day to begin on: it has come, or is more than a year away.
    DateTooSoon,
    /// A standing order without an end, or with one too far away.
    StandingEnd,
    /// As many standing orders as one may have.
    StandingFull,
    /// No such standing order, or not any more.
    StandingGone,
    /// More than the person set themselves for this week.
    BudgetWeek,
    /// More than the person set themselves for this month.
    BudgetMonth,
    /// There is no budget.
    BudgetNone,
    /// No such service.
    ServiceUnknown,
}

impl Reason {
    /// All reasons, for the check of the texts.
    pub const ALL: &'static [Reason] = <Reason as strum::VariantArray>::VARIANTS;

    /// The stable name: the key of the text (`refusal.<code>`), of the metric label and of the log
    /// field.
    pub fn code(self) -> &'static str {
        self.into()
    }
}
