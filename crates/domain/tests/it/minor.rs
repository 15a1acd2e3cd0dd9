//! A guardian's consent: every state × event × role, its clock, who may not be a guardian.

use domain::Refused;
use domain::calendar::Due;
use domain::machine::Role;
use domain::minor::{
    ANSWER_DAYS, ASK_AGAIN, BY_ONE, Band, CHILDREN, Event, Facts, Guardianship, MACHINE, State, Step, TO_ONE,
    Tally, UNUSED_DAYS, may_answer, may_ask,
};
use domain::refused::Minor;
use time::macros::{date, datetime};
use time::{Duration, OffsetDateTime};

use crate::walk::{every_row_and_no_other, no_trap};

const NOW: OffsetDateTime = datetime!(2026-11-20 14:00 +8);
const WEEK: Duration = Duration::days(7);

/// Facts with which every event can happen.
fn facts() -> Facts {
    Facts {
        adult: true,
        stated: true,
        account: true,
        messages: true,
        sure: true,
        ..Facts::default()
    }
}

fn actor(state: State, event: Event) -> Role {
    *Role::ALL
        .iter()
        .find(|role| MACHINE.decide(state, event, **role).is_ok())
        .expect("someone may")
}

fn at(from: &Guardianship, event: Event, facts: &Facts, now: OffsetDateTime) -> Result<Step, Refused> {
    from.step(event, actor(from.state, event), facts, now)
}

fn walk(from: Guardianship, events: &[Event]) -> Guardianship {
    events.iter().fold(from, |before, event| {
        at(&before, *event, &facts(), NOW).expect("a step").guardianship
    })
}

fn begun(band: Band) -> Guardianship {
    Guardianship::begun(band, false, NOW)
}

fn found(band: Band) -> Guardianship {
    walk(Guardianship::begun(band, true, NOW), &[Event::Freeze])
}

const CONSENTED: [Event; 5] = [Event::Ask, Event::Tell, Event::Prove, Event::Read, Event::Consent];

#[test]
fn every_state_event_and_role_is_decided_as_the_table_says() {
    use Event as E;
    use Role::{Guardian as G, Minor as M, PlatformOfficer as O, System as S};
    use State as T;
    let mut expected = vec![
        (T::Requested, E::Tell, vec![S], T::Told),
        (T::Told, E::Prove, vec![G], T::Proven),
        (T::Proven, E::Read, vec![G], T::Informed),
        (T::Informed, E::Consent, vec![G], T::Active),
        (T::Active, E::Withdraw, vec![G], T::Withdrawn),
        (T::Active, E::Disown, vec![M], T::Withdrawn),
        (T::Active, E::Lapse, vec![S], T::Expired),
        (T::Active, E::ComeOfAge, vec![S, G], T::OfAge),
        (T::Active, E::TurnFifteen, vec![G], T::Active),
        (T::Active, E::Lose, vec![S], T::Frozen),
        (T::Declared, E::Freeze, vec![S], T::Frozen),
        (T::Frozen, E::Contest, vec![M], T::Contested),
        (T::Contested, E::Uphold, vec![O], T::Cleared),
        (T::Contested, E::Dismiss, vec![O], T::Frozen),
    ];
    for state in [T::Declared, T::Frozen, T::Requested, T::Told] {
        expected.push((state, E::Ask, vec![M], T::Requested));
    }
    for state in [T::Told, T::Proven, T::Informed] {
        expected.push((state, E::Refuse, vec![G], T::Refused));
    }
    for state in [T::Requested, T::Told, T::Proven, T::Informed, T::Frozen] {
        expected.push((state, E::Expire, vec![S], T::Expired));
    }
    every_row_and_no_other(&MACHINE, State::ALL, Event::ALL, &expected);
}

