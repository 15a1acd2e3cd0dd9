//! The register equals the live schema; every statement prepares; migrations are immutable.

use std::collections::BTreeSet;

use privacy::PurposeId;
use storage::register::Class;
use testkit::both_dbs;

both_dbs! {
    clause_0_5_every_live_column_is_registered_and_no_other(test) {
        let live: BTreeSet<_> = test.store.live_columns().await.expect("schema").into_iter().collect();
        let columns = storage::register::columns().expect("register");
        let registered: BTreeSet<_> = columns.iter().map(|c| (c.table.clone(), c.name.clone())).collect();
        assert_eq!(live, registered);
        assert_eq!(columns.len(), registered.len(), "a column is registered twice");
    }

    emptying_forgets_no_table(test) {
        let live = test.store.live_columns().await.expect("schema");
        let kept = ["schema_version", "subject_key", "joint_key", "hold_key", "vault_meta", "wrapping_key", "installation", "tombstone", "log_head"];
        let tables: BTreeSet<String> = live.into_iter().map(|(table, _)| table).filter(|table| !kept.contains(&table.as_str())).collect();
        let emptied: BTreeSet<String> = storage::wipe::tables().into_iter().map(str::to_owned).collect();
        assert_eq!(tables, emptied);
    }

    a_store_that_misses_a_migration_is_told_apart_and_left_as_it_is(test) {
        let (data, vault) = test.addresses.clone();
        assert!(!storage::schema::behind(&data, &vault).await.expect("looked"));
        let last = storage::schema::VAULT.last().expect("a migration").0;
        test.tamper_vault(&format!("DELETE FROM schema_version WHERE version = {last}")).await;
        assert!(storage::schema::behind(&data, &vault).await.expect("looked"));
        assert!(storage::schema::behind(&data, &vault).await.expect("looked"), "looking changes nothing");
    }

    every_statement_prepares(test) {
        assert!(test.store.prepare_all().await.expect("every statement prepares") > 20);
    }
}

#[test]
fn clause_1_2_personal_columns_name_a_subject_a_purpose_and_a_clause() {
    for column in storage::register::columns().expect("register") {
        let place = format!("{}.{}", column.table, column.name);
        assert!(
            !column.purposes.is_empty() && !column.clauses.is_empty(),
            "{place}"
        );
        for purpose in &column.purposes {
            assert!(PurposeId::parse(purpose).is_some(), "{place}: {purpose}");
        }
        // What can be opened says which clause goes with which purpose; nothing else does.
        assert_eq!(column.is_sealed(), !column.uses.is_empty(), "{place}");
        assert!(column.uses.values().all(|clauses| !clauses.is_empty()), "{place}");
        if column.is_sealed() {
            assert!(!column.subject.is_empty(), "{place} has no subject");
            let secret = column.class == Class::Secret;
            // A party's copy of what another wrote is part of the writer's copy, not of the party's.
            let of_another = column.retention == storage::rights::retention::COPIES;
            assert!(
                secret || of_another || column.export,
                "{place} is missing from the person's copy"
            );
        }
    }
}

#[test]
fn clause_2_5_1_c_no_secret_is_part_of_a_copy_or_given_to_anybody() {
    let columns = storage::register::columns().expect("register");
    let secrets = columns.iter().filter(|column| column.class == Class::Secret);
    let mut sealed = 0;
    for column in secrets {
        let place = format!("{}.{}", column.table, column.name);
        assert!(!column.export && column.recipients.is_empty(), "{place}");
        assert!(!column.uses.contains_key("show_own"), "{place}");
        sealed += usize::from(column.is_sealed());
    }
    assert!(sealed > 0, "a secret that has to be opened is sealed");
}

#[test]
fn clause_2_4_1_0_columns_name_only_registered_recipients_and_each_of_them_gets_something() {
    let known = storage::recipient::recipients().expect("recipients");
    let columns = storage::register::columns().expect("register");
    let named: BTreeSet<&str> = columns
        .iter()
        .flat_map(|column| &column.recipients)
        .map(String::as_str)
        .collect();
    assert_eq!(named, known.iter().map(|known| known.id.as_str()).collect());
    let policy = policy::builtin().expect("the policy");
    let version = policy.iter().next_back().expect("a version");
    for known in &known {
        assert!(
            version.clause(&known.clause).is_some(),
            "{}: {}",
            known.id,
            known.clause
        );
    }
    assert!(storage::recipient::receives("order_share.phone", "counterparty"));
    assert!(!storage::recipient::receives("order_share.phone", "sms_sender"));
    assert!(!storage::recipient::receives("account.phone", "nobody"));
}

#[test]
fn clause_2_5_3_b_every_column_has_a_defined_retention_rule_and_every_rule_a_column() {
    let rules = storage::register::rules().expect("rules");
    let defined: BTreeSet<_> = rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(defined.len(), rules.len(), "a rule is defined twice");
    let columns = storage::register::columns().expect("register");
    let used: BTreeSet<_> = columns.iter().map(|column| column.retention.as_str()).collect();
    assert_eq!(used, defined);
    for rule in &rules {
        assert!(!rule.clauses.is_empty(), "{} names no clause", rule.id);
        assert!(!rule.trigger.is_empty(), "{} never begins", rule.id);
    }
}

#[test]
fn clause_2_2_6_a_what_the_register_allows_the_policy_in_force_states() {
    let archive = policy::builtin().expect("the policy");
    let version = archive.iter().next_back().expect("a version");
    for purpose in PurposeId::ALL {
        let stated = version
            .purposes
            .iter()
            .find(|stated| stated.id == purpose.as_str());
        let stated = stated.unwrap_or_else(|| panic!("{} is not stated", purpose.as_str()));
        let bases: Vec<_> = purpose.bases().iter().map(|basis| basis.as_str()).collect();
        assert_eq!(stated.bases, bases, "{}", purpose.as_str());
    }
    assert_eq!(
        version.purposes.len(),
        PurposeId::ALL.len(),
        "a purpose that no code knows"
    );
    for column in storage::register::columns().expect("register") {
        for clause in &column.clauses {
            assert!(
                version.clause(clause).is_some(),
                "{}.{}: {clause}",
                column.table,
                column.name
            );
        }
    }
}
