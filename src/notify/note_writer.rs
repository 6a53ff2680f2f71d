//! Writes down how messages fared: while some notes are being written the next ones gather, as
//! postings do for the committer, and go in one piece. Whoever brings one waits until it is
//! written. What is in a note is not looked at here.

use crate::book::Book;
use crate::store::StoreError;
use crate::store::outbox_notes::{self, Note};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

type Answer = oneshot::Sender<Result<bool, StoreError>>;

/// The way in. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct NoteWriter {
    waiting: Arc<Mutex<Vec<(Note, Answer)>>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl NoteWriter {
    /// Writes a note; says whether it is about a message that is known.
    pub async fn write(&self, book: &Book, note: Note) -> Result<bool, StoreError> {
        let (answer, wait) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push((note, answer));
        let (writer, book) = (self.clone(), book.clone());
        // it goes on when whoever waits is gone: others wait for it too
        tokio::spawn(async move { writer.write_gathered(&book).await });
        wait.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Writes what has gathered when its turn comes, unless somebody before took it along.
    async fn write_gathered(&self, book: &Book) {
        let _turn = self.turn.lock().await;
        let gathered =
            std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        let (notes, answers): (Vec<Note>, Vec<Answer>) = gathered.into_iter().unzip();
        if notes.is_empty() {
            return;
        }
        match write_all(book, notes.clone()).await {
            Ok(known) => {
                for (answer, known) in answers.into_iter().zip(known) {
                    // whoever asked may have gone: then nobody reads it
                    let _ = answer.send(Ok(known));
                }
            }
            Err(error) => {
                tracing::warn!(%error, count = notes.len(), "how messages fared was not written");
                // one that cannot be written must not take the others with it
                let of_rows = error.is_of_rows() || error.says_nothing();
                for (answer, note) in answers.into_iter().zip(notes) {
                    let alone = if of_rows { write_all(book, vec![note]).await.ok() } else { None };
                    let known = alone.and_then(|known| known.first().copied());
                    let _ = answer.send(known.ok_or(StoreError::NotTaken));
                }
            }
        }
    }
}

async fn write_all(book: &Book, notes: Vec<Note>) -> Result<Vec<bool>, StoreError> {
    book.write_aside(move |conn| outbox_notes::write(conn, &notes)).await
}
