//! The tables of the staff, of banks and of closed days, as diesel sees them.
#![expect(missing_docs, reason = "the migrations document each column")]

diesel::table! {
    looks (id) {
        id -> BigInt,
        version -> BigInt,
        last_posting -> BigInt,
        staff -> BigInt,
        roles -> Text,
        service -> Text,
        account -> Nullable<BigInt>,
        words -> Text,
        found -> BigInt,
        at -> BigInt,
    }
}

diesel::table! {
    staff (id) {
        id -> BigInt,
        version -> BigInt,
        last_posting -> BigInt,
        name -> Text,
        msisdn -> Text,
        language -> Text,
        roles -> Text,
        state -> Text,
        password -> Text,
        factor -> Binary,
        factor_step -> BigInt,
        link -> Binary,
        link_until -> Nullable<BigInt>,
        locked_until -> Nullable<BigInt>,
        misses -> BigInt,
        seen_at -> BigInt,
        out_until -> BigInt,
    }
}

diesel::table! {
    staff_sessions (digest) {
        digest -> Binary,
        staff -> BigInt,
        begun_at -> BigInt,
        seen_at -> BigInt,
        proved_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        misses -> BigInt,
    }
}

diesel::table! {
    bank_accounts (id) {
        id -> BigInt,
        version -> BigInt,
        last_posting -> BigInt,
        name -> Text,
        number -> Text,
        column_map -> Text,
        closing_minor -> Nullable<BigInt>,
        ended_number -> Nullable<Text>,
        ended_on -> Nullable<Text>,
    }
}

diesel::table! {
    bank_statements (id) {
        id -> BigInt,
        version -> BigInt,
        last_posting -> BigInt,
        bank -> BigInt,
        digest -> Binary,
        number -> Nullable<Text>,
        opened_on -> Text,
        closed_on -> Text,
        opening_minor -> BigInt,
        closing_minor -> BigInt,
        in_minor -> BigInt,
        out_minor -> BigInt,
        lines -> BigInt,
    }
}

diesel::table! {
    days (id) {
        id -> BigInt,
        version -> BigInt,
        last_posting -> BigInt,
        day -> Text,
        cut -> BigInt,
        link -> BigInt,
        link_digest -> Binary,
        breaks -> BigInt,
        excuse -> Text,
        sheet -> Text,
        pages -> Binary,
    }
}

diesel::table! {
    day_sheets (id) {
        id -> BigInt,
        day -> BigInt,
        made_at -> BigInt,
        link -> BigInt,
        breaks -> BigInt,
        sheet -> Text,
        pages -> Binary,
    }
}

diesel::table! {
    bank_files (id) {
        id -> BigInt,
        bank -> BigInt,
        read_at -> BigInt,
        digest -> Binary,
        number -> Nullable<Text>,
        opened_on -> Text,
        closed_on -> Text,
        opening_minor -> BigInt,
        closing_minor -> BigInt,
        lines -> BigInt,
    }
}

diesel::table! {
    bank_lines (statement, place) {
        statement -> BigInt,
        place -> BigInt,
        booked_on -> Text,
        amount_minor -> BigInt,
        reference -> Text,
        said -> Text,
        counterparty -> Text,
        is_return -> BigInt,
    }
}
