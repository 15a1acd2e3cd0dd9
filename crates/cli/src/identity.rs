//! The identity source over HTTP. The format is in `docs/identity-source.md`.

use std::future::Future;
use std::pin::Pin;

use app::person::{Answer, Asked, IdentitySource, SourceFailed};
use serde::{Deserialize, Serialize};
use time::Date;
use time::format_description::well_known::Iso8601;

use crate::signed::{Line, Source, may_keep};

/// What it is called.
pub const SOURCE: Source = Source {
    name: "identity source",
    flag: "identity",
};

/// The source of a real installation.
pub struct HttpSource(pub Line);

#[derive(Serialize)]
struct Question<'a> {
    reference: String,
    name: &'a str,
    number: &'a str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reply {
    reference: String,
    result: String,
    id: String,
    #[serde(default)]
    valid_until: Option<String>,
}

impl HttpSource {
    async fn ask(&self, asked: &Asked) -> Result<Answer, SourceFailed> {
        let question = Question {
            reference: asked.reference.to_string(),
            name: &asked.real_name,
            number: &asked.id_number,
        };
        let reply: Reply = self.0.ask(&question).await?;
        // The provider's own name for the answer is kept, so it may not hold what was asked about.
        if reply.reference != question.reference || !may_keep(&reply.id, &asked.id_number) {
            return Err(SourceFailed::Untrusted);
        }
        let reference = reply.id;
        match &*reply.result {
            "match" => {
                let day = reply.valid_until.map(|day| Date::parse(&day, &Iso8601::DATE));
                Ok(Answer::Same {
                    reference,
                    card_until: day.transpose().map_err(|_| SourceFailed::Untrusted)?,
                })
            }
            "name_mismatch" => Ok(Answer::NameMismatch { reference }),
            "number_invalid" => Ok(Answer::NumberInvalid { reference }),
            "not_found" => Ok(Answer::NotFound { reference }),
            _ => Err(SourceFailed::Untrusted),
        }
    }
}

impl IdentitySource for HttpSource {
    fn check<'a>(
        &'a self,
        asked: &'a Asked,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, SourceFailed>> + Send + 'a>> {
        Box::pin(self.ask(asked))
    }
}

#[cfg(test)]
#[path = "identity/tests.rs"]
mod tests;
