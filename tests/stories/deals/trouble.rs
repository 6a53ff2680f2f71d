//! Deals that do not go well: silence, disputes, returns, decisions.
