//! The words of a supplier's standing.

use crate::named::named;

named! {
    /// A supplier's standing.
    State {
        /// A verified enterprise wants to become one.
        Applied = "applied" "已申请，待补材料" "applied, material to be handed in",
        /// Its material is read.
        MaterialReview = "material_review" "材料审核中" "material being reviewed",
        /// Something of it has to be put right.
        Returned = "returned" "已退回" "returned",
        /// The agreements are to be signed.
        Agreement = "agreement" "待签协议" "agreements to be signed",
        /// The deposit is to be paid.
        Deposit = "deposit" "待缴保证金" "deposit to be paid",
        /// It does business.
        Active = "active" "已入驻" "active",
        /// It does business, but nothing new in some categories.
        Restricted = "restricted" "部分类目受限" "restricted in some categories",
        /// No new business; what is open is finished.
        Suspended = "suspended" "已暂停" "suspended",
        /// It is leaving.
        Exiting = "exiting" "退出中" "leaving",
        /// It left.
        Exited = "exited" "已退出" "left",
        /// It was excluded.
        Banned = "banned" "已清退" "banned",
    }
}

named! {
    /// What happens to a supplier.
    Event {
        /// The material is handed in.
        SubmitMaterials = "submit_materials" "提交材料" "submit the material",
        /// Something has to be put right.
        Return = "return" "退回" "return",
        /// The material is good.
        Approve = "approve" "审核通过" "approve",
        /// The review takes too long.
        ReviewOverdue = "review_overdue" "审核超时" "the review is overdue",
        /// Both agreements are in force.
        AgreementEffective = "agreement_effective" "协议生效" "the agreements are in force",
        /// The deposit arrived.
        DepositPaid = "deposit_paid" "保证金到账" "the deposit is paid",
        /// Nothing new in a category.
        Restrict = "restrict" "限制类目" "restrict a category",
        /// A category is open again.
        Open = "open" "恢复类目" "open a category again",
        /// No new business.
        Suspend = "suspend" "暂停" "suspend",
        /// Business as before.
        Reinstate = "reinstate" "恢复" "reinstate",
        /// The owner wants to leave.
        AskExit = "ask_exit" "申请退出" "ask to leave",
        /// The last order is done; the notice begins.
        OrdersDone = "orders_done" "订单已全部完成" "all orders are done",
        /// The deposit is given back.
        ReturnDeposit = "return_deposit" "退还保证金" "give the deposit back",
        /// It leaves.
        Exit = "exit" "完成退出" "leave",
        /// A verifier proposes to exclude it.
        ProposeBan = "propose_ban" "提议清退" "propose to ban",
        /// Another verifier excludes it.
        ConfirmBan = "confirm_ban" "复核清退" "confirm the ban",
        /// The proposal is dropped.
        DropBan = "drop_ban" "放弃清退" "drop the ban",
        /// The owner appeals.
        Appeal = "appeal" "申诉" "appeal",
        /// A third verifier undoes the ban.
        UpholdAppeal = "uphold_appeal" "申诉成立" "uphold the appeal",
        /// A third verifier leaves it.
        DismissAppeal = "dismiss_appeal" "申诉不成立" "dismiss the appeal",
        /// The owner gives up before it began.
        Withdraw = "withdraw" "撤回申请" "withdraw",
        /// Nobody went on with it.
        Lapse = "lapse" "长期未继续" "lapse",
    }
}