#[test]
fn no_state_is_a_dead_end_or_out_of_reach_or_waits_for_ever() {
    no_trap(&MACHINE, State::ALL, &[]);
    for state in State::ALL {
        let here = Guardianship {
            state: *state,
            asked_at: Some(NOW),
            ..begun(Band::Teen)
        };
        let ends = MACHINE.ends.contains(state);
        // What waits for a person has a clock, or a person of the platform who acts; a consent waits for
        // the account that it is about.
        let waits = !ends && !matches!(state, State::Declared | State::Contested);
        let registered = Guardianship {
            account: true,
            ..here.clone()
        };
        let still = registered.timer().is_some();
        assert_eq!(still, waits && *state != State::Active, "{state:?}");
        assert_eq!(here.timer().is_some(), waits, "{state:?}");
        if let Some((event, _)) = here.timer() {
            assert!(MACHINE.decide(*state, event, Role::System).is_ok());
        }
    }
}

#[test]
fn clause_2_7_a_the_main_job_ends_with_a_consent_and_every_no_takes_the_data() {
    let mut state = begun(Band::Child);
    for event in CONSENTED {
        let step = at(&state, event, &facts(), NOW).expect("a step");
        assert!(!step.goes, "{event:?}");
        assert_eq!(step.guardianship.version, state.version + 1);
        state = step.guardianship;
    }
    assert_eq!((state.state, state.frozen()), (State::Active, false));
    let withdrawn = at(&state, Event::Withdraw, &facts(), NOW).expect("withdrawn");
    assert!(withdrawn.goes && withdrawn.guardianship.frozen());
    for steps in 2..=4 {
        let before = walk(begun(Band::Child), &CONSENTED[..steps]);
        let refused = at(&before, Event::Refuse, &facts(), NOW).expect("refused");
        assert!(refused.goes, "{:?}", before.state);
    }
}

#[test]
fn clause_2_7_a_a_guardian_has_seven_days_on_both_sides() {
    for steps in 1..=4 {
        let waiting = walk(begun(Band::Teen), &CONSENTED[..steps]);
        assert_eq!(waiting.timer(), Some((Event::Expire, Due::At(NOW + WEEK))));
        let early = at(&waiting, Event::Expire, &facts(), NOW + WEEK - Duration::SECOND);
        assert_eq!(early.err(), Some(Minor::GuardianNotNow.into()));
        let due = at(&waiting, Event::Expire, &facts(), NOW + WEEK).expect("over");
        assert_eq!((due.guardianship.state, due.goes), (State::Expired, true));
    }
    // Another number does not give seven more days.
    let told = walk(begun(Band::Teen), &CONSENTED[..2]);
    let renamed = at(&told, Event::Ask, &facts(), NOW + Duration::days(6)).expect("renamed");
    assert_eq!(renamed.timer, Some((Event::Expire, Due::At(NOW + WEEK))));
}

#[test]
fn clause_2_7_a_a_consent_without_an_account_lapses_after_thirty_days_and_not_before() {
    let consented = walk(begun(Band::Teen), &CONSENTED);
    let end = NOW + Duration::days(UNUSED_DAYS);
    assert_eq!(consented.timer(), Some((Event::Lapse, Due::At(end))));
    let early = at(&consented, Event::Lapse, &facts(), end - Duration::SECOND);
    assert_eq!(early.err(), Some(Minor::GuardianNotNow.into()));
    let over = at(&consented, Event::Lapse, &facts(), end).expect("over");
    assert_eq!((over.guardianship.state, over.goes), (State::Expired, true));
    assert_eq!(
        Guardianship::tally(Event::Lapse),
        None,
        "no request without an answer"
    );
    // With an account there is no clock, and nobody says by a code alone whose child they are not.
    let registered = Guardianship {
        account: true,
        ..consented.clone()
    };
    for event in [Event::Lapse, Event::Disown] {
        let refused = at(&registered, event, &facts(), end);
        assert_eq!(refused.err(), Some(Minor::GuardianNotNow.into()), "{event:?}");
    }
    let disowned = at(&consented, Event::Disown, &facts(), NOW).expect("disowned");
    assert!(disowned.goes);
}

