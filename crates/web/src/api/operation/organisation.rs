//! Operations on the organisations of a person: members, limits, approvals, standing as a supplier.

use super::super::answer::organisation::{
    Invitation, InvitationList, Organisation, OrganisationList, SupplierStanding,
};
use super::super::answer::spending::{Request, RequestList};
use super::super::{member, organisation, spending};
use super::{Group, Operation, PLAIN, Part, answer};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        path: "/api/v1/organisations",
        id: "list_organisations",
        group: Group::Organisation,
        what: (
            "本人所在的企业；为企业创建的令牌只看到那一家",
            "One's organisations; a token made for one of them sees that one",
        ),
        answer: Some(answer::<OrganisationList>()),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/organisations/{id}",
        id: "get_organisation",
        group: Group::Organisation,
        what: (
            "一家企业及其成员；每打开一位成员的显示名都有记录",
            "One organisation with its members; each display name opened is on its person's record",
        ),
        parts: &[Part::Id],
        query: organisation::MEMBERS,
        answer: Some(answer::<Organisation>()),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/organisations/{id}/supplier",
        id: "get_supplier_standing",
        group: Group::Organisation,
        what: (
            "这家企业作为服务商的状态：类目、资质及到期日、已签协议、待签版本",
            "The organisation as a supplier: categories, licences and their ends, what it signed and has to sign",
        ),
        parts: &[Part::Id],
        answer: Some(answer::<SupplierStanding>()),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/organisations/{id}/invitations",
        id: "list_invitations",
        group: Group::Organisation,
        what: (
            "等待答复的邀请；不含号码",
            "Invitations that wait for an answer; to which numbers they went is not in it",
        ),
        parts: &[Part::Id],
        answer: Some(answer::<InvitationList>()),
        ..PLAIN
    },
    Operation {
        method: "post",
        path: "/api/v1/organisations/{id}/invitations",
        id: "invite_member",
        group: Group::Organisation,
        what: (
            "邀请一个手机号加入；无论该号码有没有账号，答复都一样；邀请所有者或管理员须本人在网站上办理",
            "Invite a phone; the answer is the same whether or not the number has an account. Owners and administrators are invited on the site",
        ),
        parts: &[Part::Id],
        headers: member::INVITE_HEADERS,
        body: member::INVITE,
        status: 201,
        answer: Some(answer::<Invitation>()),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/organisations/{id}/invitations/{invitation}",
        id: "get_invitation",
        group: Group::Organisation,
        what: (
            "一份邀请；不说明对方是否已答复",
            "One invitation; not what became of it",
        ),
        parts: &[Part::Id, Part::Invitation],
        answer: Some(answer::<Invitation>()),
        ..PLAIN
    },
    Operation {
        method: "delete",
        path: "/api/v1/organisations/{id}/invitations/{invitation}",
        id: "take_back_invitation",
        group: Group::Organisation,
        what: (
            "撤回邀请；已撤回或已答复的，再次发送得到 409",
            "Take an invitation back; sent again it answers 409",
        ),
        parts: &[Part::Id, Part::Invitation],
        status: 204,
        errors: &[409],
        ..PLAIN
    },
    Operation {
        method: "put",
        path: "/api/v1/organisations/{id}/members/{member}/seat",
        id: "set_seat",
        group: Group::Organisation,
        what: (
            "更换成员的角色；涉及所有者的须本人在网站上办理",
            "Give a member another role; to or from owner it is done on the site",
        ),
        parts: &[Part::Id, Part::Member],
        body: member::SEAT,
        status: 204,
        ..PLAIN
    },
    Operation {
        method: "delete",
        path: "/api/v1/organisations/{id}/members/{member}",
        id: "remove_member",
        group: Group::Organisation,
        what: (
            "移出成员；移出自己即离开；移出另一位所有者须本人在网站上办理",
            "End a membership; one's own is to leave. Another owner's is ended on the site",
        ),
        parts: &[Part::Id, Part::Member],
        status: 204,
        ..PLAIN
    },
    Operation {
        method: "put",
        path: "/api/v1/organisations/{id}/limits",
        id: "set_limits",
        group: Group::Organisation,
        what: (
            "全体采购成员的额度，整体替换：不写即不设上限",
            "Limits of everybody who purchases, replaced as a whole: what is left out has no limit",
        ),
        parts: &[Part::Id],
        body: member::LIMITS,
        status: 204,
        ..PLAIN
    },
    Operation {
        method: "put",
        path: "/api/v1/organisations/{id}/members/{member}/limits",
        id: "set_member_limits",
        group: Group::Organisation,
        what: (
            "一位成员自己的额度，整体替换：不写即沿用全体的额度",
            "A member's own limits, replaced as a whole: what is left out is as for everybody",
        ),
        parts: &[Part::Id, Part::Member],
        body: member::MEMBER_LIMITS,
        status: 204,
        ..PLAIN
    },
    Operation {
        path: "/api/v1/organisations/{id}/requests",
        id: "list_requests",
        group: Group::Organisation,
        what: (
            "采购申请与本人额度；须为该企业创建的令牌",
            "Requests for approval and one's own limits; needs a token made for this organisation",
        ),
        parts: &[Part::Id],
        answer: Some(answer::<RequestList>()),
        ..PLAIN
    },
    Operation {
        method: "post",
        path: "/api/v1/organisations/{id}/requests",
        id: "ask_approval",
        group: Group::Organisation,
        what: (
            "为超出额度的采购申请审批；须为该企业创建的令牌",
            "Ask for the approval of a purchase above one's limits; needs a token made for this organisation",
        ),
        parts: &[Part::Id],
        headers: spending::ASK_HEADERS,
        body: spending::ASK,
        status: 201,
        answer: Some(answer::<Request>()),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/organisations/{id}/requests/{request}",
        id: "get_request",
        group: Group::Organisation,
        what: (
            "一份采购申请：本人的，或由本人审批的",
            "One request: one's own, or one that one may decide about",
        ),
        parts: &[Part::Id, Part::Request],
        answer: Some(answer::<Request>()),
        ..PLAIN
    },
    Operation {
        method: "put",
        path: "/api/v1/organisations/{id}/requests/{request}/withdrawal",
        id: "take_back_request",
        group: Group::Organisation,
        what: (
            "撤回本人的申请；再次发送得到 409",
            "Take one's own request back; sent again it answers 409",
        ),
        parts: &[Part::Id, Part::Request],
        status: 204,
        errors: &[409],
        ..PLAIN
    },
    Operation {
        method: "put",
        path: "/api/v1/organisations/{id}/requests/{request}/approval",
        id: "approve_request",
        group: Group::Organisation,
        what: (
            "批准申请，须写明看到的金额；重复发送得到同样的答复",
            "Approve a request, naming the amount that was seen; sent again it answers the same",
        ),
        parts: &[Part::Id, Part::Request],
        body: spending::APPROVE,
        answer: Some(answer::<Request>()),
        errors: &[409],
        ..PLAIN
    },
    Operation {
        method: "put",
        path: "/api/v1/organisations/{id}/requests/{request}/refusal",
        id: "refuse_request",
        group: Group::Organisation,
        what: (
            "不批准申请，须说明原因；重复发送得到同样的答复",
            "Decline a request, saying why; sent again it answers the same",
        ),
        parts: &[Part::Id, Part::Request],
        body: spending::REFUSE,
        answer: Some(answer::<Request>()),
        errors: &[409],
        ..PLAIN
    },
];
