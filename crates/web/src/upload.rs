//! A posted form with a file: small texts, and one picture of which no more is kept than is taken.

use std::collections::HashMap;

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use domain::org::picture::MOST_BYTES;

use crate::failure::Answer;
use crate::request::Visit;

/// Bytes of a text field.
const TEXT: usize = 8 * 1024;
/// Fields of a form.
const FIELDS: usize = 16;

/// What was posted.
#[derive(Debug, Default)]
pub struct Upload {
    texts: HashMap<String, String>,
    file: Vec<u8>,
}

impl Upload {
    /// Reads a form that was posted to `page`. Of a stranger, nothing is read.
    ///
    /// # Errors
    /// A page that says that the form cannot be read; the way to the log-in page.
    pub async fn read(visit: &Visit, page: &str, request: Request) -> Result<Self, Answer> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let unreadable = |status| Answer::unreadable(visit, status);
        let a_form = kind.starts_with("multipart/form-data");
        if !a_form && !kind.is_empty() && !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(unreadable(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        visit.viewer_for(page)?;
        let mut form = Multipart::from_request(request, &())
            .await
            .map_err(|_| unreadable(StatusCode::BAD_REQUEST))?;
        let mut upload = Self::default();
        for _ in 0..FIELDS {
            let broken = |error: axum::extract::multipart::MultipartError| unreadable(error.status());
            let Some(mut field) = form.next_field().await.map_err(broken)? else {
                return Ok(upload);
            };
            let name = field.name().unwrap_or_default().to_owned();
            let is_file = field.file_name().is_some();
            // One byte more than is taken says that it is too much.
            let most = if is_file { MOST_BYTES + 1 } else { TEXT };
            let mut bytes = Vec::new();
            while let Some(chunk) = field.chunk().await.map_err(broken)? {
                let room = most.saturating_sub(bytes.len()).min(chunk.len());
                bytes.extend_from_slice(chunk.get(..room).unwrap_or_default());
            }
            if is_file {
                upload.file = bytes;
            } else {
                let text = String::from_utf8(bytes).map_err(|_| unreadable(StatusCode::BAD_REQUEST))?;
                upload.texts.insert(name, text);
            }
        }
        Err(unreadable(StatusCode::BAD_REQUEST))
    }

    /// A text field; empty if it was not there.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }

    /// The file; empty if there was none.
    #[must_use]
    pub fn take_file(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.file)
    }
}
