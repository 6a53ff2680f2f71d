//! What can go wrong with the phone in a terminal, in words for whoever holds it.

/// Why the phone stopped.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The service is not there.
    #[error(
        "the service at {url} does not answer ({reason}); start it with `kadogo demo`, or say \
         where it is"
    )]
    NoAnswer {
        /// Where it should be.
        url: String,
        /// What was seen instead.
        reason: String,
    },
    /// Nothing can be shown.
    #[error("the terminal is gone: {0}")]
    Terminal(#[from] std::io::Error),
    /// That is not a phone number.
    #[error("\"{typed}\" is not a phone number: write it like {like}")]
    NotANumber {
        /// What was typed.
        typed: String,
        /// A number of somebody here.
        like: String,
    },
}
