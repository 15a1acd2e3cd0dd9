//! The index, in memory: rebuilt from the database at every start, so nothing is kept that the
//! database has forgotten.

use std::collections::HashMap;

use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query as TantivyQuery, TermQuery};
use tantivy::schema::{
    Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value as _,
};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{Index, IndexReader, TantivyDocument, Term};

use crate::analysis::{Run, fold, pairs, pinyin, runs, terms};
use crate::words::SYNONYMS;

/// A service as the index knows it.
#[derive(Clone, Debug)]
pub struct ServiceDoc {
    /// Its identifier.
    pub id: String,
    /// Its title.
    pub title: String,
    /// One sentence about it.
    pub summary: String,
    /// Its category's name.
    pub category_name: String,
    /// Who provides it.
    pub supplier: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Other words people search it by.
    pub synonyms: Vec<String>,
}

/// A question.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// As typed.
    pub text: &'a str,
    /// At most this many.
    pub limit: usize,
    /// From here on.
    pub offset: usize,
}

/// The answer.
#[derive(Clone, Debug, Default)]
pub struct Hits {
    /// The services, best first.
    pub ids: Vec<String>,
    /// How many there are in all.
    pub total: usize,
    /// A better spelling, when nothing or little was found.
    pub suggestion: Option<String>,
}