#[test]
fn clause_2_7_a_an_account_found_late_is_for_browsing_until_the_guardian_answers() {
    let frozen = found(Band::Teen);
    assert_eq!((frozen.state, frozen.frozen()), (State::Frozen, true));
    assert_eq!(frozen.timer(), Some((Event::Expire, Due::At(NOW + WEEK))));
    let later = NOW + Duration::days(5);
    let asked = at(&frozen, Event::Ask, &facts(), later).expect("asked");
    assert!(asked.guardianship.frozen() && asked.guardianship.waits());
    assert_eq!(
        asked.timer,
        Some((Event::Expire, Due::At(later + WEEK))),
        "the guardian's own seven days"
    );
    let consented = walk(frozen.clone(), &CONSENTED);
    assert_eq!((consented.state, consented.frozen()), (State::Active, false));
    // A mistake is looked at by a person, once; meanwhile no clock runs.
    let contested = walk(frozen, &[Event::Contest]);
    assert_eq!(contested.timer(), None);
    let cleared = at(&contested, Event::Uphold, &facts(), NOW)
        .expect("upheld")
        .guardianship;
    assert_eq!(
        (cleared.state, cleared.frozen(), cleared.band),
        (State::Cleared, false, Band::Adult)
    );
    let dismissed = at(&contested, Event::Dismiss, &facts(), later).expect("dismissed");
    assert_eq!(dismissed.timer, Some((Event::Expire, Due::At(later + WEEK))));
    let again = at(&dismissed.guardianship, Event::Contest, &facts(), later);
    assert_eq!(again.err(), Some(Minor::ContestUsed.into()));
}

#[test]
fn clause_2_7_a_who_cannot_be_the_guardian() {
    let told = walk(begun(Band::Child), &CONSENTED[..2]);
    let prove = |change: fn(&mut Facts)| {
        let mut facts = facts();
        change(&mut facts);
        at(&told, Event::Prove, &facts, NOW).err()
    };
    assert_eq!(
        prove(|facts| facts.oneself = true),
        Some(Minor::GuardianNotSelf.into())
    );
    assert_eq!(
        prove(|facts| facts.adult = false),
        Some(Minor::GuardianUnderAge.into())
    );
    assert_eq!(
        prove(|facts| facts.stated = false),
        Some(Minor::GuardianStatement.into())
    );
    assert_eq!(
        prove(|facts| facts.children = CHILDREN),
        Some(Minor::GuardianMany.into())
    );
    assert_eq!(prove(|facts| facts.children = CHILDREN - 1), None);
    let oneself = Facts {
        oneself: true,
        ..facts()
    };
    assert_eq!(
        at(&begun(Band::Child), Event::Ask, &oneself, NOW).err(),
        Some(Minor::GuardianSelf.into())
    );
}

#[test]
fn clause_2_7_a_each_necessary_purpose_is_agreed_to_by_itself() {
    let informed = walk(begun(Band::Child), &CONSENTED[..4]);
    for (account, messages) in [(false, true), (true, false), (false, false)] {
        let facts = Facts {
            account,
            messages,
            ..facts()
        };
        let refused = at(&informed, Event::Consent, &facts, NOW).err();
        assert_eq!(refused, Some(Minor::GuardianPurposes.into()));
    }
    let sixth = Facts {
        children: CHILDREN,
        ..facts()
    };
    assert_eq!(
        at(&informed, Event::Consent, &sixth, NOW).err(),
        Some(Minor::GuardianMany.into())
    );
    let proven = walk(begun(Band::Child), &CONSENTED[..3]);
    let unread = Facts {
        sure: false,
        ..facts()
    };
    assert_eq!(
        at(&proven, Event::Read, &unread, NOW).err(),
        Some(Minor::GuardianRules.into())
    );
}

