//! The terms in the code are those of the retention rules.

use std::collections::{BTreeMap, BTreeSet};

use app::account::RETENTION_APPLIED;
use domain::account::{change, guard, limits, second};
use storage::register::{Term, rules};
use storage::rights::retention::{COPIES, Rule, TRANSACTIONS};
use time::Duration;

/// A term as a duration; years have no fixed length.
fn length(term: Term) -> Option<Duration> {
    match term {
        Term::Hours(hours) => Some(Duration::hours(hours.into())),
        Term::Days(days) => Some(Duration::days(days.into())),
        Term::Years(_) | Term::Lasting => None,
    }
}

fn term(id: &str) -> Duration {
    let rules = rules().expect("rules");
    let rule = rules.iter().find(|rule| rule.id == id).expect("a rule");
    length(rule.term).expect("a fixed term")
}

#[test]
fn clause_2_5_3_b_the_job_applies_the_rules_that_name_it_with_their_terms() {
    let named: BTreeMap<_, _> = rules()
        .expect("rules")
        .into_iter()
        .filter(|rule| rule.applied_by == "app::account::purge_expired")
        .map(|rule| (rule.id, length(rule.term)))
        .collect();
    let applied: BTreeMap<_, _> = RETENTION_APPLIED
        .iter()
        .map(|(id, life)| ((*id).to_owned(), Some(*life)))
        .collect();
    assert_eq!(named, applied);
}

#[test]
fn clause_2_5_3_b_every_rule_of_years_is_applied_and_none_else() {
    let rules = rules().expect("rules");
    let named: BTreeSet<&str> = rules
        .iter()
        .filter(|rule| rule.applied_by == "app::rights::apply_retention")
        .map(|rule| rule.id.as_str())
        .collect();
    let applied: BTreeSet<&str> = Rule::ALL
        .iter()
        .map(|rule| rule.id())
        .chain([TRANSACTIONS, COPIES])
        .collect();
    assert_eq!(named, applied);
    // Taken away with the orders, so by the same term.
    let term = |id| rules.iter().find(|rule| rule.id == id).map(|rule| rule.term);
    assert_eq!(term(COPIES), term(TRANSACTIONS));
    // Only what lasts as long as the thing itself is applied by nothing.
    for rule in &rules {
        assert!(
            !rule.applied_by.is_empty() || rule.term == Term::Lasting,
            "{}",
            rule.id
        );
    }
}

/// What is still needed to decide is never gone: a limit's window fits into the term of what it
/// counts, a code's life into the code's.
#[test]
fn no_term_is_shorter_than_the_use_of_what_it_keeps() {
    for window in [limits::CODE_PAUSE, limits::CODE_WINDOW, limits::LOGIN_WINDOW] {
        assert!(window <= term("security_24h"), "{window}");
    }
    assert!(limits::CODE_LIFE <= term("code_24h"));
    assert!(second::PENDING_LIFE <= term("pending_24h") && second::LONG_WINDOW <= term("security_24h"));
    assert!(change::RECOVERY_WINDOW <= term("security_24h"));
    assert!(change::PROOF_LIFE <= term("phone_proof_24h"));
    // What the guard remembers is what its rule keeps; half a year is the most that the law's log term is for.
    assert_eq!(guard::MEMORY, term("guard_sighting_90d"));
    assert!(term("guard_decision_180d") <= Duration::days(183) && guard::puzzle::LIFE < term("security_24h"));
    assert!(limits::SESSION_IDLE <= limits::SESSION_LIFE);
}
