//! The tables, as diesel sees them: the same on every database. Those of the book are in
//! `book_tables`, those of the staff and of banks in `office_tables`. A test compares them all with
//! the migrations.
#![expect(missing_docs, reason = "the migrations document each column")]

mod book_tables;
mod office_tables;

pub use book_tables::{
    accounts, arrangements, arrangements_closed, arrangements_ever, chain, counters, entries, head,
    hold_entries, holds, nodes, packed, postings, trail, verified,
};
pub use office_tables::{
    bank_accounts, bank_files, bank_lines, bank_statements, day_sheets, days, looks, staff,
    staff_sessions,
};

diesel::table! {
    people (account_id) {
        account_id -> BigInt,
        version -> BigInt,
        last_posting -> BigInt,
        msisdn -> Text,
        name -> Text,
        language -> Text,
        joined_at -> BigInt,
        tier -> Text,
    }
}

diesel::table! {
    people_keys (key, account_id) {
        key -> Text,
        account_id -> BigInt,
    }
}

diesel::table! {
    pins (account_id) {
        account_id -> BigInt,
        version -> BigInt,
        last_posting -> BigInt,
        key_version -> BigInt,
        salt -> Binary,
        tag -> Binary,
        start_until -> Nullable<BigInt>,
        attempts -> BigInt,
    }
}

diesel::table! {
    sessions (key) {
        key -> Binary,
        caller -> Binary,
        hops -> BigInt,
        open -> Bool,
        acting_since -> Nullable<BigInt>,
        updated_at -> BigInt,
        sealed -> Binary,
    }
}

diesel::table! {
    past_sessions (id) {
        id -> BigInt,
        caller -> Binary,
        gateway -> Text,
        began_at -> BigInt,
        ended_at -> BigInt,
        screens -> Text,
        ending -> Text,
    }
}

diesel::table! {
    lines (line) {
        line -> Binary,
        version -> BigInt,
    }
}

diesel::table! {
    dedup_keys (key) {
        key -> Binary,
        at -> BigInt,
    }
}

diesel::table! {
    restrictions (account_id) {
        account_id -> BigInt,
        version -> BigInt,
        last_posting -> BigInt,
        state -> Text,
        stopped_since -> Nullable<BigInt>,
        stopped_us -> BigInt,
    }
}

diesel::table! {
    tariff_texts (number) {
        number -> BigInt,
        text -> Text,
    }
}

diesel::table! {
    rules (name) {
        name -> Text,
        version -> BigInt,
        last_posting -> BigInt,
        digest -> Binary,
    }
}

diesel::table! {
    blocks (account, other) {
        account -> BigInt,
        other -> BigInt,
        version -> BigInt,
        last_posting -> BigInt,
        blocked -> BigInt,
    }
}

diesel::table! {
    silences (msisdn) {
        msisdn -> Text,
        version -> BigInt,
        last_posting -> BigInt,
        silent -> BigInt,
    }
}

diesel::table! {
    outbox (id) {
        id -> BigInt,
        channel -> Text,
        address -> Text,
        order_key -> BigInt,
        phone -> Nullable<Text>,
        language -> Text,
        template -> Text,
        slots -> Text,
        posting_id -> Nullable<BigInt>,
        account_id -> Nullable<BigInt>,
        state -> Text,
        attempts -> BigInt,
        created_at -> BigInt,
        due_at -> BigInt,
        sent_at -> Nullable<BigInt>,
        provider_id -> Nullable<Text>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    early_reports (provider_id) {
        provider_id -> Text,
        state -> Text,
        reason -> Nullable<Text>,
        at -> BigInt,
    }
}

diesel::table! {
    outlets (float_account) {
        float_account -> BigInt,
        version -> BigInt,
        last_posting -> BigInt,
        commission_account -> BigInt,
        head_office -> Nullable<BigInt>,
        name -> Text,
        area -> Text,
        state -> Text,
        opened_at -> BigInt,
        low_float_minor -> Nullable<BigInt>,
    }
}

diesel::table! {
    identities (account_id) {
        account_id -> BigInt,
        version -> BigInt,
        last_posting -> BigInt,
        digest -> Binary,
        assistant -> BigInt,
        at -> BigInt,
    }
}

diesel::table! {
    shifts (id) {
        id -> BigInt,
        version -> BigInt,
        last_posting -> BigInt,
        assistant -> BigInt,
        outlet -> BigInt,
        opened_at -> BigInt,
        opening_minor -> BigInt,
        closed_at -> Nullable<BigInt>,
        expected_minor -> Nullable<BigInt>,
        counted_minor -> Nullable<BigInt>,
    }
}

diesel::table! {
    agent_journal (posting) {
        posting -> BigInt,
        outlet -> BigInt,
        team -> BigInt,
        assistant -> Nullable<BigInt>,
        shift -> Nullable<BigInt>,
        customer -> BigInt,
        service -> Text,
        amount_minor -> BigInt,
        cash_minor -> BigInt,
        own_minor -> BigInt,
        head_minor -> BigInt,
        tax_minor -> BigInt,
        tariff -> BigInt,
        at -> BigInt,
    }
}

diesel::table! {
    clawbacks (day, outlet, customer, service) {
        day -> BigInt,
        outlet -> BigInt,
        customer -> BigInt,
        service -> Text,
        version -> BigInt,
        last_posting -> BigInt,
        found_minor -> BigInt,
        taken_minor -> BigInt,
        head -> Nullable<BigInt>,
        head_found_minor -> BigInt,
        head_taken_minor -> BigInt,
    }
}

diesel::table! {
    assistants (id) {
        id -> BigInt,
        version -> BigInt,
        last_posting -> BigInt,
        person -> BigInt,
        outlet -> BigInt,
        since -> BigInt,
        left_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    mailboxes (account_id) {
        account_id -> BigInt,
        version -> BigInt,
        last_posting -> BigInt,
        address -> Nullable<Text>,
        pending -> Nullable<Text>,
        code_id -> BigInt,
        code_until -> BigInt,
        day -> BigInt,
        mails -> BigInt,
    }
}

diesel::table! {
    budgets (account_id) {
        account_id -> BigInt,
        version -> BigInt,
        last_posting -> BigInt,
        span -> Nullable<Text>,
        value_minor -> BigInt,
        next_day -> Nullable<BigInt>,
        next_window -> Nullable<Text>,
        next_minor -> BigInt,
    }
}

diesel::table! {
    settings (name) {
        name -> Text,
        value -> Binary,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    restrictions,
    rules,
    bank_accounts,
    bank_statements,
    bank_files,
    bank_lines,
    days,
    day_sheets,
    staff,
    staff_sessions,
    looks,
    people_keys,
    arrangements_closed,
    arrangements_ever,
    postings,
    packed,
    entries,
    hold_entries,
    holds,
    chain,
    counters,
    head,
    nodes,
    verified,
    people,
    pins,
    sessions,
    past_sessions,
    lines,
    dedup_keys,
    blocks,
    silences,
    arrangements,
    trail,
    outbox,
    early_reports,
    outlets,
    identities,
    shifts,
    agent_journal,
    clawbacks,
    assistants,
    mailboxes,
    budgets,
    settings,
);
