//! How a decision of the guard ends, and how a human looks at it again (PIPL 24): who was stopped says
//! why in one of few ways, so that nothing more about them is collected; a member of staff lifts it or
//! lets it stand, names the reason, and the person is told.

use crate::named::named;
use crate::refused::{Party, Refused};

named! {
    /// How far a decision is.
    State {
        /// Nothing followed yet.
        Standing = "standing" "等待处理" "open",
        /// Nothing was to follow: it went on.
        Done = "done" "已放行" "went on",
        /// The person proved themselves.
        Passed = "passed" "已由本人验证" "proved by the holder",
        /// The person set a new password with a code to their phone.
        Recovered = "recovered" "已由本人找回" "recovered by the holder",
        /// A human lifted it.
        Lifted = "lifted" "人工复核后解除" "lifted by a human",
        /// A human let it stand.
        Upheld = "upheld" "人工复核后维持" "upheld by a human",
    }
}

impl State {
    /// Whether what was decided still keeps somebody back.
    #[must_use]
    pub const fn keeps(self) -> bool {
        matches!(self, Self::Standing | Self::Upheld)
    }
}

named! {
    /// Why the person contests.
    Ground {
        /// It was they who logged in.
        Me = "me" "是我本人在登录，系统判断错了" "It was me; the system is wrong",
        /// They have no way to prove it: the number is out of reach.
        NoPhone = "no_phone" "是我本人，但暂时收不到短信，无法验证" "It was me, but I cannot receive messages now",
        /// They were travelling, or behind a proxy.
        Away = "away" "我在外地、境外或使用了代理" "I was travelling, abroad or behind a proxy",
        /// They want a human to look, whatever it was.
        Human = "human" "我要求由人工重新决定" "I want a human to decide",
    }
}

named! {
    /// What a human decided, and why.
    Ruling {
        /// The person was recognised.
        Recognised = "recognised" "解除：已核实为本人" "Lifted: the holder was recognised",
        /// The signals say nothing here.
        Mistaken = "mistaken" "解除：信号有误，不应拦截" "Lifted: the signals were mistaken",
        /// It is not shown that it was the holder.
        Unproved = "unproved" "维持：尚不能确认是本人，请先重置密码" "Upheld: it is not shown to be the holder; reset the password first",
        /// The attack goes on.
        Attacked = "attacked" "维持：账号正在被攻击，请先重置密码" "Upheld: the account is under attack; reset the password first",
    }
}

impl Ruling {
    /// What the decision becomes.
    #[must_use]
    pub const fn state(self) -> State {
        match self {
            Self::Recognised | Self::Mistaken => State::Lifted,
            Self::Unproved | Self::Attacked => State::Upheld,
        }
    }
}

/// Working days in which a human answers, like a complaint.
pub const ANSWER_DAYS: u32 = 3;

/// The ground as chosen.
///
/// # Errors
/// [`Party::ContestGround`].
pub fn ground(typed: &str) -> Result<Ground, Refused> {
    Ground::parse(typed).ok_or_else(|| Party::ContestGround.into())
}

/// Whether a decision may be contested: while it keeps somebody back, and once.
///
/// # Errors
/// [`Party::ContestNotNow`].
pub fn may_contest(state: State, contested: bool) -> Result<(), Refused> {
    if state == State::Standing && !contested {
        Ok(())
    } else {
        Err(Party::ContestNotNow.into())
    }
}

/// The ruling as chosen, for a decision that was contested and not ruled on.
///
/// # Errors
/// [`Party::ContestRuling`], [`Party::ContestNotNow`].
pub fn rule(typed: &str, state: State, contested: bool) -> Result<Ruling, Refused> {
    let ruling = Ruling::parse(typed).ok_or(Party::ContestRuling)?;
    if state == State::Standing && contested {
        Ok(ruling)
    } else {
        Err(Party::ContestNotNow.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_2_2_3_b_a_decision_is_contested_while_it_stands_and_once() {
        for state in State::ALL {
            let fine = *state == State::Standing;
            assert_eq!(may_contest(*state, false).is_ok(), fine, "{state:?}");
            assert!(may_contest(*state, true).is_err());
            assert_eq!(rule("recognised", *state, true).is_ok(), fine);
            assert!(rule("recognised", *state, false).is_err(), "nobody rules unasked");
        }
        assert_eq!(rule("", State::Standing, true), Err(Party::ContestRuling.into()));
        assert_eq!(ground("because"), Err(Party::ContestGround.into()));
        assert_eq!(Ruling::Mistaken.state(), State::Lifted);
        assert!(Ruling::Attacked.state().keeps() && !State::Passed.keeps());
    }
}
