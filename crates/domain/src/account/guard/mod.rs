//! What guards accounts against those who are not their holders (账号安全守卫, 2.2.3): named signals, a
//! score that is their sum, and what follows from it. Nothing else about a person is looked at, and what
//! is decided here is used for nothing else. Every number is a row of [`RULES`]; whoever is held back is
//! told which signals stood, what removes each, and how a human looks again (PIPL 24).

pub mod contest;
pub mod puzzle;
pub mod region;
mod signal;

pub use contest::{Ground, Ruling, State};
pub use signal::Signal;

use time::{Duration, OffsetDateTime};

use crate::named::named;

named! {
    /// What somebody was about to do.
    Act {
        /// To log in with the password.
        Password = "password" "密码登录" "log-in with the password",
        /// To log in with a passkey.
        Passkey = "passkey" "通行密钥登录" "log-in with a passkey",
        /// To have a code sent.
        Code = "code" "索取验证码" "asking for a code",
        /// To set a new password with a code.
        Reset = "reset" "重置密码" "setting a new password",
        /// To prove an account whose number or second factor is lost.
        Recovery = "recovery" "找回账号" "recovering the account",
    }
}

named! {
    /// What follows from a score, from the mildest to the hardest.
    Outcome {
        /// It goes on.
        Allow = "allow" "放行" "went on",
        /// It goes on after one more proof: second factor, passkey, or a code to the own phone.
        StepUp = "step_up" "多验证一步" "one more step",
        /// It goes on after a wait, a puzzle, and one more proof.
        Hold = "hold" "暂缓" "held back",
        /// It does not go on until the person recovers the account, or a human lifts it.
        Freeze = "freeze" "冻结登录" "log-in frozen",
    }
}

impl Outcome {
    /// How hard it is: a greater one is never milder.
    #[must_use]
    pub const fn hardness(self) -> u8 {
        match self {
            Self::Allow => 0,
            Self::StepUp => 1,
            Self::Hold => 2,
            Self::Freeze => 3,
        }
    }

    /// The harder of two.
    #[must_use]
    pub const fn harder(self, other: Self) -> Self {
        if other.hardness() > self.hardness() {
            other
        } else {
            self
        }
    }
}

/// The thresholds, one version of them. Another version is another constant: decisions name theirs.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Its number, written with each decision.
    pub version: i64,
    /// From this score on one more proof is asked for.
    pub step_up: i64,
    /// From this score on the log-in is held.
    pub hold: i64,
    /// From this score on it is frozen.
    pub freeze: i64,
    /// From this score of the network's own signals on nothing is tried without a solved puzzle.
    pub door: i64,
    /// How long a hold waits, by score, the least first.
    pub waits: &'static [(i64, Duration)],
    /// Different names whose log-in failed from one network within [`HOUR`].
    pub names_per_network: i64,
    /// Tries from one network within [`SHORT`].
    pub tries_per_network: i64,
    /// Codes asked for from one network within [`HOUR`].
    pub codes_per_network: i64,
    /// Failures of one account within [`WINDOW`].
    pub failures_per_account: i64,
    /// Networks from which log-ins to one account failed within [`HOUR`].
    pub networks_per_account: i64,
    /// Codes asked for by one account within [`HOUR`].
    pub codes_per_account: i64,
    /// Networks from which one account's sessions were used within [`HOUR`].
    pub networks_in_use: i64,
    /// For so long a changed number counts as new.
    pub new_phone: Duration,
}

/// The window of bursts from one network.
pub const SHORT: Duration = Duration::minutes(10);
/// The window of failures of one account.
pub const WINDOW: Duration = Duration::minutes(15);
/// The window of what is slower.
pub const HOUR: Duration = Duration::hours(1);
/// How far back devices, networks and places of an account are known: no signal lives longer.
pub const MEMORY: Duration = Duration::days(90);
/// For so long whoever was stopped may go on from where they were, and the same try is the same decision.
pub const STANDING: Duration = Duration::minutes(30);
/// Wrong codes after which a stopped log-in is over.
pub const TRIES: i64 = 5;

/// The thresholds in force.
pub const RULES: Rules = Rules {
    version: 1,
    step_up: 40,
    hold: 70,
    freeze: 110,
    door: 50,
    waits: &[
        (0, Duration::seconds(20)),
        (85, Duration::minutes(2)),
        (100, Duration::minutes(10)),
    ],
    names_per_network: 10,
    tries_per_network: 100,
    codes_per_network: 20,
    failures_per_account: 5,
    networks_per_account: 3,
    codes_per_account: 4,
    networks_in_use: 3,
    new_phone: Duration::days(7),
};

