//! The signals by name: what each says to the person, how much it weighs, what removes it. The list is
//! the whole of what a decision may rest on.

macro_rules! signals {
    ($($(#[$doc:meta])* $name:ident = $code:literal $weight:literal $network:literal
        $zh:literal $en:literal $zh_removed:literal $en_removed:literal,)+) => {
        /// A signal of the security guard.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Signal { $($(#[$doc])* $name,)+ }

        impl Signal {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable identifier.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The identifier read back.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }

            /// What it adds to the score.
            #[must_use]
            pub const fn weight(self) -> i64 {
                match self { $(Self::$name => $weight,)+ }
            }

            /// Whether it is about the network alone, and so the same for every account.
            #[must_use]
            pub const fn of_network(self) -> bool {
                match self { $(Self::$name => $network,)+ }
            }

            /// What it says, in Chinese or English.
            #[must_use]
            pub const fn label(self, zh: bool) -> &'static str {
                match self { $(Self::$name => if zh { $zh } else { $en },)+ }
            }

            /// What removes it, in Chinese or English.
            #[must_use]
            pub const fn removed(self, zh: bool) -> &'static str {
                match self { $(Self::$name => if zh { $zh_removed } else { $en_removed },)+ }
            }
        }
    };
}

signals! {
    /// Many names tried and failed from one network.
    Stuffing = "stuffing" 60 true
        "同一网络一小时内用多个账号登录失败，像是在批量试密码"
        "Log-ins to many accounts failed from the same network within an hour, as if passwords were being tried in bulk"
        "一小时内没有新的失败即消失；换一个网络登录也可以"
        "Goes an hour after the last failure, or from another network",
    /// A burst of tries from one network.
    NetworkVelocity = "network_velocity" 60 true
        "同一网络十分钟内的登录次数过多"
        "Too many log-ins from the same network within ten minutes"
        "十分钟后消失；换一个网络登录也可以"
        "Goes after ten minutes, or from another network",
    /// Many codes asked for from one network.
    NetworkCodes = "network_codes" 60 true
        "同一网络一小时内索取的验证码过多"
        "Too many codes were asked for from the same network within an hour"
        "一小时后消失；换一个网络也可以"
        "Goes after an hour, or from another network",
    /// The account's log-in failed again and again.
    Failures = "failures" 30 false
        "您的账号十五分钟内多次登录失败"
        "Log-ins to your account failed several times within fifteen minutes"
        "十五分钟后消失"
        "Goes after fifteen minutes",
    /// The account's log-in failed from several networks.
    ManyNetworks = "many_networks" 30 false
        "一小时内有多个网络在尝试登录您的账号"
        "Log-ins to your account failed from several networks within an hour"
        "一小时内没有新的失败即消失"
        "Goes an hour after the last failure",
    /// Many codes were asked for with the account.
    Codes = "codes" 15 false
        "您的账号一小时内多次索取验证码"
        "Codes were asked for with your account several times within an hour"
        "一小时后消失"
        "Goes after an hour",
    /// Sessions of the account are used from several networks at once.
    InUseElsewhere = "in_use_elsewhere" 20 false
        "您的账号一小时内在多个网络同时使用"
        "Your account was in use from several networks within an hour"
        "退出不在用的设备，一小时后消失"
        "Log out devices that you do not use; it goes after an hour",
    /// A device that did not log in before.
    NewDevice = "new_device" 25 false
        "这台设备（浏览器与系统）近九十天没有登录过您的账号"
        "This device (browser and system) has not logged in to your account within ninety days"
        "在这台设备上成功登录一次后消失"
        "Goes after one log-in on this device",
    /// A network that was not logged in from before.
    NewNetwork = "new_network" 15 false
        "这个网络近九十天没有登录过您的账号"
        "Nobody logged in to your account from this network within ninety days"
        "从这个网络成功登录一次后消失"
        "Goes after one log-in from this network",
    /// Too far from the last log-in.
    TooFar = "too_far" 45 false
        "与上一次登录的地点相距太远，这段时间来不及到达"
        "Too far from the place of the last log-in for the time between"
        "验证一次后，以这里为准；使用代理或国际漫游时也会出现"
        "Once you prove yourself, this place counts; proxies and roaming show it too",
    /// A password that is guessed first.
    WeakPassword = "weak_password" 25 false
        "登录密码属于常见的、容易被猜到的密码"
        "The password is a common one that is guessed first"
        "更换密码后消失"
        "Goes with another password",
    /// The number was changed lately.
    NewPhone = "new_phone" 10 false
        "账号的手机号七天内更换过"
        "The account's number was changed within seven days"
        "更换满七天后消失"
        "Goes seven days after the change",
}
