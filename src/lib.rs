//! Kadogo: mobile money that anyone can host.

// ── values: small types that everything else is made of ──
pub mod ask;
pub mod refusal;
