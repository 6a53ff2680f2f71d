//! A value that can be replaced while it is in use, such as what the menus' folder says: whoever
//! works with the old one finishes with it. Parts of it are handed to those who need no more, and
//! are replaced with the whole, at one moment.

use std::sync::{Arc, PoisonError, RwLock};

/// Clones share the value. The lock is held only for copying a pointer, never across an await.
#[derive(Debug)]
pub struct Reloadable<T>(Arc<RwLock<Arc<T>>>);

impl<T> Clone for Reloadable<T> {
    fn clone(&self) -> Self {
        Reloadable(self.0.clone())
    }
}

impl<T> Reloadable<T> {
    /// A value to begin with.
    pub fn new(value: T) -> Reloadable<T> {
        Reloadable(Arc::new(RwLock::new(Arc::new(value))))
    }

    /// The value as it is now.
    pub fn get(&self) -> Arc<T> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces it.
    pub fn set(&self, value: T) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(value);
    }
}

impl<T: Send + Sync + 'static> Reloadable<T> {
    /// A part of it, for those who need no more.
    pub fn part<P: 'static>(&self, of: fn(&T) -> &Arc<P>) -> Part<P> {
        let whole = self.clone();
        Part(Arc::new(move || of(&whole.get()).clone()))
    }
}

/// A part of a value that can be replaced.
pub struct Part<P>(Arc<dyn Fn() -> Arc<P> + Send + Sync>);

impl<P> Part<P> {
    /// The part as it is now.
    pub fn get(&self) -> Arc<P> {
        (self.0)()
    }
}

impl<P> Clone for Part<P> {
    fn clone(&self) -> Self {
        Part(self.0.clone())
    }
}

impl<P> std::fmt::Debug for Part<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Part")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_change_with_the_whole_at_one_moment() {
        let whole = Reloadable::new((Arc::new("one tariff"), Arc::new(1)));
        let (words, count) = (whole.part(|whole| &whole.0), whole.part(|whole| &whole.1));
        let old = words.get();
        whole.set((Arc::new("another"), Arc::new(2)));
        assert_eq!((*old, *words.get(), *count.get()), ("one tariff", "another", 2));
    }
}
