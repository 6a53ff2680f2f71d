//! The book's own tables: accounts, postings and their entries, holds, the chain, and who writes.

diesel::table! {
    accounts (id) {
        id -> BigInt,
        kind -> Text,
        state -> Text,
        currency -> Text,
        balance_minor -> BigInt,
        held_minor -> BigInt,
        floor_minor -> Nullable<BigInt>,
        last_posting -> Nullable<BigInt>,
        usage -> Binary,
    }
}

diesel::table! {
    postings (id) {
        id -> BigInt,
        kind -> Text,
        at -> BigInt,
        key -> Binary,
        request -> Binary,
        corrects -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// Postings as PostgreSQL keeps them: with their entries, packed.
    #[sql_name = "postings"]
    packed (id) {
        id -> BigInt,
        kind -> Text,
        at -> BigInt,
        key -> Binary,
        request -> Binary,
        corrects -> Nullable<BigInt>,
        legs -> Binary,
    }
}

diesel::table! {
    /// A table on SQLite, a view over the packed legs on PostgreSQL.
    entries (posting_id, leg) {
        posting_id -> BigInt,
        leg -> BigInt,
        account_id -> BigInt,
        amount_minor -> BigInt,
        balance_minor -> BigInt,
        held_minor -> BigInt,
        previous -> Nullable<BigInt>,
    }
}

diesel::table! {
    hold_entries (posting_id, leg) {
        posting_id -> BigInt,
        leg -> BigInt,
        hold_id -> BigInt,
        account_id -> BigInt,
        amount_minor -> BigInt,
    }
}

diesel::table! {
    holds (id) {
        id -> BigInt,
        account_id -> BigInt,
        amount_minor -> BigInt,
        remaining_minor -> BigInt,
        state -> Text,
    }
}

diesel::table! {
    chain (seq) {
        seq -> BigInt,
        first_posting -> BigInt,
        last_posting -> BigInt,
        digest -> Binary,
    }
}

diesel::table! {
    counters (name) {
        name -> Text,
        next -> BigInt,
    }
}

diesel::table! {
    head (id) {
        id -> BigInt,
        batch -> BigInt,
        last_posting -> BigInt,
        link -> BigInt,
        digest -> Binary,
        touched -> BigInt,
    }
}

diesel::table! {
    nodes (node) {
        node -> BigInt,
        batch -> BigInt,
        at -> BigInt,
    }
}

diesel::table! {
    verified (link) {
        link -> BigInt,
        digest -> Binary,
        at -> BigInt,
    }
}

diesel::table! {
    arrangements (id) {
        id -> BigInt,
        kind -> Text,
        version -> BigInt,
        state -> Text,
        open -> Bool,
        owner -> BigInt,
        other -> Nullable<BigInt>,
        account -> Nullable<BigInt>,
        subject -> Text,
        begun_at -> BigInt,
        due_at -> Nullable<BigInt>,
        body -> Text,
        begun_by -> BigInt,
        last_posting -> BigInt,
    }
}

diesel::table! {
    arrangements_closed (id) {
        id -> BigInt,
        kind -> Text,
        version -> BigInt,
        state -> Text,
        open -> Bool,
        owner -> BigInt,
        other -> Nullable<BigInt>,
        account -> Nullable<BigInt>,
        subject -> Text,
        begun_at -> BigInt,
        due_at -> Nullable<BigInt>,
        body -> Text,
        begun_by -> BigInt,
        last_posting -> BigInt,
    }
}

diesel::table! {
    /// A view over both.
    arrangements_ever (id) {
        id -> BigInt,
        kind -> Text,
        version -> BigInt,
        state -> Text,
        open -> Bool,
        owner -> BigInt,
        other -> Nullable<BigInt>,
        account -> Nullable<BigInt>,
        subject -> Text,
        begun_at -> BigInt,
        due_at -> Nullable<BigInt>,
        body -> Text,
        begun_by -> BigInt,
        last_posting -> BigInt,
    }
}

diesel::table! {
    trail (posting_id, nr) {
        posting_id -> BigInt,
        nr -> BigInt,
        kind -> Text,
        record_id -> BigInt,
        version -> BigInt,
        event -> Text,
        actor -> Text,
        note -> Text,
        digest -> Binary,
        previous -> Nullable<BigInt>,
    }
}