/// What was counted: nothing of who the person is, only of tries, networks and devices. What is not known
/// (no address, no earlier log-in) is `None` and no signal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Names whose log-in failed from this network within [`HOUR`].
    pub network_names: i64,
    /// Tries from this network within [`SHORT`].
    pub network_tries: i64,
    /// Codes asked for from this network within [`HOUR`].
    pub network_codes: i64,
    /// Failures of this account within [`WINDOW`].
    pub failures: i64,
    /// Networks from which this account's log-in failed within [`HOUR`].
    pub failing_networks: i64,
    /// Codes this account asked for within [`HOUR`].
    pub codes: i64,
    /// Networks from which this account's sessions were used within [`HOUR`].
    pub networks_in_use: i64,
    /// Whether the device logged in before.
    pub known_device: Option<bool>,
    /// Whether the network was logged in from before.
    pub known_network: Option<bool>,
    /// Whether nobody travels from the last log-in's place to this one in the time between.
    pub too_far: bool,
    /// Whether the password is one that is guessed first.
    pub weak_password: bool,
    /// For how long the account has had its number, if it was changed.
    pub phone_age: Option<Duration>,
}

impl Facts {
    /// The signals that stand, each once, in the order of [`Signal::ALL`].
    #[must_use]
    pub fn signals(&self, rules: &Rules) -> Vec<Signal> {
        let stands = |signal: &Signal| match signal {
            Signal::Stuffing => self.network_names >= rules.names_per_network,
            Signal::NetworkVelocity => self.network_tries >= rules.tries_per_network,
            Signal::NetworkCodes => self.network_codes >= rules.codes_per_network,
            Signal::Failures => self.failures >= rules.failures_per_account,
            Signal::ManyNetworks => self.failing_networks >= rules.networks_per_account,
            Signal::Codes => self.codes >= rules.codes_per_account,
            Signal::InUseElsewhere => self.networks_in_use >= rules.networks_in_use,
            Signal::NewDevice => self.known_device == Some(false),
            Signal::NewNetwork => self.known_network == Some(false),
            Signal::TooFar => self.too_far,
            Signal::WeakPassword => self.weak_password,
            Signal::NewPhone => self.phone_age.is_some_and(|age| age < rules.new_phone),
        };
        Signal::ALL.iter().copied().filter(stands).collect()
    }
}

/// What was decided, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The signals that stood.
    pub signals: Vec<Signal>,
    /// The sum of their weights.
    pub score: i64,
    /// What follows.
    pub outcome: Outcome,
    /// How long a hold waits; nothing for anything else.
    pub wait: Duration,
    /// The version of the thresholds.
    pub rules: i64,
}

/// Decides about whoever proved themselves with what was asked. `step_taken`: the proof was itself more
/// than a password (a passkey), so that one more step is taken already.
#[must_use]
pub fn decide(facts: &Facts, rules: &Rules, step_taken: bool) -> Decision {
    of_signals(facts.signals(rules), rules, step_taken)
}

/// The same from the signals themselves.
#[must_use]
pub fn of_signals(signals: Vec<Signal>, rules: &Rules, step_taken: bool) -> Decision {
    let score = signals.iter().map(|signal| signal.weight()).sum();
    let outcome = match score {
        score if score >= rules.freeze => Outcome::Freeze,
        score if score >= rules.hold => Outcome::Hold,
        score if score >= rules.step_up && !step_taken => Outcome::StepUp,
        _ => Outcome::Allow,
    };
    let wait = if outcome == Outcome::Hold {
        wait(score, rules)
    } else {
        Duration::ZERO
    };
    Decision {
        signals,
        score,
        outcome,
        wait,
        rules: rules.version,
    }
}

/// How long somebody with this score waits.
#[must_use]
pub fn wait(score: i64, rules: &Rules) -> Duration {
    let reached = rules.waits.iter().rev().find(|(from, _)| score >= *from);
    reached.map_or(Duration::ZERO, |(_, wait)| *wait)
}

/// What a network's own signals say before anything is tried: `None` if it may be tried, otherwise the
/// score that a puzzle is made for. The same whether the account exists or not.
#[must_use]
pub fn door(facts: &Facts, rules: &Rules) -> Option<i64> {
    let signals = facts.signals(rules);
    let of_network = signals.iter().filter(|signal| signal.of_network());
    let score = of_network.map(|signal| signal.weight()).sum();
    (score >= rules.door).then_some(score)
}

