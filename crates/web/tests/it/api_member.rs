//! Members of an organisation, managed by programs: each operation by every seat, by strangers, with tokens
//! that do not reach so far, twice, and wrongly.

use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};
use testkit::{TestStore, both_dbs};
use uuid::Uuid;

use crate::browser::Browser;
use crate::org::{act_for, company};
use crate::program::{ALL, Program, Reply, person, token};

const LIST: &str = "/api/v1/organisations";
const SENT: &str = "SELECT COUNT(*) FROM organisation_invitation";

/// An organisation with one member of several seats, each with a program, and others outside.
pub struct House {
    pub id: String,
    pub owner: Program,
    pub admin: Program,
    pub buyer: Program,
    pub viewer: Program,
    /// The owner's, which only reads.
    pub reader: Program,
    /// The owner's, made for another organisation of theirs.
    pub elsewhere: Program,
    pub stranger: Program,
    pub browser: Browser,
}

/// Lets whoever registered last belong to an organisation.
async fn seated(test: &TestStore, organisation: Uuid, seat: &str) {
    test.tamper(&format!(
        "INSERT INTO organisation_member (organisation, account, subject, seat, since) \
         SELECT {}, id, subject, '{seat}', created_at FROM account WHERE created_at = (SELECT MAX(created_at) FROM account)",
        test.id(organisation)
    ))
    .await;
}

/// A program of the browser's person, made for an organisation by its identifier.
pub async fn program_for(test: &TestStore, browser: &mut Browser, organisation: &str) -> Program {
    act_for(browser, &format!("/zhanghao/zuzhi/{organisation}")).await;
    Program::new(test).bearing(&token(browser, ALL, "30").await)
}

pub async fn house(test: &TestStore) -> House {
    let (mut owner, mut buyer, page) = company(test).await;
    let id = page.rsplit('/').next().expect("an identifier").to_owned();
    let organisation = Uuid::parse_str(&id).expect("an identifier");
    let mut people = Vec::new();
    for (phone, name, seat) in [
        ("100-0000-0003", "admin-x", "admin"),
        ("100-0000-0004", "viewer-x", "viewer"),
    ] {
        let mut browser = person(test, phone, name).await;
        seated(test, organisation, seat).await;
        people.push(program_for(test, &mut browser, &id).await);
    }
    let [admin, viewer] = <[Program; 2]>::try_from(people).ok().expect("two");
    let mut outside = person(test, "100-0000-0009", "路人").await;
    let anonymous = Program::new(test);
    let stranger = anonymous.bearing(&token(&mut outside, ALL, "30").await);
    // The owner has another organisation.
    let other = Uuid::from_u128(77);
    test.tamper(&format!(
        "INSERT INTO organisation (id, name, credit_code, created_at) SELECT {}, name, '91999999MAD365ZZZZ', created_at FROM organisation WHERE id = {}",
        test.id(other), test.id(organisation)
    )).await;
    test.tamper(&format!(
        "INSERT INTO organisation_member (organisation, account, subject, seat, since) SELECT {}, account, subject, seat, since FROM organisation_member WHERE seat = 'owner' AND organisation = {}",
        test.id(other), test.id(organisation)
    )).await;
    let elsewhere = program_for(test, &mut owner, &other.to_string()).await;
    act_for(&mut owner, &page).await;
    let reader = anonymous.bearing(&token(&mut owner, &["organisation_read"], "30").await);
    House {
        owner: program_for(test, &mut owner, &id).await,
        buyer: program_for(test, &mut buyer, &id).await,
        id,
        admin,
        viewer,
        reader,
        elsewhere,
        stranger,
        browser: owner,
    }
}

impl House {
    pub fn path(&self, rest: &str) -> String {
        format!("{LIST}/{}{rest}", self.id)
    }

    async fn invite(&self, program: &Program, key: u128, phone: &str, seat: &str) -> Reply {
        let body = json!({ "phone": phone, "seat": seat });
        program.keyed(key).post(&self.path("/invitations"), &body).await
    }

    /// The members as the owner reads them, by their seat.
    async fn member(&self, seat: &str) -> Value {
        let seen = self.owner.get(&self.path("")).await.json;
        let members = seen["members"].as_array().expect("members").iter();
        members
            .clone()
            .find(|member| member["seat"] == seat)
            .cloned()
            .unwrap_or_default()
    }

