//! Passwords: long enough, hard to guess, not made of what is known about the person.

use zxcvbn::Score;

use crate::refused::Refused;

/// Shortest password, in characters.
pub const MIN_CHARS: usize = 10;
/// Longest password, in characters; beyond it the hash would only cost time.
pub const MAX_CHARS: usize = 128;

/// Words that Chinese users put into passwords and foreign dictionaries do not know.
const WEAK_WORDS: &[&str] = &[
    "woaini",
    "aini",
    "iloveyou",
    "5201314",
    "1314520",
    "520",
    "woaizhongguo",
    "zhongguo",
    "beijing",
    "shanghai",
    "guangzhou",
    "shenzhen",
    "mima",
    "mima123",
    "denglu",
    "zhuce",
    "gongsi",
    "kuaiji",
    "caiwu",
    "daizhang",
    "qifu",
    "qifu365",
    "woshishui",
    "nihao",
    "xiaoxiao",
    "baobao",
    "laopo",
    "laogong",
    "gongxifacai",
    "yifanfengshun",
    "zhang",
    "wang",
    "chen",
    "yang",
    "huang",
    "zhao",
    "zhou",
    "a123456",
    "qq123456",
    "wang123",
    "asd123456",
];

/// Checks a new password against the rules and against the person's own data.
///
/// # Errors
/// [`Refused::PasswordMissing`], [`Refused::PasswordShort`], [`Refused::PasswordLong`],
/// [`Refused::PasswordWeak`].
pub fn check(password: &str, own: &[&str]) -> Result<(), Refused> {
    match password.chars().take(MAX_CHARS + 1).count() {
        0 => return Err(Refused::PasswordMissing),
        count if count < MIN_CHARS => return Err(Refused::PasswordShort),
        count if count > MAX_CHARS => return Err(Refused::PasswordLong),
        _ => {}
    }
    let known: Vec<&str> = WEAK_WORDS.iter().copied().chain(own.iter().copied()).collect();
    if zxcvbn::zxcvbn(password, &known).score() < Score::Three {
        Err(Refused::PasswordWeak)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_2_5_4_h_boundaries_of_length() {
        assert_eq!(check("", &[]), Err(Refused::PasswordMissing));
        assert_eq!(check("xK7!vQ2#m", &[]), Err(Refused::PasswordShort));
        assert_eq!(check("xK7!vQ2#mZ", &[]), Ok(()));
        assert_eq!(check(&"青栀云砚".repeat(33), &[]), Err(Refused::PasswordLong));
    }

    #[test]
    fn clause_2_5_4_h_what_is_guessed_first_is_refused() {
        for weak in [
            "1234567890",
            "woaini5201314",
            "qifu365qifu365",
            "aaaaaaaaaaaa",
            "password123",
            "mima123456",
        ] {
            assert_eq!(check(weak, &[]), Err(Refused::PasswordWeak), "{weak}");
        }
    }

    #[test]
    fn clause_2_5_4_h_the_persons_own_data_makes_no_password() {
        assert_eq!(
            check("qingzhifuwu99", &["qingzhifuwu", "13800000001"]),
            Err(Refused::PasswordWeak)
        );
        assert_eq!(check("13800000001", &["13800000001"]), Err(Refused::PasswordWeak));
        assert_eq!(check("四盏灯 照着 旧码头", &["lin"]), Ok(()));
    }
}
