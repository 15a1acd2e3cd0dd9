//! What people type.

use std::sync::LazyLock;

use domain::account::{name, password, phone, token};
use domain::market::order::{Event, State};
use domain::market::{amount, contact, number, receipt, staff};
use search::{Query, ServiceDoc, ServiceIndex};
use time::OffsetDateTime;

/// Every reader of a typed text: what it takes it takes again, in the same form.
pub fn typed_text(data: &[u8]) {
    let typed = &*String::from_utf8_lossy(data);
    for demo in [false, true] {
        if let Ok(read) = phone::Phone::parse(typed, demo) {
            let digits = read.clone().into_digits();
            assert!(digits.len() == 11 && digits.bytes().all(|digit| digit.is_ascii_digit()));
            assert!(phone::Phone::parse(&digits, demo) == Ok(read));
            assert!(phone::Phone::parse(&digits, !demo).is_err(), "real or fictional");
            assert!(name::parse(&digits).is_err(), "a number is no name");
        }
    }
    let _ = phone::masked(typed);
    if let Ok(read) = name::parse(typed) {
        assert_eq!(name::parse(&read).as_ref(), Ok(&read));
        let comparable = name::comparable(&read);
        assert_eq!(name::comparable(&comparable), comparable);
    }
    let _ = password::check(typed, &[typed]);
    if let Ok(read) = token::name(typed) {
        assert_eq!(token::name(&read).as_ref(), Ok(&read));
    }
    if let Ok(ends) = token::ends(typed, OffsetDateTime::UNIX_EPOCH) {
        assert!(ends > OffsetDateTime::UNIX_EPOCH);
    }
    let _ = token::well_formed(typed);
    let _ = token::Scope::parse(typed);
    if let Some(fen) = amount::read(typed) {
        assert!(fen >= 0);
        let written = format!("{}.{:02}", fen / 100, fen % 100);
        assert_eq!(amount::read(&written), Some(fen));
        let _ = domain::market::capital::capital(fen);
    }
    if let Ok(Some(read)) = receipt::read(typed) {
        assert_eq!(receipt::read(&read), Ok(Some(read)));
    }
    if let Ok(read) = staff::identifier(typed) {
        assert_eq!(staff::identifier(read), Ok(read));
    }
    let _ = number::well_formed(typed);
    let _ = contact::found(typed);
    if let Some(event) = Event::parse(typed) {
        assert_eq!(event.as_str(), typed);
    }
    if let Some(state) = State::parse(typed) {
        assert_eq!(state.as_str(), typed);
    }
}

/// A small index: services of the demonstration's kind.
static INDEX: LazyLock<ServiceIndex> = LazyLock::new(|| {
    let services = [
        ("1", "小规模代理记账", "财税服务", "按月做账报税"),
        ("2", "有限公司注册", "工商注册", "核名、提交、领照"),
        ("3", "商标注册 Trademark", "知识产权", "查询与申请"),
    ];
    let docs = services.map(|(id, title, category, summary)| ServiceDoc {
        id: id.to_owned(),
        title: title.to_owned(),
        summary: summary.to_owned(),
        category_name: category.to_owned(),
        supplier: "青栀财税".to_owned(),
        city: "杭州".to_owned(),
        tags: vec!["月结".to_owned()],
        synonyms: vec!["做账".to_owned()],
    });
    ServiceIndex::build(docs).expect("an index")
});

/// Whatever is asked is answered, at any place of the list; and a text that stands in a title is
/// found.
pub fn search_query(data: &[u8]) {
    let text = &*String::from_utf8_lossy(data);
    let first = ask(text, 2, 0);
    let second = ask(text, 2, 2);
    assert_eq!(first.total, second.total);
    assert!(
        first.ids.iter().all(|id| !second.ids.contains(id)),
        "nothing twice"
    );
    assert!(first.ids.len() + second.ids.len() <= first.total);
    let far = data.first().map_or(0, |byte| usize::MAX >> (byte & 63));
    assert!(ask(text, 2, far.max(3)).ids.is_empty());
    // A better spelling is one that finds something.
    if let Some(better) = first.suggestion {
        assert!(ask(&better, 2, 0).total > 0, "{better}");
    }
}

fn ask(text: &str, limit: usize, offset: usize) -> search::Hits {
    let query = Query { text, limit, offset };
    INDEX.search(&query).expect("an answer")
}
