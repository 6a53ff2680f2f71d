//! The messages that leave the house, and the values each of them is sent with: what the check of the menus holds the
//! texts against, so that no person is ever sent the name of a text or an unfilled `{slot}`.

/// Every message, with the slots its text may use.
pub const MESSAGES: &[(&str, &[&str])] = &[
    ("sms.sent", &["code", "amount", "name", "phone", "date", "time", "balance", "fee"]),
    ("sms.received", &["code", "amount", "name", "phone", "date", "time", "balance"]),
    ("sms.joined", &["name", "dial"]),
    ("sms.balance", &["date", "time", "balance", "dial", "brand"]),
    ("sms.statement", &["lines", "date", "time", "balance", "dial", "brand"]),
    ("sms.statement_line", &["sign", "amount", "name", "date", "time", "code"]),
    ("sms.statement_empty", &["date", "time", "balance", "dial", "brand"]),
    ("sms.help", &["dial", "brand"]),
    ("sms.language", &["dial", "brand"]),
    ("sms.language_how", &["dial", "brand"]),
    ("sms.join", &["dial", "brand"]),
    ("sms.order", &["amount", "name", "phone", "fee", "total", "dial", "time"]),
    ("sms.order_expired", &["amount", "name", "phone", "dial"]),
    ("sms.cash_in", &["code", "amount", "name", "phone", "date", "time", "balance", "fee"]),
    ("sms.cash_in_agent", &["code", "amount", "name", "phone", "date", "time", "balance"]),
    ("sms.cash_out", &["code", "amount", "name", "phone", "date", "time", "balance", "fee"]),
    ("sms.cash_out_agent", &["code", "amount", "name", "phone", "date", "time", "balance"]),
    ("sms.cash_ask", &["amount", "name", "phone", "fee", "dial", "time"]),
    ("sms.cash_code", &["amount", "fee", "until"]),
    ("sms.float_sold", &["code", "amount", "name", "phone", "date", "time", "balance"]),
    ("sms.float_bought", &["code", "amount", "name", "phone", "date", "time", "balance"]),
    ("sms.pin_in_sms", &["dial", "brand"]),
    ("sms.pin_locked", &[]),
    ("sms.pin_changed", &["date", "time"]),
    ("sms.unknown", &["dial", "brand"]),
    ("sms.not_joined", &["dial", "brand"]),
    ("sms.late_refused", &["reason"]),
    ("sms.late_done", &[]),
];
