//! The words of an order: sides, states, events, ways of paying, each with its identifier and its
//! name in both languages.

use crate::named::named;

named! {
    /// Which side acts or is told.
    Side {
        /// Who buys.
        Buyer = "buyer" "买方" "buyer",
        /// Who provides.
        Supplier = "supplier" "服务商" "provider",
        /// The platform's staff.
        Platform = "platform" "平台" "platform",
        /// The program: timers and the partner's answers.
        System = "system" "系统" "system",
    }
}

named! {
    /// The state of an order.
    State {
        /// Waits for the supplier to confirm.
        Placed = "placed" "待服务商确认" "waiting for the provider",
        /// Waits for the buyer to accept the terms.
        AwaitingContract = "awaiting_contract" "待签约" "waiting for the contract",
        /// Waits for the milestone's money.
        AwaitingFunds = "awaiting_funds" "待付款" "waiting for payment",
        /// The supplier works.
        InService = "in_service" "服务中" "in service",
        /// The buyer checks the delivery.
        Delivered = "delivered" "待验收" "delivered, to be checked",
        /// The supplier mends what failed.
        Rework = "rework" "返工中" "rework",
        /// Accepted; the partner releases the money.
        Accepted = "accepted" "已验收，待结算" "accepted, being settled",
        /// All milestones settled.
        Completed = "completed" "已完成" "completed",
        /// A refund is asked for.
        Cancelling = "cancelling" "退款协商中" "refund being settled",
        /// The supplier offers part of the money back; the buyer answers.
        PartialOffered = "partial_offered" "部分退款待买方答复" "partial refund offered",
        /// Ended before anything was paid out.
        Cancelled = "cancelled" "已取消" "cancelled",
        /// Ended after part was paid out.
        Terminated = "terminated" "已终止" "terminated",
        /// Over for good.
        Closed = "closed" "已关闭" "closed",
    }
}

named! {
    /// What can happen to an order.
    Event {
        /// It begins; no row of the machine, since there is no state before it.
        Place = "place" "下单" "Ordered",
        /// The supplier takes it.
        SupplierConfirm = "supplier_confirm" "确认接单" "Take the order",
        /// Either side withdraws before anything is paid.
        Cancel = "cancel" "取消订单" "Cancel",
        /// The supplier did not confirm in time.
        ConfirmLapsed = "confirm_lapsed" "逾期未确认" "not confirmed in time",
        /// The buyer accepts the confirmed terms; both sides now agree on the same snapshot.
        Sign = "sign" "确认合同条款" "Accept the terms",
        /// The terms were not accepted in time.
        ContractLapsed = "contract_lapsed" "逾期未签约" "contract not made in time",
        /// The buyer says that the bank transfer is on its way; nothing is booked on their word.
        TransferSent = "transfer_sent" "已转账，通知服务商" "Transfer sent, tell the provider",
        /// The supplier confirms that the bank transfer arrived.
        ReceiptConfirmed = "receipt_confirmed" "确认已收款" "Confirm receipt",
        /// The money of the milestone at hand is held at the partner.
        Fund = "fund" "付款" "Pay",
        /// The money did not come in time.
        FundsLapsed = "funds_lapsed" "逾期未付款" "not paid in time",
        /// Nothing was delivered long after the agreed time.
        DeliveryLapsed = "delivery_lapsed" "逾期未交付，订单取消" "not delivered in time, cancelled",
        /// The supplier delivers the milestone.
        Deliver = "deliver" "提交交付" "Deliver",
        /// The buyer accepts it.
        Accept = "accept" "验收通过" "Accept",
        /// The buyer rejects it, naming what fails.
        Reject = "reject" "验收不通过" "Reject",
        /// The review time ended without a word, after notices.
        AutoAccept = "auto_accept" "到期自动验收" "accepted by silence",
        /// The buyer objects within the window after an acceptance by silence.
        Object = "object" "对自动验收提出异议" "Object",
        /// The rework did not come in time.
        ReworkLapsed = "rework_lapsed" "返工逾期" "rework not done in time",
        /// The partner paid the supplier.
        Release = "release" "结算给服务商" "Settle",
        /// The buyer asks for the held money back.
        RequestRefund = "request_refund" "申请退款" "Ask for a refund",
        /// The buyer takes the request back.
        WithdrawRefund = "withdraw_refund" "撤回退款申请" "Take the refund request back",
        /// The buyer confirms that money paid by bank transfer came back.
        RefundReceived = "refund_received" "确认已收到退款" "Confirm the refund arrived",
        /// The supplier agrees.
        AgreeRefund = "agree_refund" "同意退款" "Agree to the refund",
        /// The supplier does not agree; the order goes on where it was.
        RefuseRefund = "refuse_refund" "不同意退款" "Refuse the refund",
        /// The supplier offers to give part of it back and keep the rest.
        OfferPartial = "offer_partial" "提出部分退款" "Offer a partial refund",
        /// The buyer takes the offer: the money is split as offered, and the order ends.
        AcceptPartial = "accept_partial" "接受部分退款" "Accept the partial refund",
        /// The buyer does not take it; the order goes on where it was.
        DeclinePartial = "decline_partial" "不接受部分退款" "Decline the partial refund",
        /// The buyer did not answer the offer in time; the order goes on where it was.
        OfferLapsed = "offer_lapsed" "部分退款逾期未答复，订单继续" "offer not answered in time, the order goes on",
        /// The supplier gives up.
        Quit = "quit" "放弃服务并退款" "Give up and refund",
        /// The supplier did not answer in time; the platform decides.
        RefundUnanswered = "refund_unanswered" "逾期未答复，等待平台处理" "not answered in time, the platform decides",
        /// The platform decides that work goes on.
        ContinueByPlatform = "continue_by_platform" "平台裁定继续服务" "Continue, decided by the platform",
        /// The platform settles a stuck refund for the buyer.
        RefundByPlatform = "refund_by_platform" "平台裁定退款" "Refund by the platform",
        /// The quiet time after completion ended.
        Close = "close" "关闭" "close",
    }
}

named! {
    /// How the money goes.
    Mode {
        /// Held at a simulated partner: for demonstrations.
        Simulated = "simulated" "担保付款（模拟）" "protected payment (simulated)",
        /// Straight from buyer to supplier by bank transfer; nothing is held, receipt is confirmed.
        Offline = "offline" "线下转账" "bank transfer",
    }
}

named! {
    /// The state of a milestone.
    MilestoneState {
        /// Its turn has not come, or its money.
        Planned = "planned" "未开始" "planned",
        /// Paid for and being worked on.
        Funded = "funded" "进行中" "in progress",
        /// Paid out to the supplier.
        Released = "released" "已结算" "settled",
        /// Paid by bank transfer and to be paid back by the supplier.
        RefundOwed = "refund_owed" "待服务商退款" "refund owed by the provider",
        /// Paid back to the buyer.
        Refunded = "refunded" "已退款" "refunded",
        /// Paid back in part, as both sides agreed; the supplier keeps the rest.
        Split = "split" "已部分退款，余款已结算" "partly refunded, the rest settled",
    }
}

impl Event {
    /// Whether it happens to the milestone at hand rather than to the order as a whole.
    #[must_use]
    pub const fn of_milestone(self) -> bool {
        !matches!(
            self,
            Self::Place
                | Self::SupplierConfirm
                | Self::Cancel
                | Self::ConfirmLapsed
                | Self::Sign
                | Self::ContractLapsed
                | Self::RefundReceived
                | Self::Close
        )
    }
}
