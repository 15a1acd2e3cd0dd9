//! Verification and organisations as programs read them: a token acts for exactly one.

use axum::http::StatusCode;
use serde_json::json;
use testkit::both_dbs;
use uuid::Uuid;

use crate::org::company;
use crate::program::{ALL, Program, person, token};

const LIST: &str = "/api/v1/organisations";

both_dbs! {
    clause_2_5_1_e_an_organisation_is_its_members_and_names_are_on_record(test) {
        let (mut owner, mut buyer, page) = company(test).await;
        let id = page.rsplit('/').next().expect("an identifier").to_owned();
        let anonymous = Program::new(test);
        let program = anonymous.bearing(&token(&mut owner, ALL, "30").await);

        let list = program.get(LIST).await;
        assert_eq!(list.json["acting_for"], json!(null));
        let mine = &list.json["organisations"];
        assert_eq!((mine.as_array().map(Vec::len), &mine[0]["seat"], &mine[0]["verified"]), (Some(1), &json!("owner"), &json!(true)));
        assert_eq!((&mine[0]["id"], &mine[0]["verification"]), (&json!(id), &json!("verified")));

        let path = format!("{LIST}/{id}");
        let seen = program.get(&path).await;
        assert_eq!((&seen.json["members_total"], &seen.json["next_page"]), (&json!(2), &json!(null)));
        let members = seen.json["members"].as_array().expect("members");
        assert_eq!(members.iter().filter(|member| member["own"] == json!(true)).count(), 1);
        let text = seen.json.to_string();
        for hidden in ["林知远", "999999199001010016", "10000000001", "9999990001"] {
            assert!(!text.contains(hidden), "what was handed in is nobody's to read here");
        }
        let beyond = program.get(&format!("{path}?page=50")).await;
        assert_eq!((beyond.status, &beyond.json["members"]), (StatusCode::OK, &json!([])));
        assert_eq!(program.get(&format!("{path}?page=0")).await.problem(), (422, "invalid"));
        // It never applied to be a supplier.
        assert_eq!(program.get(&format!("{path}/supplier")).await.problem(), (404, "not_found"));

        // A colleague reads it too; to others it does not exist.
        let colleague = anonymous.bearing(&token(&mut buyer, ALL, "30").await);
        assert_eq!(colleague.get(&path).await.json["seat"], json!("buyer"));
        let mut other = person(test, "100-0000-0009", "路人").await;
        let stranger = anonymous.bearing(&token(&mut other, ALL, "30").await);
        for path in [path.clone(), format!("{path}/supplier"), format!("{LIST}/{}", Uuid::nil()), format!("{LIST}/x")] {
            assert_eq!(stranger.get(&path).await.problem(), (404, "not_found"), "{path}");
        }
        assert_eq!(stranger.get(LIST).await.json["organisations"], json!([]));
    }

    a_token_made_for_an_organisation_reads_that_one_and_no_other(test) {
        let (mut owner, _, page) = company(test).await;
        let id = page.rsplit('/').next().expect("an identifier").to_owned();
        let csrf = owner.get(&page).await.csrf();
        let acting = [("csrf", csrf.as_str()), ("organisation", id.as_str()), ("next", "/zhanghao")];
        assert_eq!(owner.post("/zhanghao/shenfen", &acting).await.status, StatusCode::SEE_OTHER);
        let program = Program::new(test).bearing(&token(&mut owner, ALL, "30").await);
        let list = program.get(LIST).await;
        assert_eq!((&list.json["acting_for"], &list.json["organisations"][0]["id"]), (&json!(id), &json!(id)));
        // The account belongs to another one as well.
        let other = Uuid::from_u128(77);
        test.tamper(&format!(
            "INSERT INTO organisation (id, name, credit_code, created_at) SELECT {0}, name, '91999999MAD3650263', created_at FROM organisation",
            test.id(other)
        )).await;
        test.tamper(&format!(
            "INSERT INTO organisation_member (organisation, account, subject, seat, since) SELECT {0}, account, subject, seat, since FROM organisation_member WHERE seat = 'owner'",
            test.id(other)
        )).await;
        assert_eq!(program.get(LIST).await.json["organisations"].as_array().map(Vec::len), Some(1));
        assert_eq!(program.get(&format!("{LIST}/{other}")).await.problem(), (404, "not_found"));
        assert_eq!(program.get(&format!("{LIST}/{other}/supplier")).await.problem(), (404, "not_found"));
        assert_eq!(program.get(&format!("{LIST}/{id}")).await.status, StatusCode::OK);
    }

    clause_2_1_1_f_a_program_reads_that_its_person_is_verified_and_not_who_they_are(test) {
        let (mut owner, _, _) = company(test).await;
        let program = Program::new(test).bearing(&token(&mut owner, &["account_read"], "30").await);
        let openings = test.count("SELECT COUNT(*) FROM access_record WHERE fields LIKE '%real_name%'").await;
        let seen = program.get("/api/v1/account/verification").await;
        assert_eq!((&seen.json["state"], &seen.json["verified"]), (&json!("verified"), &json!(true)));
        assert_eq!(seen.json.as_object().map(serde_json::Map::len), Some(3), "state, since and verified");
        assert_eq!(test.count("SELECT COUNT(*) FROM access_record WHERE fields LIKE '%real_name%'").await, openings, "nothing is opened for it");
        let mut other = person(test, "100-0000-0009", "路人").await;
        let stranger = Program::new(test).bearing(&token(&mut other, &["account_read"], "30").await);
        let seen = stranger.get("/api/v1/account/verification").await;
        assert_eq!((&seen.json["state"], &seen.json["verified"]), (&json!("none"), &json!(false)));
    }
}
