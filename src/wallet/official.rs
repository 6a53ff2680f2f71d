//! Words that would make a message of the service say something else: nobody joins with them as a
//! name, and nobody asks for money with them.

use super::ServiceConfig;
use crate::official_words;

/// Whether these words sound as if this service spoke, or another of its market.
pub fn sounds_official(config: &ServiceConfig, words: &str) -> bool {
    official_words::sounds_official(words, &config.brand, &config.market)
}
