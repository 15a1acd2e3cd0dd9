//! The index, in memory: rebuilt from the database at every start, so nothing is kept that the
//! database has forgotten.

use std::collections::{BTreeSet, HashMap};

use tantivy::collector::{Count, TopDocs};
use tantivy::columnar::Column;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query as TantivyQuery, TermQuery};
use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{Index, ReloadPolicy, Searcher, TantivyDocument, Term};

use crate::analysis::{Dictionary, Run, add_pinyin, add_terms, fold, pairs, possible_words, runs, singular};
use crate::spelling::{Vocabulary, nearest};
use crate::words::meant_by;

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
    /// Where.
    pub city: String,
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
    searcher: Searcher,
    fields: Fields,
    /// The services' identifiers in the order given.
    ids: Vec<String>,
    /// For each part of the index: its documents' places in `ids`.
    places: Vec<Column<u64>>,
    /// Known titles and categories, for suggestions: pinyin → text.
    spoken: HashMap<String, String>,
    /// The sounds of categories and other words, for those mistyped.
    sounds: BTreeSet<String>,
    /// The words in Latin letters, for those mistyped.
    vocabulary: Vocabulary,
}

#[derive(Clone, Copy)]
struct Fields {
    place: Field,
    /// The title.
    title: Field,
    /// The title and everything else.
    text: Field,
    spoken: Field,
}

/// Longest query looked at, in signs.
const QUERY_SIGNS: usize = 64;
/// The name of the column of places.
const PLACE: &str = "place";
/// Memory for the index's growth before a part of it is closed, in bytes.
const ARENA: usize = 64_000_000;