#[test]
fn clause_2_7_a_after_a_no_the_guardian_is_left_alone_for_thirty_days() {
    for (ago, refused) in [
        (ASK_AGAIN - Duration::SECOND, Some(Minor::GuardianRefused.into())),
        (ASK_AGAIN, None),
    ] {
        let facts = Facts {
            refused_at: Some(NOW - ago),
            ..facts()
        };
        assert_eq!(at(&begun(Band::Teen), Event::Ask, &facts, NOW).err(), refused);
    }
    assert_eq!(may_ask(TO_ONE - 1, BY_ONE - 1), Ok(()));
    assert_eq!(may_ask(TO_ONE, 0), Err(Minor::GuardianOften.into()));
    assert_eq!(may_ask(0, BY_ONE), Err(Minor::GuardianOften.into()));
}

#[test]
fn clause_2_7_a_going_back_and_choosing_older_does_not_pass_for_seven_days() {
    let days = Duration::days(ANSWER_DAYS);
    for (was, now, refused) in [
        (Band::Child, Band::Adult, true),
        (Band::Child, Band::Teen, true),
        (Band::Teen, Band::Adult, true),
        (Band::Teen, Band::Child, false),
        (Band::Adult, Band::Child, false),
        (Band::Child, Band::Child, false),
    ] {
        let earlier = |at| Some((was, at));
        let last = may_answer(now, earlier(NOW - days + Duration::SECOND), NOW);
        assert_eq!(last.is_err(), refused, "{was:?} {now:?}");
        assert_eq!(may_answer(now, earlier(NOW - days), NOW), Ok(()));
    }
    assert_eq!(may_answer(Band::Adult, None, NOW), Ok(()));
}

#[test]
fn clause_1_5_a_band_changes_on_the_birthday_in_beijing() {
    // Midnight in Beijing is four in the afternoon before in UTC.
    let midnight = datetime!(2026-11-20 16:00 UTC);
    for (birth, before, after) in [
        (date!(2012 - 11 - 21), Band::Child, Band::Child),
        (date!(2011 - 11 - 21), Band::Child, Band::Teen),
        (date!(2008 - 11 - 21), Band::Teen, Band::Adult),
    ] {
        assert_eq!(Band::of(birth, midnight - Duration::SECOND), before, "{birth}");
        assert_eq!(Band::of(birth, midnight), after, "{birth}");
    }
    let leap = date!(2008 - 02 - 29);
    assert_eq!(Band::of(leap, datetime!(2026-02-28 23:59:59 +8)), Band::Teen);
    assert_eq!(Band::of(leap, datetime!(2026-03-01 0:00 +8)), Band::Adult);
}

#[test]
fn a_child_turns_fifteen_before_anybody_says_eighteen() {
    let child = walk(begun(Band::Child), &CONSENTED);
    assert_eq!(
        at(&child, Event::ComeOfAge, &facts(), NOW).err(),
        Some(Minor::GuardianNotNow.into())
    );
    let teen = at(&child, Event::TurnFifteen, &facts(), NOW)
        .expect("fifteen")
        .guardianship;
    assert_eq!((teen.band, teen.state), (Band::Teen, State::Active));
    assert_eq!(
        at(&teen, Event::TurnFifteen, &facts(), NOW).err(),
        Some(Minor::GuardianNotNow.into())
    );
    let adult = at(&teen, Event::ComeOfAge, &facts(), NOW)
        .expect("of age")
        .guardianship;
    assert_eq!((adult.band, adult.state), (Band::Adult, State::OfAge));
    let lost = walk(teen, &[Event::Lose]);
    assert!(
        lost.frozen() && lost.timer().is_some(),
        "another guardian is asked"
    );
}

#[test]
fn what_is_counted_is_counted_once() {
    let counted: Vec<Tally> = Event::ALL
        .iter()
        .filter_map(|event| Guardianship::tally(*event))
        .collect();
    assert_eq!(counted.len(), 8);
    for (place, one) in counted.iter().enumerate() {
        assert!(!counted[..place].contains(one));
    }
}