/// The signals of a decision as one text, and read back; a word that is unknown is left out.
#[must_use]
pub fn written(signals: &[Signal]) -> String {
    let words: Vec<&str> = signals.iter().map(|signal| signal.as_str()).collect();
    words.join(",")
}

/// The signals of such a text.
#[must_use]
pub fn read(text: &str) -> Vec<Signal> {
    text.split(',').filter_map(Signal::parse).collect()
}

/// Until when a decision may be gone on with.
#[must_use]
pub fn stands_until(at: OffsetDateTime) -> OffsetDateTime {
    at + STANDING
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A person at home: everything known, nothing counted.
    fn calm() -> Facts {
        Facts {
            known_device: Some(true),
            known_network: Some(true),
            ..Facts::default()
        }
    }

    #[test]
    fn clause_2_2_3_a_the_score_is_the_sum_of_named_signals() {
        assert_eq!(decide(&calm(), &RULES, false).outcome, Outcome::Allow);
        assert_eq!(decide(&Facts::default(), &RULES, false).signals, []);
        let new = Facts {
            known_device: Some(false),
            known_network: Some(false),
            ..calm()
        };
        let decided = decide(&new, &RULES, false);
        assert_eq!(decided.signals, [Signal::NewDevice, Signal::NewNetwork]);
        assert_eq!(
            (decided.score, decided.outcome, decided.rules),
            (40, Outcome::StepUp, 1)
        );
        let far = Facts {
            too_far: true,
            ..new.clone()
        };
        assert_eq!(decide(&far, &RULES, false).outcome, Outcome::Hold);
        let guessed = Facts { failures: 5, ..far };
        assert_eq!(decide(&guessed, &RULES, false).outcome, Outcome::Freeze);
    }

    #[test]
    fn each_outcome_begins_at_its_threshold() {
        let rules = |step_up, hold, freeze| Rules {
            step_up,
            hold,
            freeze,
            ..RULES
        };
        let signals = vec![Signal::NewDevice, Signal::NewNetwork];
        for (rules, outcome) in [
            (rules(41, 70, 110), Outcome::Allow),
            (rules(40, 70, 110), Outcome::StepUp),
            (rules(39, 41, 110), Outcome::StepUp),
            (rules(39, 40, 110), Outcome::Hold),
            (rules(39, 39, 41), Outcome::Hold),
            (rules(39, 39, 40), Outcome::Freeze),
        ] {
            assert_eq!(
                of_signals(signals.clone(), &rules, false).outcome,
                outcome,
                "{rules:?}"
            );
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a row for each signal")]
    fn each_signal_begins_at_its_figure() {
        let day = Duration::days(1);
        for (below, at, signal) in [
            (
                Facts {
                    network_names: 9,
                    ..calm()
                },
                Facts {
                    network_names: 10,
                    ..calm()
                },
                Signal::Stuffing,
            ),
            (
                Facts {
                    network_tries: 99,
                    ..calm()
                },
                Facts {
                    network_tries: 100,
                    ..calm()
                },
                Signal::NetworkVelocity,
            ),
            (
                Facts {
                    network_codes: 19,
                    ..calm()
                },
                Facts {
                    network_codes: 20,
                    ..calm()
                },
                Signal::NetworkCodes,
            ),
            (
                Facts {
                    failures: 4,
                    ..calm()
                },
                Facts {
                    failures: 5,
                    ..calm()
                },
                Signal::Failures,
            ),
            (
                Facts {
                    failing_networks: 2,
                    ..calm()
                },
                Facts {
                    failing_networks: 3,
                    ..calm()
                },
                Signal::ManyNetworks,
            ),
            (
                Facts { codes: 3, ..calm() },
                Facts { codes: 4, ..calm() },
                Signal::Codes,
            ),
            (
                Facts {
                    networks_in_use: 2,
                    ..calm()
                },
                Facts {
                    networks_in_use: 3,
                    ..calm()
                },
                Signal::InUseElsewhere,
            ),
            (
                calm(),
                Facts {
                    known_device: Some(false),
                    ..calm()
                },
                Signal::NewDevice,
            ),
            (
                Facts {
                    known_network: None,
                    ..calm()
                },
                Facts {
                    known_network: Some(false),
                    ..calm()
                },
                Signal::NewNetwork,
            ),
            (
                calm(),
                Facts {
                    too_far: true,
                    ..calm()
                },
                Signal::TooFar,
            ),
            (
                calm(),
                Facts {
                    weak_password: true,
                    ..calm()
                },
                Signal::WeakPassword,
            ),
            (
                Facts {
                    phone_age: Some(day * 7),
                    ..calm()
                },
                Facts {
                    phone_age: Some(day * 7 - Duration::SECOND),
                    ..calm()
                },
                Signal::NewPhone,
            ),
        ] {
            assert_eq!(below.signals(&RULES), [], "{signal:?}");
            assert_eq!(at.signals(&RULES), [signal]);
        }
    }

    #[test]
    fn a_passkey_is_the_step_itself_and_no_way_past_more() {
        let signals = vec![Signal::NewDevice, Signal::NewNetwork];
        assert_eq!(of_signals(signals.clone(), &RULES, true).outcome, Outcome::Allow);
        let held = [signals, vec![Signal::TooFar]].concat();
        assert_eq!(of_signals(held, &RULES, true).outcome, Outcome::Hold);
    }

    #[test]
    fn a_hold_waits_longer_for_more() {
        for (score, seconds) in [(70, 20), (84, 20), (85, 120), (99, 120), (100, 600), (1_000, 600)] {
            assert_eq!(wait(score, &RULES), Duration::seconds(seconds), "{score}");
        }
    }

    #[test]
    fn clause_2_2_3_d_the_door_looks_at_the_network_alone() {
        let own = Facts {
            too_far: true,
            failures: 99,
            known_device: Some(false),
            ..calm()
        };
        assert_eq!(door(&own, &RULES), None);
        assert_eq!(
            door(
                &Facts {
                    network_names: 9,
                    ..own.clone()
                },
                &RULES
            ),
            None
        );
        assert_eq!(
            door(
                &Facts {
                    network_names: 10,
                    ..own
                },
                &RULES
            ),
            Some(60)
        );
    }

    #[test]
    fn every_signal_says_what_it_is_and_what_removes_it() {
        for signal in Signal::ALL {
            for zh in [true, false] {
                assert!(!signal.label(zh).is_empty() && !signal.removed(zh).is_empty());
            }
            assert!(signal.weight() > 0, "a signal without weight is none");
            assert_eq!(Signal::parse(signal.as_str()), Some(*signal));
        }
        assert_eq!(read(&written(Signal::ALL)), Signal::ALL);
        assert_eq!(read(""), []);
        // The weak password is looked for only when something else stands: alone it must decide nothing.
        assert!(Signal::WeakPassword.weight() < RULES.step_up);
    }

    fn some() -> impl Strategy<Value = Vec<Signal>> {
        proptest::sample::subsequence(Signal::ALL, 0..=Signal::ALL.len())
    }

    proptest! {
        #[test]
        fn more_signals_never_have_a_milder_outcome(few in some(), more in some(), step in any::<bool>()) {
            let all: Vec<Signal> =
                Signal::ALL.iter().copied().filter(|one| few.contains(one) || more.contains(one)).collect();
            let (less, more) = (of_signals(few, &RULES, step), of_signals(all, &RULES, step));
            prop_assert!(more.score >= less.score);
            prop_assert!(more.outcome.hardness() >= less.outcome.hardness());
            prop_assert!(more.outcome != Outcome::Hold || more.wait >= less.wait);
        }

        #[test]
        fn the_same_facts_always_decide_the_same(
            counts in proptest::array::uniform7(0_i64..120), device in any::<Option<bool>>(),
            network in any::<Option<bool>>(), far in any::<bool>(), days in proptest::option::of(0_i64..20),
        ) {
            let [network_names, network_tries, network_codes, failures, failing_networks, codes, networks_in_use] = counts;
            let facts = Facts {
                network_names, network_tries, network_codes, failures, failing_networks, codes, networks_in_use,
                known_device: device, known_network: network, too_far: far, weak_password: false,
                phone_age: days.map(Duration::days),
            };
            let decided = decide(&facts, &RULES, false);
            prop_assert_eq!(&decided, &decide(&facts, &RULES, false));
            prop_assert_eq!(decided.score, decided.signals.iter().map(|signal| signal.weight()).sum::<i64>());
            prop_assert_eq!(door(&facts, &RULES).is_some(), network_names >= 10 || network_tries >= 100 || network_codes >= 20);
        }
    }
}
