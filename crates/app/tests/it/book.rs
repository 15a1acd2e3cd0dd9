//! Address books and titles for invoices: a person's own are theirs alone; an organisation's are its
//! members', each as their seat says.

use app::account::Viewer;
use app::account::book::{self, List};
use app::org::{self, Books};
use app::{App, Failure, rights};
use domain::Refused;
use domain::account::book::{Kind, MOST_ENTRIES, TitleKind, TypedTitle};
use domain::market::share::Field;
use domain::minor::Band;
use domain::org::book::{Desk, MOST_PLACES, TypedPlace, TypedTitle as OrgTitle};
use domain::org::seat::Seat;
use domain::refused::{Book, Minor, Party};
use privacy::purpose::{KeepAccount, ShowOwn};
use testkit::both_dbs;
use time::Duration;
use uuid::Uuid;

use crate::house;
use crate::minor::family;
use crate::order::refusal;
use crate::org::{founded, person};
use crate::org_members::{accept, invite, invited, proved};

const ADDRESS: &str = "上海市演示区示例路 365 号";
const CODE: &str = "91999999MAD3650188";

async fn put(app: &App, viewer: &Viewer, id: Option<Uuid>, typed: &[(Field, &str)]) -> Result<Uuid, Failure> {
    let typed: Vec<(Field, String)> = typed
        .iter()
        .map(|(field, text)| (*field, (*text).to_owned()))
        .collect();
    let ctx = house::person::<KeepAccount>(app, viewer);
    book::put_entry(app, &ctx, viewer, id, (Kind::Work, &typed)).await
}

async fn title(app: &App, viewer: &Viewer, id: Option<Uuid>, name: &str) -> Result<Uuid, Failure> {
    let typed = TypedTitle {
        kind: TitleKind::Enterprise,
        name,
        tax_number: CODE,
        email: "fp@demo.qifu365.example",
    };
    book::put_title(app, &house::person::<KeepAccount>(app, viewer), viewer, id, typed).await
}

async fn entries(app: &App, viewer: &Viewer) -> Vec<book::Entry> {
    let ctx = house::person::<ShowOwn>(app, viewer);
    book::entries(app, &ctx, viewer).await.expect("opened")
}

async fn place(app: &App, by: &Viewer, organisation: Uuid, id: Option<Uuid>) -> Result<Uuid, Failure> {
    let typed = TypedPlace {
        label: "总部",
        address: ADDRESS,
        desk: Desk::Reception,
        phone: "010-0000 0365",
    };
    let ctx = house::person::<KeepAccount>(app, by);
    org::put_place(app, &ctx, by, organisation, (id, typed)).await
}

async fn invoices(app: &App, by: &Viewer, organisation: Uuid, id: Option<Uuid>) -> Result<Uuid, Failure> {
    let typed = OrgTitle {
        name: "星渚软件（演示）",
        tax_number: CODE,
        bank: "演示银行上海分行",
        bank_account: "9999990001",
        address: "",
        phone: "",
    };
    let ctx = house::person::<KeepAccount>(app, by);
    org::put_title(app, &ctx, by, organisation, (id, typed)).await
}

async fn books(app: &App, viewer: &Viewer, organisation: Uuid) -> Result<Books, Failure> {
    org::books(
        app,
        &house::person::<KeepAccount>(app, viewer),
        viewer,
        organisation,
    )
    .await
}

fn gone<T>(result: &Result<T, Failure>) -> bool {
    matches!(result, Err(Failure::NotFound))
}

/// Somebody keeps an address and a title.
pub async fn kept(app: &App, viewer: &Viewer) {
    put(app, viewer, None, &[(Field::Address, ADDRESS)])
        .await
        .expect("kept");
    title(app, viewer, None, "星渚软件（演示）").await.expect("kept");
}