impl ServiceIndex {
    /// Builds the index.
    ///
    /// # Errors
    /// [`SearchError`].
    pub fn build(docs: impl IntoIterator<Item = ServiceDoc>) -> Result<Self, SearchError> {
        let mut schema = Schema::builder();
        // The terms come from our analyser, a blank between two.
        let indexed = |option| {
            let terms = TextFieldIndexing::default().set_tokenizer("whitespace");
            TextOptions::default().set_indexing_options(terms.set_index_option(option))
        };
        let fields = Fields {
            place: schema.add_u64_field(PLACE, FAST),
            title: schema.add_text_field("title", indexed(IndexRecordOption::WithFreqs)),
            text: schema.add_text_field("text", indexed(IndexRecordOption::WithFreqs)),
            spoken: schema.add_text_field("spoken", indexed(IndexRecordOption::Basic)),
        };
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, ARENA)?;
        let dictionary = Dictionary::load();
        let (mut spoken, mut ids) = (HashMap::new(), Vec::new());
        let (mut sounds_known, mut vocabulary) = (BTreeSet::new(), Vocabulary::default());
        for (place, doc) in (0_u64..).zip(docs) {
            let mut row = TantivyDocument::default();
            row.add_u64(fields.place, place);
            let mut terms = String::new();
            add_terms(&dictionary, &doc.title, &mut terms);
            row.add_text(fields.title, &terms);
            let mut sounds = String::new();
            add_pinyin(&doc.title, &mut sounds);
            for text in doc.synonyms.iter().chain([&doc.category_name]) {
                add_terms(&dictionary, text, &mut terms);
                add_pinyin(text, &mut sounds);
            }
            for text in [&doc.summary, &doc.supplier, &doc.city]
                .into_iter()
                .chain(&doc.tags)
            {
                add_terms(&dictionary, text, &mut terms);
            }
            add_pinyin(&doc.city, &mut sounds);
            for text in [&doc.title, &doc.category_name, &doc.supplier, &doc.city] {
                vocabulary.learn(text);
            }
            row.add_text(fields.text, &terms);
            row.add_text(fields.spoken, &sounds);
            writer.add_document(row)?;
            for text in [&doc.category_name, &doc.title].into_iter().chain(&doc.synonyms) {
                for run in runs(&fold(text)) {
                    if let Run::Han(run) = run
                        && let Some(sound) = whole_pinyin(&run)
                    {
                        spoken.entry(sound).or_insert(run);
                    }
                }
            }
            for text in doc.synonyms.iter().chain([&doc.category_name]) {
                for run in runs(&fold(text)) {
                    if let Run::Han(run) = run {
                        sounds_known.extend(whole_pinyin(&run));
                    }
                }
            }
            ids.push(doc.id);
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        // Nothing is added later: a change of the catalogue builds another index.
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let searcher = reader.searcher();
        let parts = searcher.segment_readers();
        let places = parts.iter().map(|part| part.fast_fields().u64(PLACE));
        Ok(Self {
            places: places.collect::<Result<_, _>>()?,
            searcher,
            fields,
            ids,
            spoken,
            sounds: sounds_known,
            vocabulary,
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
        for (meant, boost) in meant_by(&typed) {
            let way = self.literal(&runs(&fold(&meant)));
            ways.push((Occur::Should, Box::new(BoostQuery::new(way, boost))));
        }
        // Pinyin may be typed with a blank after each syllable.
        let sound = letters(&stretches);
        if let Some(sound) = sound.as_deref().filter(|sound| sound.len() >= 2) {
            ways.push((Occur::Should, Self::term(self.fields.spoken, sound)));
        }
        let strict = BooleanQuery::new(ways);
        let mut hits = self.run(&strict, query)?;
        if hits.total == 0 {
            let (heard, wanted) = (whole_pinyin(&typed), typed.replace(' ', ""));
            hits.suggestion = heard
                .and_then(|heard| self.spoken.get(&heard))
                .filter(|known| **known != wanted)
                .cloned();
            if hits.suggestion.is_none() {
                // A poor answer beats none: any word, any pair of signs.
                let any = stretches.iter().flat_map(|run| match run {
                    Run::Han(run) => [possible_words(run), pairs(run)].concat(),
                    Run::Latin(run) => vec![singular(run).into_owned()],
                });
                let any = any.flat_map(|term| {
                    let (title, text) = (self.in_title(&term), Self::term(self.fields.text, &term));
                    [(Occur::Should, title), (Occur::Should, text)]
                });
                let any: Vec<_> = any.collect();
                let loose = self.run(&BooleanQuery::new(any), query)?;
                hits = Hits {
                    suggestion: self.mistyped(&stretches, sound.as_deref()),
                    ..loose
                };
            }
        }
        Ok(hits)
    }

    /// What may be meant by letters that stand nowhere: known words near them, or a known sound.
    fn mistyped(&self, stretches: &[Run], sound: Option<&str>) -> Option<String> {
        let heard = || {
            let near = nearest(sound?, self.sounds.iter().map(String::as_str))?;
            self.spoken.get(near).cloned()
        };
        self.vocabulary.better(stretches).or_else(heard)
    }

    fn term(field: Field, text: &str) -> Box<dyn TantivyQuery> {
        Box::new(TermQuery::new(
            Term::from_field_text(field, text),
            IndexRecordOption::WithFreqs,
        ))
    }

    /// What a title says counts more.
    fn in_title(&self, text: &str) -> Box<dyn TantivyQuery> {
        Box::new(BoostQuery::new(Self::term(self.fields.title, text), 4.0))
    }

    /// All pairs of all stretches, anywhere: whatever contains the text literally fits, and whose
    /// title has them all comes first.
    fn literal(&self, stretches: &[Run]) -> Box<dyn TantivyQuery> {
        let terms: Vec<String> = stretches
            .iter()
            .flat_map(|run| match run {
                Run::Latin(run) => vec![singular(run).into_owned()],
                Run::Han(run) => pairs(run),
            })
            .collect();
        let all = |term: &dyn Fn(&str) -> Box<dyn TantivyQuery>| -> Vec<_> {
            terms.iter().map(|text| (Occur::Must, term(text))).collect()
        };
        let mut literal = all(&|text| Self::term(self.fields.text, text));
        let title = all(&|text| self.in_title(text));
        literal.push((Occur::Should, Box::new(BooleanQuery::new(title))));
        Box::new(BooleanQuery::new(literal))
    }

    fn run(&self, query: &dyn TantivyQuery, page: &Query<'_>) -> Result<Hits, SearchError> {
        let limit = page.limit.clamp(1, 100);
        let top = TopDocs::with_limit(limit)
            .and_offset(page.offset.min(10_000))
            .order_by_score();
        let (found, total) = self.searcher.search(query, &(top, Count))?;
        let id = |address: tantivy::DocAddress| {
            let place = self
                .places
                .get(usize::try_from(address.segment_ord).ok()?)?
                .first(address.doc_id)?;
            self.ids.get(usize::try_from(place).ok()?).cloned()
        };
        Ok(Hits {
            ids: found.into_iter().filter_map(|(_, address)| id(address)).collect(),
            total,
            suggestion: None,
        })
    }
}

/// The letters of a text that has nothing else but blanks.
fn letters(stretches: &[Run]) -> Option<String> {
    let all = stretches.iter().map(|run| match run {
        Run::Latin(run) => Some(run.as_str()),
        Run::Han(_) => None,
    });
    all.collect()
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
