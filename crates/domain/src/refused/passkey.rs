//! Refusals about passkeys. What is said at the door does not tell whether a passkey or its account exists.

use super::Refused;

refusals! {
    /// Why a rule about passkeys says no.
    Passkey;
    /// At the door, or where it is proved who is there: whatever was wrong with the answer.
    Wrong = "passkey_wrong" "passkey"
        "通行密钥没有通过验证。请再试一次，并在设备上完成指纹、面容或锁屏密码验证；如果这把密钥已从账号移除，请改用密码登录。"
        "The passkey was not accepted. Try again and confirm with fingerprint, face or screen lock; if this passkey was removed from the account, log in with the password.",
    /// The challenge was used, ran out, or belongs to another browser or session.
    Stale = "passkey_stale" "passkey"
        "这次通行密钥验证已超时或已用过。请点按钮重新开始，并在 5 分钟内完成。"
        "This passkey prompt ran out or was used already. Press the button to begin again, and finish within 5 minutes.",
    /// The counter went back: there may be a copy of the authenticator.
    Copied = "passkey_copied" "passkey"
        "这把通行密钥的使用计数倒退，可能已被复制，因此没有采用。请改用密码登录，并在“通行密钥”页移除它。"
        "The passkey's counter went back: it may have been copied, so it was not accepted. Log in with the password and remove it on the passkeys page.",
    /// The account has none.
    Missing = "passkey_missing" "passkey"
        "这个账号没有可用的通行密钥，请填写验证器上的验证码或恢复码。"
        "This account has no passkey; enter the code of your authenticator app, or a recovery code.",
    /// The site is not set up for passkeys.
    Unavailable = "passkey_unavailable" "passkey"
        "本站目前不能使用通行密钥，请改用密码和验证器。"
        "Passkeys cannot be used on this site at present; use the password and your authenticator app.",
    /// What the device gave back is no new passkey.
    Unreadable = "passkey_unreadable" "passkey"
        "设备没有返回有效的通行密钥，没有添加。请重试；如仍不行，请换一台设备或更新浏览器。"
        "The device did not give a valid passkey, and none was added. Try again; if it happens again, use another device or update the browser.",
    /// Made without fingerprint, face or PIN.
    Unverified = "passkey_unverified" "passkey"
        "添加时没有完成指纹、面容或锁屏密码验证。请先在设备上设置其中一种，再重试。"
        "The device did not check fingerprint, face or screen lock. Set one of them up on the device and try again.",
    /// Made for another address than this site's.
    Origin = "passkey_origin" "passkey"
        "这把通行密钥是在另一个网址下创建的，没有添加。请用本站的正式网址打开后重试。"
        "This passkey was made under another address, and was not added. Open the site by its proper address and try again.",
    /// The device's passkey is stored already.
    Taken = "passkey_taken" "passkey"
        "这把通行密钥已经添加过了，不需要重复添加。"
        "This passkey was added already; there is no need to add it again.",
    /// The account has as many as it may have.
    TooMany = "passkey_too_many" "passkey"
        "一个账号最多保存 10 把通行密钥。请先移除不用的，再添加新的。"
        "An account has at most 10 passkeys. Remove one that you no longer use, then add the new one.",
    /// The name is empty where one is needed, too long, or holds line breaks or hidden signs.
    Label = "passkey_label" "passkey_label"
        "请填写 1–40 个字符的名称，不含换行和不可见字符，例如“我的手机”。"
        "Enter a name of 1 to 40 characters without line breaks or hidden signs, such as “My phone”.",
}

impl From<Passkey> for Refused {
    fn from(passkey: Passkey) -> Self {
        Self::Passkey(passkey)
    }
}
