//! Refusals about becoming a supplier: what it says of itself, what it hands in and signs, and orders from
//! it. Each is one row: variant, code, field, Chinese, English.

use super::Refused;

refusals! {
    /// Why a rule about a supplier's application, licences or agreements says no.
    Trade;
    /// The name shown has signs it cannot have.
    SupplierName = "supplier_name" "display_name"
        "展示名称须含汉字，可用字母、数字、括号、间隔号，不含其他符号或看不见的字符；请改写。"
        "The name has Chinese characters, and perhaps letters, digits, brackets and dots; take out other and invisible signs.",
    /// The name shown is too short or too long.
    SupplierNameLength = "supplier_name_length" "display_name"
        "展示名称应为 2–30 个字。"
        "The name has 2 to 30 characters.",
    /// The name shown holds a number that reaches a person.
    SupplierNameContact = "supplier_name_contact" "display_name"
        "名称里似乎有电话、微信等联系方式，请去掉；名称会对外公开。"
        "The name seems to hold a phone number or the like; take it out, because it is public.",
    /// The English name is none.
    SupplierNameEn = "supplier_name_en" "display_name_en"
        "英文名称只用英文字母、数字和常用标点，最多 60 个字符；没有可以留空。"
        "The English name has Latin letters, digits and punctuation, 60 characters at most; it may be left out.",
    /// The city is none.
    SupplierCity = "supplier_city" "city"
        "请填写所在城市的中文名，2–12 个汉字，如“上海”。"
        "Enter the city in Chinese, 2 to 12 characters, such as 上海.",
    /// The introduction is too short or too long.
    SupplierIntroduction = "supplier_introduction" "introduction"
        "介绍应为 10–500 个字，写清擅长什么、怎样服务。"
        "The introduction has 10 to 500 characters: what you do well, and how.",
    /// The introduction has signs that nobody sees.
    SupplierIntroductionSigns = "supplier_introduction_signs" "introduction"
        "介绍里有看不见或改变文字方向的字符，请重新输入，不要从其他软件直接粘贴。"
        "The introduction has signs that cannot be seen or that turn the writing around; type it anew instead of pasting.",
    /// The introduction holds contact data.
    SupplierIntroductionContact = "supplier_introduction_contact" "introduction"
        "介绍里似乎有电话、微信、邮箱等联系方式，请去掉；买方下单后可在订单里授权联系。"
        "The introduction seems to hold a phone, mail or messenger address; take it out. Buyers share contacts within an order.",
    /// The English introduction is too long or has signs that nobody sees.
    SupplierIntroductionEn = "supplier_introduction_en" "introduction_en"
        "英文介绍最多 1000 个字符，且不含看不见的字符；没有可以留空。"
        "The English introduction has 1,000 characters at most and no invisible signs; it may be left out.",
    /// No category, too many, or an unknown one.
    SupplierCategories = "supplier_categories" "categories"
        "请选择 1–8 个类目。"
        "Choose one to eight categories.",
    /// A category wants a licence that is not handed in.
    SupplierPermits = "supplier_permits" "permits"
        "所选类目中有的需要资质，请先逐个填写资质并上传图片，再提交审核。"
        "A chosen category needs a licence; fill each in with its picture, then hand in the application.",
    /// A licence of the application is not decided yet, or did not pass.
    SupplierPermitsOpen = "supplier_permits_open" "supplier"
        "所选类目的资质尚未全部审核通过，请先审核资质。"
        "Not every licence of the chosen categories has passed; review those first.",
    /// The separate consent to what is handed in was not given.
    SupplierConsent = "supplier_consent" "accept_supplier"
        "请阅读说明并勾选同意后再开始；不同意不影响其他功能。"
        "Read the note and tick the box to begin; without it everything else still works.",
    /// The enterprise is a supplier already, or its application is under way.
    SupplierUnderWay = "supplier_under_way" "verification"
        "这家企业已是服务商或正在办理入驻，请在“服务商入驻”页查看。"
        "This enterprise is a provider already, or its application is under way; look at its page.",
    /// The enterprise was excluded.
    SupplierWasBanned = "supplier_was_banned" "verification"
        "这家企业已被清退，不能再次申请入驻；如有异议请在原入驻页申诉。"
        "This enterprise was banned and cannot apply again; appeal on its former page if you object.",
    /// Both documents are ticked before they are signed.
    SupplierSign = "supplier_sign" "accept_agreement"
        "请阅读并勾选两份协议后再签署。"
        "Read both agreements, tick both boxes, and sign.",
    /// Another edition is in force by now.
    SupplierEdition = "supplier_edition" "accept_agreement"
        "协议已有新版本，请刷新页面阅读后再签署。"
        "There is a newer edition; reload the page, read it and sign that one.",
    /// The supplier has no undertaking in force, so nothing personal reaches it.
    SupplierUndertaking = "supplier_undertaking" "service"
        "该服务商的个人信息处理与保密协议尚未签署或已过期，在它签署之前不能向它提交任何个人信息；请稍后再试或选择其他服务商。"
        "This provider has no undertaking on personal data in force, so nothing personal can be given to it; try again later or choose another provider.",
    /// The licence that the category needs is over.
    SupplierLicenceOver = "supplier_licence_over" "service"
        "该服务商在这一类目的资质已到期或失效，暂不能下单；请选择其他服务商。"
        "This provider's licence for the category is over, so it cannot be ordered from; choose another provider.",
    /// Buyer and supplier are one enterprise.
    SupplierSelf = "supplier_self" "service"
        "买卖双方是同一家企业或同一人，不能下单。"
        "Buyer and provider are the same enterprise or person; such an order is not taken.",
    /// The organisation is a supplier that has not left yet.
    SupplierLeaveFirst = "supplier_leave_first" "verification"
        "这家企业是在册服务商，请先在“服务商入驻”页办理退出，再解散。"
        "This enterprise is a provider; leave the market on its provider page first, then dissolve it.",
    /// The licence's number is none.
    PermitNumber = "permit_number" "number"
        "请照证书填写证号，4–40 个字符，须含数字，不含看不见的字符。"
        "Copy the number from the paper: 4 to 40 signs with digits among them and nothing invisible.",
    /// The number is a person's.
    PermitNumberPersonal = "permit_number_personal" "number"
        "这是身份证号码，请勿在此填写，证号会对外公开；请填写证书编号。"
        "This is a person's identity number; do not enter it here, because licence numbers are public.",
    /// The issuer is none.
    PermitIssuer = "permit_issuer" "issuer"
        "请照证书填写发证机关全称，4–40 个汉字。"
        "Copy the issuer's full Chinese name from the paper, 4 to 40 characters.",
    /// The first day is none.
    PermitFrom = "permit_from" "valid_from"
        "请填写有效期起始日，如 2025-01-02。"
        "Enter the first day, such as 2025-01-02.",
    /// The last day is none.
    PermitUntil = "permit_until" "valid_until"
        "请填写有效期截止日，如 2028-01-01；没有截止日的请勾选“长期有效”。"
        "Enter the last day, such as 2028-01-01, or tick that it has none.",
    /// A last day, and that there is none.
    PermitBoth = "permit_both" "valid_until"
        "填写了截止日就不要勾选“长期有效”，请二选一。"
        "Either enter the last day or tick that there is none.",
    /// The last day is before the first.
    PermitOrder = "permit_order" "valid_until"
        "截止日早于起始日，请对照证书检查。"
        "The last day lies before the first; compare with the paper.",
    /// The licence is over.
    PermitOver = "permit_over" "valid_until"
        "证书已过期，请先换领新证再提交。"
        "The licence is over; have it renewed first.",
    /// The licence is not good yet.
    PermitNotYet = "permit_not_yet" "valid_from"
        "证书尚未生效，请在起始日当天或之后提交。"
        "The licence is not good yet; hand it in on its first day or later.",
    /// No picture of the licence.
    PermitMissing = "permit_missing" "picture"
        "请上传证书的照片或扫描件（JPG 或 PNG）。"
        "Add a photograph or scan of the paper (JPG or PNG).",
    /// The licence is no picture that is taken here.
    PermitFormat = "permit_format" "picture"
        "只接受 JPG 或 PNG 图片。iPhone 的 HEIC 照片请先在相册里“导出为 JPG”；PDF 请截图后上传。"
        "Only JPG and PNG pictures are taken. Export a HEIC photograph as JPG first; of a PDF, add a picture of the page.",
    /// The picture of the licence is too large.
    PermitLarge = "permit_large" "picture"
        "图片不能超过 8 MB，也不能超过 2500 万像素，请缩小后再上传。"
        "The picture may have at most 8 MB and 25 million pixels; make it smaller.",
    /// The picture of the licence is too small to be read.
    PermitSmall = "permit_small" "picture"
        "图片太小，看不清内容；长边至少 600 像素，请重新拍摄。"
        "The picture is too small to be read; its longer side needs 600 pixels at least.",
    /// The picture of the licence cannot be opened.
    PermitBroken = "permit_broken" "picture"
        "图片打不开，可能没有传完整或已损坏，请重新选择。"
        "The picture cannot be opened: it may be damaged or incomplete; choose it again.",
    /// Who decides about a licence looks at it first.
    PermitUnseen = "permit_unseen" "reason"
        "请先打开证书图片核对，再作决定。"
        "Open the picture and compare it before you decide.",
}

impl From<Trade> for Refused {
    fn from(trade: Trade) -> Self {
        Self::Trade(trade)
    }
}
