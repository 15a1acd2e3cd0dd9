//! Operations of a person's own account.

use super::super::account;
use super::super::answer::account::{Account, Children, DeviceList, Names, PersonVerification};
use super::{Group, Operation, PLAIN, Part, answer};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        path: "/api/v1/account",
        id: "get_account",
        group: Group::Account,
        what: (
            "本人账号概览：名称、遮盖的手机号、登录设备、同意记录、谁看过我的信息",
            "One's own account: name, masked phone, devices, acceptances, who opened one's data",
        ),
        answer: Some(answer::<Account>()),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/account/verification",
        id: "get_verification",
        group: Group::Account,
        what: (
            "本人实名认证的状态；不含姓名和证件号，认证须本人在网站上办理",
            "How one's real-name verification stands; neither name nor number. It is begun on the site alone",
        ),
        answer: Some(answer::<PersonVerification>()),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/account/devices",
        id: "list_devices",
        group: Group::Account,
        what: ("登录中的设备", "The devices that are logged in"),
        answer: Some(answer::<DeviceList>()),
        ..PLAIN
    },
    Operation {
        method: "delete",
        path: "/api/v1/account/devices/{session}",
        id: "end_device",
        group: Group::Account,
        what: (
            "退出一台设备；重复发送只是再得到 404",
            "Log a device out; sent again it only answers 404",
        ),
        parts: &[Part::Session],
        status: 204,
        ..PLAIN
    },
    Operation {
        path: "/api/v1/account/names",
        id: "get_names",
        group: Group::Account,
        what: (
            "账号名与显示名，以及何时可以再改账号名；账号名须本人在网站上凭密码修改",
            "Account name and display name, and when the account name may change again; it is changed on the site, with the password",
        ),
        answer: Some(answer::<Names>()),
        ..PLAIN
    },
    Operation {
        method: "put",
        path: "/api/v1/account/display-name",
        id: "set_display_name",
        group: Group::Account,
        what: (
            "修改显示名，空文本即不设；重复发送不会再记录一次",
            "Correct the display name, an empty text for none; sent again it is not recorded again",
        ),
        body: account::DISPLAY_NAME,
        status: 204,
        ..PLAIN
    },
    Operation {
        path: "/api/v1/account/children",
        id: "list_children",
        group: Group::Account,
        what: (
            "本人作为监护人：等待答复的请求和已同意的未成年人；只有状态，同意和查看在网站上",
            "One's requests and consents as a guardian, how each stands; consenting and reading are done on the site",
        ),
        answer: Some(answer::<Children>()),
        ..PLAIN
    },
];