/// Why a search failed.
#[derive(Debug, thiserror::Error)]
#[error("the search index failed")]
pub struct SearchError(#[from] tantivy::TantivyError);

/// The index.
pub struct ServiceIndex {
    reader: IndexReader,
    fields: Fields,
    /// Known titles and categories, for suggestions: pinyin → text.
    spoken: HashMap<String, String>,
}

#[derive(Clone, Copy)]
struct Fields {
    id: Field,
    title: Field,
    other: Field,
    spoken: Field,
}

/// Longest query looked at, in signs.
const QUERY_SIGNS: usize = 64;

fn pretokenized(terms: Vec<String>) -> PreTokenizedString {
    let tokens = terms
        .into_iter()
        .enumerate()
        .map(|(position, text)| Token {
            offset_from: 0,
            offset_to: 0,
            position,
            text,
            position_length: 1,
        })
        .collect();
    PreTokenizedString {
        text: String::new(),
        tokens,
    }
}

impl ServiceIndex {
    /// Builds the index.
    ///
    /// # Errors
    /// [`SearchError`].
    pub fn build(docs: impl IntoIterator<Item = ServiceDoc>) -> Result<Self, SearchError> {
        let mut schema = Schema::builder();
        let indexed = TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer("raw")
                .set_index_option(IndexRecordOption::WithFreqs),
        );
        let fields = Fields {
            id: schema.add_text_field("id", STRING | STORED),
            title: schema.add_text_field("title", indexed.clone()),
            other: schema.add_text_field("other", indexed.clone()),
            spoken: schema.add_text_field("spoken", indexed),
        };
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 20_000_000)?;
        let mut spoken = HashMap::new();
        for doc in docs {
            let mut row = TantivyDocument::default();
            row.add_text(fields.id, &doc.id);
            row.add_pre_tokenized_text(fields.title, pretokenized(terms(&doc.title)));
            let mut other = Vec::new();
            for text in [&doc.summary, &doc.category_name, &doc.supplier]
                .into_iter()
                .chain(&doc.tags)
                .chain(&doc.synonyms)
            {
                other.extend(terms(text));
            }
            row.add_pre_tokenized_text(fields.other, pretokenized(other));
            let mut sounds = pinyin(&doc.title);
            for text in doc.synonyms.iter().chain([&doc.category_name]) {
                sounds.extend(pinyin(text));
            }
            sounds.sort_unstable();
            sounds.dedup();
            row.add_pre_tokenized_text(fields.spoken, pretokenized(sounds));
            for text in [&doc.category_name, &doc.title].into_iter().chain(&doc.synonyms) {
                for run in runs(&fold(text)) {
                    if let Run::Han(run) = run
                        && let Some(sound) = whole_pinyin(&run)
                    {
                        spoken.entry(sound).or_insert(run);
                    }
                }
            }
            writer.add_document(row)?;
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        let reader = index.reader()?;
        Ok(Self {
            reader,
            fields,
            spoken,
        })
    }

    /// Searches.
    ///
    /// # Errors
    /// [`SearchError`].
    pub fn search(&self, query: &Query<'_>) -> Result<Hits, SearchError> {
        let cut: String = query.text.chars().take(QUERY_SIGNS).collect();
        let typed = fold(&cut);
        let stretches = runs(&typed);
        if stretches.is_empty() {
            return Ok(Hits::default());
        }
        let mut ways: Vec<(Occur, Box<dyn TantivyQuery>)> = vec![(Occur::Should, self.literal(&stretches))];
        for (said, meant) in SYNONYMS {
            if typed.contains(said) {
                let replaced = runs(&fold(meant));
                ways.push((
                    Occur::Should,
                    Box::new(BoostQuery::new(self.literal(&replaced), 0.6)),
                ));
            }
        }
        if let [Run::Latin(letters)] = stretches.as_slice()
            && letters.len() >= 2
        {
            ways.push((Occur::Should, Self::term(self.fields.spoken, letters)));
        }
        let strict = BooleanQuery::new(ways);
        let mut hits = self.run(&strict, query)?;
        if hits.total == 0 {
            let (sound, wanted) = (whole_pinyin(&typed), typed.replace(' ', ""));
            hits.suggestion = sound
                .and_then(|sound| self.spoken.get(&sound))
                .filter(|known| **known != wanted)
                .cloned();
            if hits.suggestion.is_none() {
                // A poor answer beats none: any pair of signs.
                let any = stretches.iter().flat_map(|run| match run {
                    Run::Han(run) => pairs(run),
                    Run::Latin(run) => vec![run.clone()],
                });
                let any: Vec<_> = any.map(|term| (Occur::Should, self.anywhere(&term))).collect();
                let loose = self.run(&BooleanQuery::new(any), query)?;
                hits = Hits {
                    suggestion: hits.suggestion,
                    ..loose
                };
            }
        }
        Ok(hits)
    }

    fn term(field: Field, text: &str) -> Box<dyn TantivyQuery> {
        Box::new(TermQuery::new(
            Term::from_field_text(field, text),
            IndexRecordOption::WithFreqs,
        ))
    }

    fn anywhere(&self, text: &str) -> Box<dyn TantivyQuery> {
        Box::new(BooleanQuery::new(vec![
            (
                Occur::Should,
                Box::new(BoostQuery::new(Self::term(self.fields.title, text), 4.0)),
            ),
            (Occur::Should, Self::term(self.fields.other, text)),
        ]))
    }

    /// All pairs of all stretches, in any field: whatever contains the text literally fits.
    fn literal(&self, stretches: &[Run]) -> Box<dyn TantivyQuery> {
        let mut all: Vec<(Occur, Box<dyn TantivyQuery>)> = Vec::new();
        for run in stretches {
            match run {
                Run::Latin(run) => all.push((Occur::Must, self.anywhere(run))),
                Run::Han(run) => all.extend(pairs(run).iter().map(|pair| (Occur::Must, self.anywhere(pair)))),
            }
        }
        Box::new(BooleanQuery::new(all))
    }

    fn run(&self, query: &dyn TantivyQuery, page: &Query<'_>) -> Result<Hits, SearchError> {
        let searcher = self.reader.searcher();
        let limit = page.limit.clamp(1, 100);
        let top = TopDocs::with_limit(limit)
            .and_offset(page.offset.min(10_000))
            .order_by_score();
        let (found, total) = searcher.search(query, &(top, Count))?;
        let mut ids = Vec::with_capacity(found.len());
        for (_, address) in found {
            let doc: TantivyDocument = searcher.doc(address)?;
            if let Some(id) = doc.get_first(self.fields.id).and_then(|value| value.as_str()) {
                ids.push(id.to_owned());
            }
        }
        Ok(Hits {
            ids,
            total,
            suggestion: None,
        })
    }
}

/// The pinyin of a text that is wholly Chinese.
fn whole_pinyin(text: &str) -> Option<String> {
    use ::pinyin::ToPinyin as _;
    let folded = fold(text);
    match runs(&folded).as_slice() {
        [Run::Han(run)] if run.chars().count() >= 2 => {
            let sounds: Option<Vec<_>> = run
                .as_str()
                .to_pinyin()
                .map(|sound| sound.map(::pinyin::Pinyin::plain))
                .collect();
            sounds.map(|sounds| sounds.concat())
        }
        _ => None,
    }
}
