//! A form with a file: read field by field as it comes, within bounds of size and time. Who may not
//! send one is turned away before anything of it is read.

use super::visit::Upload;
use crate::request::Fields;
use actix_multipart::{Field, Multipart};
use futures_util::TryStreamExt;
use std::sync::Arc;
use std::time::Duration;

/// The most bytes of a file: a hundred thousand lines of the longest format.
const FILE_BYTES_MAX: usize = 96 << 20;
/// The most bytes of another field, and the most fields.
const FIELD_BYTES_MAX: usize = 4_096;
const FIELDS_MAX: usize = 16;
/// For how long it may come.
const TAKES_MAX: Duration = Duration::from_secs(120);

/// What is in the form, and its file.
pub async fn read(form: Multipart) -> (Fields, Upload) {
    let mut fields = Fields::new();
    let mut upload = Upload::None;
    let reading = all(form, &mut fields, &mut upload);
    match tokio::time::timeout(TAKES_MAX, reading).await {
        Ok(Ok(())) => {}
        Ok(Err(problem)) => upload = problem,
        Err(_elapsed) => upload = Upload::Broken,
    }
    (fields, upload)
}

async fn all(mut form: Multipart, fields: &mut Fields, upload: &mut Upload) -> Result<(), Upload> {
    for _field in 0..FIELDS_MAX {
        let field = form.try_next().await.map_err(|_broken| Upload::Broken)?;
        let Some(mut field) = field else { return Ok(()) };
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let bytes = bytes(&mut field, FILE_BYTES_MAX).await?;
            *upload = Upload::File(Arc::new(bytes));
        } else {
            let bytes = bytes(&mut field, FIELD_BYTES_MAX).await?;
            let text = String::from_utf8(bytes).map_err(|_no_text| Upload::Broken)?;
            fields.insert(name, text);
        }
    }
    Err(Upload::Broken)
}

async fn bytes(field: &mut Field, most: usize) -> Result<Vec<u8>, Upload> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.try_next().await.map_err(|_broken| Upload::Broken)? {
        if bytes.len().saturating_add(piece.len()) > most {
            return Err(Upload::TooLarge);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}