    async fn of(&self, seat: &str, rest: &str) -> String {
        let member = self.member(seat).await;
        self.path(&format!(
            "/members/{}{rest}",
            member["id"].as_str().expect("a member")
        ))
    }
}

/// Who may not do something that an administrator may, and what each is told.
fn outsiders(house: &House) -> [(&Program, (u16, &str)); 4] {
    [
        (&house.viewer, (403, "org_not_you")),
        (&house.reader, (403, "scope_missing")),
        (&house.elsewhere, (404, "not_found")),
        (&house.stranger, (404, "not_found")),
    ]
}

both_dbs! {
    clause_2_1_1_a_a_program_invites_once_with_a_key_and_learns_nothing_of_the_phone(test) {
        let house = house(test).await;
        let before = test.count(SENT).await;
        let first = house.invite(&house.owner, 1, "100-0000-0050", "buyer").await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.json);
        let id = first.json["id"].as_str().expect("an identifier").to_owned();
        assert_eq!(first.header(header::LOCATION), house.path(&format!("/invitations/{id}")));
        let again = house.invite(&house.owner, 1, "100-0000-0050", "buyer").await;
        assert_eq!((again.status, &again.json), (StatusCode::CREATED, &first.json));
        assert_eq!(test.count(SENT).await, before + 1, "one invitation");
        let jobs = test.count("SELECT COUNT(*) FROM job").await;
        house.invite(&house.owner, 1, "100-0000-0050", "buyer").await;
        assert_eq!(test.count("SELECT COUNT(*) FROM job").await, jobs, "nothing is sent again");

        // Somebody with an account, a member and nobody at all: the same answer.
        let shape = |reply: &Reply| {
            let mut json = reply.json.clone();
            json["id"] = json!(null);
            (reply.status, json)
        };
        for (key, phone) in [(2, "100-0000-0009"), (3, "100-0000-0002"), (4, "100-0000-0051")] {
            let other = house.invite(&house.owner, key, phone, "buyer").await;
            assert_eq!(shape(&other), shape(&first), "{phone}");
        }
        // The same key with something else, here or in another organisation, is a mistake.
        for (phone, seat) in [("100-0000-0052", "buyer"), ("100-0000-0050", "viewer")] {
            let refused = house.invite(&house.owner, 1, phone, seat).await;
            assert_eq!((refused.problem(), refused.fields()), ((422, "key_used"), vec![("Idempotency-Key", "key_used")]));
        }
        let there = format!("{LIST}/{}/invitations", Uuid::from_u128(77));
        let body = json!({ "phone": "100-0000-0050", "seat": "buyer" });
        assert_eq!(house.elsewhere.keyed(1).post(&there, &body).await.problem(), (422, "key_used"));
        // Somebody else's key is another key.
        let admin = house.invite(&house.admin, 1, "100-0000-0053", "finance").await;
        assert_eq!(admin.status, StatusCode::CREATED);
        assert_ne!(admin.json["id"], first.json["id"]);
        assert_eq!(test.count(SENT).await, before + 5);

        for (program, problem) in outsiders(&house) {
            assert_eq!(house.invite(program, 9, "100-0000-0054", "viewer").await.problem(), problem);
        }
        assert_eq!(house.invite(&house.admin, 9, "100-0000-0054", "admin").await.problem(), (403, "org_not_you"));
        assert_eq!(test.count(SENT).await, before + 5);
        // A third to the same phone in a day, and no more.
        for (key, left) in [(20, true), (21, true), (22, false)] {
            let sent = house.invite(&house.owner, key, "100-0000-0050", "sales").await;
            if left {
                assert_eq!(sent.status, StatusCode::CREATED);
            } else {
                assert_eq!((sent.problem(), sent.fields()), ((422, "invitations_many"), vec![("phone", "invitations_many")]));
            }
        }
    }

    clause_2_6_4_f_what_wants_a_fresh_proof_is_refused_to_a_token(test) {
        let mut house = house(test).await;
        // The owner's session has just been proved; a token has no part in that.
        assert_eq!(house.browser.get("/zhanghao/lingpai").await.status, StatusCode::OK);
        let sent = test.count(SENT).await;
        let buyer = house.of("buyer", "").await;
        let own = house.of("owner", "").await;
        for seat in ["owner", "admin"] {
            assert_eq!(house.invite(&house.owner, 1, "100-0000-0050", seat).await.problem(), (403, "holder_needed"), "{seat}");
        }
        let promoted = house.owner.put(&format!("{buyer}/seat"), &json!({ "seat": "owner" })).await;
        assert_eq!(promoted.problem(), (403, "holder_needed"));
        assert!(promoted.json["detail"].as_str().is_some_and(|text| text.contains("网站")));
        assert_eq!(test.count(SENT).await, sent);
        assert_eq!(test.count("SELECT COUNT(*) FROM organisation_member WHERE seat = 'owner'").await, 2, "one in each");
        // Another owner's membership, too.
        let organisation = Uuid::parse_str(&house.id).expect("an identifier");
        person(test, "100-0000-0011", "second-x").await;
        seated(test, organisation, "owner").await;
        let seen = house.owner.get(&house.path("")).await.json;
        let members = seen["members"].as_array().expect("members").iter();
        let second = members.clone().find(|member| member["seat"] == "owner" && member["own"] == false).expect("another owner");
        let path = house.path(&format!("/members/{}", second["id"].as_str().expect("a member")));
        assert_eq!(house.owner.delete(&path).await.problem(), (403, "holder_needed"));
        assert_eq!(house.owner.put(&format!("{path}/seat"), &json!({ "seat": "viewer" })).await.problem(), (403, "holder_needed"));
        assert_eq!(house.owner.put(&format!("{own}/seat"), &json!({ "seat": "viewer" })).await.problem(), (403, "holder_needed"));
        assert_eq!(test.count("SELECT COUNT(*) FROM organisation_member WHERE seat = 'owner'").await, 3);
    }

    invitations_are_listed_and_taken_back_by_those_who_manage_members(test) {
        let house = house(test).await;
        let made = house.invite(&house.admin, 1, "100-0000-0050", "delivery").await;
        let id = made.json["id"].as_str().expect("an identifier");
        let path = house.path(&format!("/invitations/{id}"));
        let list = house.path("/invitations");
        for program in [&house.owner, &house.admin, &house.reader] {
            assert_eq!(program.get(&list).await.json["items"], json!([made.json]));
            assert_eq!(program.get(&path).await.json, made.json);
        }
        for (program, problem) in outsiders(&house) {
            assert_eq!(program.delete(&path).await.problem(), problem);
            if problem.1 != "scope_missing" {
                assert_eq!(program.get(&path).await.problem(), problem);
                assert_eq!(program.get(&list).await.problem(), problem);
            }
        }
        // Of another organisation, under its own address, it is not there either.
        let there = format!("{LIST}/{}/invitations/{id}", Uuid::from_u128(77));
        assert_eq!(house.elsewhere.get(&there).await.problem(), (404, "not_found"));
        assert_eq!(house.elsewhere.delete(&there).await.problem(), (404, "not_found"));
        for wrong in [Uuid::nil().to_string(), "x".to_owned(), "%FF".to_owned()] {
            let wrong = house.path(&format!("/invitations/{wrong}"));
            assert_eq!((house.owner.get(&wrong).await.status, house.owner.delete(&wrong).await.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
        }
        assert_eq!(house.owner.get(&list).await.json["items"], json!([made.json]));
        assert_eq!(house.owner.delete(&path).await.status, StatusCode::NO_CONTENT);
        assert_eq!(house.owner.delete(&path).await.problem(), (409, "invitation_used"));
        assert_eq!(house.owner.get(&list).await.json["items"], json!([]));
        assert_eq!(house.admin.get(&path).await.problem(), (404, "not_found"), "what was taken back is gone");
        let again = house.invite(&house.admin, 1, "100-0000-0050", "delivery").await;
        assert_eq!(again.json, made.json, "the key made this one and makes no other");
    }

    clause_2_1_1_a_seats_change_as_the_seat_of_whoever_acts_allows(test) {
        let house = house(test).await;
        let buyer = house.of("buyer", "/seat").await;
        let admin = house.of("admin", "/seat").await;
        let owner = house.of("owner", "/seat").await;
        let to = |seat: &str| json!({ "seat": seat });
        let buyers = house.member("buyer").await;
        assert_eq!(buyers["may_become"].as_array().map(Vec::len), Some(6), "all but the one they have");
        for (program, problem) in outsiders(&house) {
            assert_eq!(program.put(&buyer, &to("finance")).await.problem(), problem);
        }
        for (path, seat) in [(&buyer, "admin"), (&owner, "viewer"), (&admin, "owner")] {
            assert_eq!(house.admin.put(path, &to(seat)).await.problem(), (403, "org_not_you"), "{seat}");
        }
        for _ in 0..2 {
            let done = house.admin.put(&buyer, &to("finance")).await;
            assert_eq!((done.status, &done.json), (StatusCode::NO_CONTENT, &json!(null)));
        }
        assert_eq!(test.count("SELECT COUNT(*) FROM organisation_event WHERE what = 'seat'").await, 1, "one change");
        assert_eq!(house.member("finance").await["id"], buyers["id"]);
        let nobody = house.path(&format!("/members/{}/seat", Uuid::nil()));
        assert_eq!(house.owner.put(&nobody, &to("viewer")).await.problem(), (404, "org_not_member"));
        assert_eq!(house.viewer.put(&nobody, &to("viewer")).await.problem(), (403, "org_not_you"), "who may not look learns nothing");
        let wrong = house.owner.put(&buyer, &json!({ "seat": "king", "crown": true })).await;
        let mut fields = wrong.fields();
        fields.sort_unstable();
        assert_eq!((wrong.problem(), fields), ((422, "invalid"), vec![("crown", "field_unknown"), ("seat", "field_value")]));
        // Whoever may change nothing of them does not get what they are called by in addresses.
        let seen = house.viewer.get(&house.path("")).await.json;
        let named = seen["members"].as_array().expect("members").iter().filter(|member| member["id"].is_string());
        assert_eq!(named.map(|member| member["own"].clone()).collect::<Vec<_>>(), [json!(true)]);
        // One may step down.
        let own = house.viewer.put(&house.of("viewer", "/seat").await, &to("viewer")).await;
        assert_eq!(own.problem(), (403, "org_not_you"), "a viewer gives no seat, not even their own");
    }

    a_membership_ends_by_those_above_and_by_oneself(test) {
        let house = house(test).await;
        let buyer = house.of("buyer", "").await;
        let viewer = house.of("viewer", "").await;
        for (program, problem) in outsiders(&house) {
            assert_eq!(program.delete(&buyer).await.problem(), problem);
        }
        for seat in ["owner", "admin"] {
            let above = house.of(seat, "").await;
            assert_eq!(house.buyer.delete(&above).await.problem(), (403, "org_not_you"));
        }
        let owner = house.of("owner", "").await;
        let last = house.owner.delete(&owner).await;
        assert_eq!(last.problem(), (422, "org_last_owner"));
        assert_eq!(house.buyer.get(&house.path("")).await.status, StatusCode::OK);
        assert_eq!(house.admin.delete(&buyer).await.status, StatusCode::NO_CONTENT);
        assert_eq!(house.buyer.get(&house.path("")).await.problem(), (401, "token_invalid"), "the token acts for nobody now");
        assert_eq!(house.admin.delete(&buyer).await.problem(), (404, "org_not_member"));
        assert_eq!(house.viewer.delete(&viewer).await.status, StatusCode::NO_CONTENT, "one may leave");
        assert_eq!(house.owner.get(&house.path("")).await.json["members_total"], 2);
    }

    clause_2_1_1_a_limits_are_set_as_a_whole_by_those_who_set_them(test) {
        let house = house(test).await;
        let all = house.path("/limits");
        let buyer = house.of("buyer", "/limits").await;
        for (program, problem) in outsiders(&house) {
            assert_eq!(program.put(&all, &json!({ "once": 1, "approvals": 1 })).await.problem(), problem);
            assert_eq!(program.put(&buyer, &json!({ "once": 1 })).await.problem(), problem);
        }
        assert_eq!(house.buyer.put(&buyer, &json!({ "once": 1 })).await.problem(), (403, "org_not_you"), "not one's own either");
        let fen = |amount: i64| json!({ "amount": amount, "currency": "CNY" });
        let limits = async |program: &Program| program.get(&house.path("")).await.json["limits"].clone();
        assert_eq!(limits(&house.admin).await, json!({ "once": null, "month": null, "approvals": 1 }));
        for _ in 0..2 {
            let set = house.admin.put(&all, &json!({ "once": 500_000, "month": 0, "approvals": 2 })).await;
            assert_eq!(set.status, StatusCode::NO_CONTENT);
        }
        assert_eq!(limits(&house.owner).await, json!({ "once": fen(500_000), "month": fen(0), "approvals": 2 }));
        assert_eq!((limits(&house.buyer).await, limits(&house.viewer).await), (json!(null), json!(null)));
        let many = house.owner.put(&all, &json!({ "approvals": 3 })).await;
        assert_eq!((many.problem(), many.fields()), ((422, "spending_approvals"), vec![("approvals", "spending_approvals")]));
        for (wrong, field, code) in [
            (json!({}), "approvals", "field_missing"),
            (json!({ "approvals": 0 }), "approvals", "field_value"),
            (json!({ "approvals": 4 }), "approvals", "field_value"),
            (json!({ "approvals": 1, "once": -1 }), "once", "field_value"),
            (json!({ "approvals": 1, "once": "5000" }), "once", "field_value"),
            (json!({ "approvals": 1, "once": 0.5 }), "once", "field_value"),
            (json!({ "approvals": 1, "month": 100_000_000_001_i64 }), "month", "field_value"),
            (json!({ "approvals": 1, "month": null }), "month", "field_value"),
            (json!({ "approvals": 1, "year": 5 }), "year", "field_unknown"),
        ] {
            let refused = house.owner.put(&all, &wrong).await;
            assert_eq!((refused.problem(), refused.fields()), ((422, "invalid"), vec![(field, code)]), "{wrong}");
        }
        assert_eq!(limits(&house.owner).await["once"], fen(500_000), "nothing of it was set");
        assert_eq!(house.owner.put(&buyer, &json!({ "month": 100 })).await.status, StatusCode::NO_CONTENT);
        assert_eq!(house.member("buyer").await["limits"], json!({ "once": null, "month": fen(100) }));
        assert_eq!(house.owner.put(&buyer, &json!({})).await.status, StatusCode::NO_CONTENT);
        assert_eq!(house.member("buyer").await["limits"], json!(null));
        assert_eq!(house.owner.put(&all, &json!({ "approvals": 1 })).await.status, StatusCode::NO_CONTENT);
        assert_eq!(limits(&house.owner).await, json!({ "once": null, "month": null, "approvals": 1 }), "what is left out has no limit");
        let nobody = house.path(&format!("/members/{}/limits", Uuid::nil()));
        assert_eq!(house.owner.put(&nobody, &json!({})).await.problem(), (404, "org_not_member"));
    }

    a_token_of_the_persons_own_manages_what_is_theirs_as_the_pages_do(test) {
        let mut house = house(test).await;
        act_for(&mut house.browser, "").await;
        let own = Program::new(test).bearing(&token(&mut house.browser, ALL, "30").await);
        assert_eq!(house.invite(&own, 1, "100-0000-0050", "buyer").await.status, StatusCode::CREATED);
        let there = format!("{LIST}/{}/limits", Uuid::from_u128(77));
        assert_eq!(own.put(&there, &json!({ "approvals": 1 })).await.status, StatusCode::NO_CONTENT);
        assert_eq!(house.owner.put(&there, &json!({ "approvals": 1 })).await.problem(), (404, "not_found"));
    }
}

#[expect(clippy::too_many_lines, reason = "a table of twenty wrong ways")]
#[tokio::test]
async fn twenty_wrong_ways_to_invite_name_their_field_and_send_nothing() {
    let test = TestStore::open(storage::Engine::Sqlite).await;
    let house = house(&test).await;
    let before = test.count(SENT).await;
    let path = house.path("/invitations");
    let program = house.owner.keyed(1);
    let send = async |body: &str| {
        let body = body.as_bytes().to_vec();
        program
            .send(Method::POST, &path, Some("application/json"), body)
            .await
    };
    for (body, problem, fields) in [
        ("", (400, "body_malformed"), vec![]),
        ("[]", (400, "body_malformed"), vec![]),
        (
            "{\"phone\": \"100-0000-0050\", \"seat\": \"buyer\",}",
            (400, "body_malformed"),
            vec![],
        ),
        (
            "{}",
            (422, "invalid"),
            vec![("phone", "field_missing"), ("seat", "field_missing")],
        ),
        (
            r#"{"phone": "100-0000-0050"}"#,
            (422, "invalid"),
            vec![("seat", "field_missing")],
        ),
        (
            r#"{"seat": "buyer"}"#,
            (422, "invalid"),
            vec![("phone", "field_missing")],
        ),
        (
            r#"{"phone": "", "seat": "buyer"}"#,
            (422, "invalid"),
            vec![("phone", "field_value")],
        ),
        (
            r#"{"phone": null, "seat": "buyer"}"#,
            (422, "invalid"),
            vec![("phone", "field_value")],
        ),
        (
            r#"{"phone": 10000000050, "seat": "buyer"}"#,
            (422, "invalid"),
            vec![("phone", "field_value")],
        ),
        (
            r#"{"phone": ["100-0000-0050"], "seat": "buyer"}"#,
            (422, "invalid"),
            vec![("phone", "field_value")],
        ),
        (
            r#"{"phone": "100-0000-0050", "seat": "Buyer"}"#,
            (422, "invalid"),
            vec![("seat", "field_value")],
        ),
        (
            r#"{"phone": "100-0000-0050", "seat": "采购"}"#,
            (422, "invalid"),
            vec![("seat", "field_value")],
        ),
        (
            r#"{"phone": "100-0000-0050", "seat": ""}"#,
            (422, "invalid"),
            vec![("seat", "field_value")],
        ),
        (
            r#"{"phone": "100-0000-0050", "seat": "buyer", "account": "he"}"#,
            (422, "invalid"),
            vec![("account", "field_unknown")],
        ),
        (
            r#"{"phone": "100-0000-0050", "seat": "buyer", "Phone": "1"}"#,
            (422, "invalid"),
            vec![("Phone", "field_unknown")],
        ),
        (
            r#"{"phone": "   ", "seat": "buyer"}"#,
            (422, "phone_missing"),
            vec![("phone", "phone_missing")],
        ),
        (
            r#"{"phone": "12", "seat": "buyer"}"#,
            (422, "phone_not_fictional"),
            vec![("phone", "phone_not_fictional")],
        ),
        (
            r#"{"phone": "+1 202 555 0100", "seat": "buyer"}"#,
            (422, "phone_not_fictional"),
            vec![("phone", "phone_not_fictional")],
        ),
        (
            r#"{"phone": "'; DROP TABLE account; --", "seat": "buyer"}"#,
            (422, "phone_not_fictional"),
            vec![("phone", "phone_not_fictional")],
        ),
        (
            r#"{"phone": "138-0013-8000", "seat": "buyer"}"#,
            (422, "phone_not_fictional"),
            vec![("phone", "phone_not_fictional")],
        ),
    ] {
        let refused = send(body).await;
        let mut named = refused.fields();
        named.sort_unstable();
        assert_eq!((refused.problem(), named), (problem, fields), "{body}");
        assert!(
            !refused.json.to_string().contains("13800138000") && !refused.json.to_string().contains("DROP"),
            "nothing typed comes back"
        );
    }
    let body = json!({ "phone": "100-0000-0050", "seat": "buyer" });
    let without = house.owner.post(&path, &body).await;
    assert_eq!(without.fields(), [("Idempotency-Key", "field_missing")]);
    let short = house.owner.with("idempotency-key", "1").post(&path, &body).await;
    assert_eq!(short.fields(), [("Idempotency-Key", "field_value")]);
    let two = program.keyed(2).post(&path, &body).await;
    assert_eq!(two.fields(), [("Idempotency-Key", "field_repeated")]);
    let query = program.post(&format!("{path}?page=1"), &body).await;
    assert_eq!(query.fields(), [("page", "field_unknown")]);
    assert_eq!(test.count(SENT).await, before);
    test.close().await;
}
