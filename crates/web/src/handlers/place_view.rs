//! From what the catalogue holds to what the page before an order shows.

use app::org::Allowance;
use domain::market::catalogue::{Service, Sku};
use domain::market::plan;
use domain::org::seat::Act;
use uuid::Uuid;

use super::order::PlaceForm;
use super::spending::allowance;
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::order::{PlacePage, PlanRow, Receiver, SkuChoice};
use crate::request::Visit;

/// The milestones of a way to buy; none if it is delivered at once.
fn plan_rows(lang: Lang, service: &Service, sku: &Sku) -> Vec<PlanRow> {
    let parts = plan::parts(service, sku).filter(|parts| parts.len() > 1);
    let rows = parts.into_iter().flatten().map(|part| PlanRow {
        title: lang.pick(&part.zh, &part.en).to_owned(),
        days: part.days,
        fen: part.amount(),
        official_fee: part.official_fee,
    });
    rows.collect()
}

fn terms(lang: Lang, review_days: i64, planned: bool, demo: bool) -> Vec<String> {
    let pay = if demo {
        lang.t(
            "服务商确认、您确认条款之后才付款；演示站为模拟支付，不会扣款。",
            "You pay after the provider has confirmed and you have accepted the terms; here payment is simulated.",
        )
    } else {
        lang.t(
            "服务商确认、您确认条款之后才付款；款项由您直接转给服务商，平台不经手资金。",
            "You pay after the provider has confirmed and you have accepted the terms, straight to the provider; the platform never holds money.",
        )
    };
    let check = if lang == Lang::Zh {
        format!(
            "交付后您有 {review_days} 天验收；期间会提醒您 3 次，到期未处理视为通过，此后 7 天内仍可提出异议。"
        )
    } else {
        format!(
            "You have {review_days} days to check a delivery and are reminded three times; silence counts as acceptance, and you may still object for 7 days."
        )
    };
    let planned = planned.then(|| {
        lang.t(
            "服务分阶段进行：每一阶段先付款、再交付和验收，验收后才结算并进入下一阶段。",
            "The work is done in milestones: each is paid for, delivered and accepted before it is settled and the next begins.",
        )
        .to_owned()
    });
    let mut terms = vec![
        lang.t(
            "服务商须在 2 个工作日内确认，否则订单自动取消。",
            "The provider confirms within two working days, or the order is cancelled.",
        )
        .to_owned(),
        lang.t(
            "付款之前任何一方都可以取消，不收费用。",
            "Until payment either side may cancel, free of charge.",
        )
        .to_owned(),
        pay.to_owned(),
        check,
        lang.t(
            "价格与验收标准以下单时为准，之后的改动不影响本订单。",
            "Price and acceptance standard are those of today; later changes do not reach this order.",
        )
        .to_owned(),
    ];
    terms.extend(planned);
    terms
}

/// The page before an order; `None` if the service is not offered.
pub fn place_page(
    visit: &Visit,
    service: &str,
    form: &PlaceForm,
    allowance: Option<&Allowance>,
    errors: Vec<FieldError>,
) -> Option<PlacePage> {
    let (lang, catalogue) = (visit.lang, visit.state.catalogue.now());
    let service = catalogue.service(Uuid::parse_str(service).ok()?)?;
    let supplier = catalogue.supplier(service.supplier)?;
    let category = catalogue.category(&service.category)?;
    let skus = service.skus.iter().enumerate().map(|(place, sku)| SkuChoice {
        id: place.to_string(),
        label: lang.pick(&sku.zh, &sku.en).to_owned(),
        service_fee: sku.price,
        official_fee: service.official_fee,
        days: sku.days.unwrap_or(service.days),
        plan: plan_rows(lang, service, sku),
    });
    let over = errors.iter().any(|error| error.field == "approval");
    let acting = visit.viewer.as_ref().and_then(|viewer| viewer.acting.as_ref());
    // Whoever may approve has no limits.
    let limited = allowance.filter(|_| acting.is_some_and(|acting| !acting.seat.may(Act::Approve)));
    let company = acting.map(|_| {
        lang.t(
            "采购企业的名称、统一社会信用代码和认证状态",
            "Name, credit code and verification of the enterprise that buys",
        )
    });
    let shared = [
        lang.t(
            "订单号、所选服务、规格与金额",
            "The order's number, service, option and amount",
        ),
        lang.t("您写的备注（如有）", "Your note, if you write one"),
        lang.t(
            "您在订单中的操作与时间（以“买方”显示）",
            "What you do in the order and when, shown as “buyer”",
        ),
    ];
    Some(PlacePage {
        f: visit.frame(lang.t("确认下单", "Check your order")),
        errors,
        service_id: service.id.to_string(),
        service: lang.pick(&service.zh, &service.en).to_owned(),
        supplier: Receiver {
            name: lang.pick(&supplier.zh, &supplier.en).to_owned(),
            register_no: supplier.uscc.clone(),
            statement: lang
                .t(
                    "该服务商尚未发布单独的说明；下单时不会向其提供您的手机号和账号名。",
                    "The provider has published none; your number and account name are not given to it with the order.",
                )
                .to_owned(),
        },
        skus: skus.collect(),
        chosen: form.sku.clone(),
        note: form.note.clone(),
        key: form.key.clone(),
        terms: terms(
            lang,
            category.review_days,
            service.plan.len() > 1,
            visit.state.settings.demo,
        ),
        shared: shared.into_iter().chain(company).map(str::to_owned).collect(),
        acting: form.acting.clone(),
        buyer: acting.map(|acting| acting.name.clone()).unwrap_or_default(),
        can_switch: visit.viewer.as_ref().is_some_and(|viewer| viewer.organisations),
        approval: form.approval.clone(),
        allowance: limited.map(|allowance| self::allowance(lang, allowance)),
        over: over && acting.is_some(),
    })
}