both_dbs! {
    clause_2_6_1_a_an_address_book_is_its_persons_alone(test) {
        let app = house::app(test);
        let lin = person(test, &app, "100-0000-0001", "lin").await;
        test.clock.advance(Duration::SECOND);
        let he = person(test, &app, "100-0000-0002", "he").await;
        assert!(entries(&app, &lin).await.is_empty());
        let before = test.count("SELECT COUNT(*) FROM access_record").await;
        let first = put(&app, &lin, None, &[(Field::ContactName, "林女士"), (Field::Phone, "100-0000-0001")]).await.expect("kept");
        let second = put(&app, &lin, None, &[(Field::Address, ADDRESS)]).await.expect("kept");
        // What is kept is sealed, each value by itself.
        let plain = "SELECT COUNT(*) FROM address_entry WHERE contact_name IS NOT NULL AND phone IS NOT NULL AND email IS NULL AND address IS NULL";
        assert_eq!(test.count(plain).await, 1);
        let ctx = house::person::<KeepAccount>(&app, &lin);
        book::prefer(&app, &ctx, &lin, List::Entries, second).await.expect("first");
        let seen = entries(&app, &lin).await;
        assert_eq!(seen.iter().map(|entry| (entry.id, entry.preferred)).collect::<Vec<_>>(), [(second, true), (first, false)]);
        assert_eq!(seen[1].fields, [(Field::ContactName, "林女士".to_owned()), (Field::Phone, "10000000001".to_owned())]);
        assert_eq!(test.count("SELECT COUNT(*) FROM access_record").await, before + 1, "one opening for the whole page");
        // What is changed keeps nothing of before.
        assert_eq!(put(&app, &lin, Some(first), &[(Field::Email, "lin@demo.qifu365.example")]).await.expect("changed"), first);
        let seen = entries(&app, &lin).await;
        assert_eq!(seen[1].fields, [(Field::Email, "lin@demo.qifu365.example".to_owned())]);
        // To anybody else they do not exist.
        assert!(entries(&app, &he).await.is_empty());
        assert!(gone(&put(&app, &he, Some(first), &[(Field::Address, ADDRESS)]).await));
        let theirs = house::person::<KeepAccount>(&app, &he);
        assert!(gone(&book::delete(&app, &theirs, &he, List::Entries, first).await));
        assert!(gone(&book::prefer(&app, &theirs, &he, List::Entries, first).await));
        assert!(gone(&book::delete(&app, &ctx, &lin, List::Titles, first).await), "no title");
        book::delete(&app, &ctx, &lin, List::Entries, first).await.expect("gone");
        assert!(gone(&book::delete(&app, &ctx, &lin, List::Entries, first).await));
        assert_eq!(entries(&app, &lin).await.len(), 1);
        assert_eq!(refusal(put(&app, &lin, None, &[(Field::Address, " ")]).await), Some(Book::Empty.into()));
    }

    clause_2_6_1_a_a_book_has_an_end_however_often_it_is_asked_at_once(test) {
        let app = house::app(test);
        let lin = person(test, &app, "100-0000-0001", "lin").await;
        for _ in 1..MOST_ENTRIES {
            put(&app, &lin, None, &[(Field::Address, ADDRESS)]).await.expect("kept");
        }
        let one = [(Field::Address, ADDRESS)];
        let (left, right) = tokio::join!(put(&app, &lin, None, &one), put(&app, &lin, None, &one));
        assert!(left.is_ok() != right.is_ok(), "two at once count each other");
        assert_eq!(refusal(put(&app, &lin, None, &one).await), Some(Book::Full.into()));
        let there = entries(&app, &lin).await;
        assert_eq!(there.len(), MOST_ENTRIES);
        put(&app, &lin, Some(there[0].id), &one).await.expect("what is there may still be changed");
    }

    clause_2_6_1_h_titles_are_kept_copied_and_erased_with_their_person(test) {
        let app = house::app(test);
        let lin = person(test, &app, "100-0000-0001", "lin").await;
        let id = title(&app, &lin, None, "星渚软件（演示）").await.expect("kept");
        put(&app, &lin, None, &[(Field::Address, ADDRESS)]).await.expect("kept");
        let ctx = house::person::<ShowOwn>(&app, &lin);
        let own = book::titles(&app, &ctx, &lin).await.expect("opened");
        assert_eq!((own[0].id, own[0].title.tax_number.as_deref()), (id, Some(CODE)));
        test.clock.advance(Duration::SECOND);
        let he = person(test, &app, "100-0000-0002", "he").await;
        assert!(gone(&title(&app, &he, Some(id), "星渚软件（演示）").await));
        let copy = crate::rights::copied(&app, &lin, house::PASSWORD).await.expect("a copy").json().to_string();
        for part in ["星渚软件（演示）", CODE, "fp@demo.qifu365.example", ADDRESS] {
            assert!(copy.contains(part), "{part}");
        }
        crate::rights::ask(&app, &lin).await.expect("asked");
        rights::erase(&app, &crate::rights::law(&app), lin.subject).await.expect("erased");
        for table in ["address_entry", "invoice_title"] {
            assert_eq!(test.count(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
        }
    }

    clause_2_1_1_a_an_organisations_book_is_changed_by_those_whose_work_it_is(test) {
        let app = house::app(test);
        let (owner, organisation) = founded(test, &app).await;
        proved(&app, &owner).await;
        test.clock.advance(Duration::SECOND);
        let stranger = person(test, &app, "100-0000-0009", "wai").await;
        let mut members = Vec::new();
        for (phone, seat) in [("100-0000-0002", Seat::Buyer), ("100-0000-0003", Seat::Finance), ("100-0000-0004", Seat::Viewer)] {
            test.clock.advance(Duration::SECOND);
            let viewer = person(test, &app, phone, seat.as_str()).await;
            invite(&app, &owner, organisation, phone, seat).await.expect("invited");
            let id = invited(&app, &viewer).await.expect("an invitation");
            accept(&app, &viewer, id).await.expect("joined");
            members.push(viewer);
        }
        let [buyer, finance, reader] = &members[..] else { panic!("three members") };
        let at = place(&app, buyer, organisation, None).await.expect("kept");
        let bill = invoices(&app, finance, organisation, None).await.expect("kept");
        let no = Some(Refused::from(Party::OrgNotYou));
        assert_eq!(refusal(place(&app, finance, organisation, Some(at)).await), no);
        assert_eq!(refusal(place(&app, reader, organisation, None).await), no);
        assert_eq!(refusal(invoices(&app, buyer, organisation, Some(bill)).await), no);
        assert_eq!(refusal(invoices(&app, reader, organisation, None).await), no);
        assert!(gone(&place(&app, &stranger, organisation, None).await));
        assert!(gone(&books(&app, &stranger, organisation).await));
        // The account is seen by those who order or deal with invoices.
        assert_eq!(books(&app, buyer, organisation).await.expect("seen").titles.map(|titles| titles.len()), Some(1));
        let seen = books(&app, reader, organisation).await.expect("seen");
        assert!(seen.titles.is_none() && !seen.may_places && !seen.may_titles);
        assert_eq!(seen.places[0].value.phone.as_deref(), Some("010-00000365"));
        let ctx = house::person::<KeepAccount>(&app, buyer);
        assert_eq!(refusal(org::delete_kept(&app, &ctx, buyer, organisation, (List::Titles, bill)).await), no);
        assert_eq!(refusal(org::prefer_kept(&app, &ctx, buyer, organisation, (List::Titles, bill)).await), no);
        org::prefer_kept(&app, &ctx, buyer, organisation, (List::Entries, at)).await.expect("first");
        org::delete_kept(&app, &ctx, buyer, organisation, (List::Entries, at)).await.expect("gone");
        assert!(gone(&org::delete_kept(&app, &ctx, buyer, organisation, (List::Entries, at)).await));
        let noted = "SELECT COUNT(*) FROM organisation_event WHERE what = 'place'";
        assert_eq!(test.count(noted).await, 3, "who changed what is on record");
        for _ in 0..MOST_PLACES {
            place(&app, buyer, organisation, None).await.expect("kept");
        }
        assert_eq!(refusal(place(&app, buyer, organisation, None).await), Some(Book::Full.into()));
        // Nothing of it outlives the organisation.
        let ctx = house::person::<KeepAccount>(&app, &owner);
        org::dissolve(&app, &ctx, &owner, organisation).await.expect("dissolved");
        assert_eq!(test.count("SELECT COUNT(*) FROM organisation_place").await, 0);
        assert_eq!(test.count("SELECT COUNT(*) FROM organisation_title").await, 0);
    }

    clause_2_7_b_somebody_under_age_keeps_no_address_book(test) {
        let family = family(test, Band::Teen).await;
        let refused = put(&family.app, &family.child, None, &[(Field::Address, ADDRESS)]).await;
        assert_eq!(refusal(refused), Some(Minor::MinorNot.into()));
        kept(&family.app, &family.guardian).await;
    }
}
