//! Refusals about who takes part: persons, enterprises, suppliers, members of organisations, staff. Each
//! is one row: variant, code, field, Chinese, English.

use super::{Book, Minor, Passkey, Refused, Trade};

refusals! {
    /// Why a rule about a person, an enterprise, a supplier or a member says no.
    Party;
    /// No identity number was given.
    IdMissing = "id_missing" "id_number"
        "请填写身份证号码。"
        "Fill in the identity number.",
    /// The identity number does not have eighteen signs.
    IdLength = "id_length" "id_number"
        "身份证号码应为 18 位，请对照证件检查是否多填或漏填。"
        "The identity number has 18 signs; compare it with the card.",
    /// A number of the first generation, with fifteen digits.
    IdOld = "id_old" "id_number"
        "15 位的旧身份证号码已停用，请填写现在证件上的 18 位号码。"
        "Old numbers of 15 digits are no longer valid; enter the 18-digit number on the present card.",
    /// The number of a passport or travel permit.
    IdOther = "id_other" "id_number"
        "这像是护照或通行证的号码。实名认证只接受 18 位号码：居民身份证、港澳台居民居住证或新版外国人永久居留身份证，请填写其中一种。"
        "This looks like the number of a passport or travel permit. Enter the 18-digit number of a resident identity card, a residence permit for Hong Kong, Macao and Taiwan residents, or a new permanent residence card.",
    /// Something other than digits, or an X that is not last.
    IdCharacters = "id_characters" "id_number"
        "身份证号码只含数字，最后一位可以是 X，请去掉其他字符。"
        "The identity number has digits only, and perhaps an X at the end; take out other signs.",
    /// The day of birth in the number is none.
    IdDate = "id_date" "id_number"
        "号码里的出生日期不存在，请检查第 7–14 位。"
        "The date of birth in the number does not exist; check signs 7 to 14.",
    /// The check digit is wrong.
    IdCheck = "id_check" "id_number"
        "身份证号码有误，请对照证件逐位检查。"
        "The identity number has an error; compare it with the card sign by sign.",
    /// A demonstration takes fictional numbers only.
    IdNotFictional = "id_not_fictional" "id_number"
        "演示站只接受以 999999 开头的虚构号码（如 999999199001010016），请勿填写真实身份证号码。"
        "The demonstration takes only fictional numbers that begin with 999999, such as 999999199001010016; do not enter a real one.",

    /// No name was given.
    RealNameMissing = "real_name_missing" "real_name"
        "请填写证件上的姓名。"
        "Fill in the name on the card.",
    /// The name is too short or too long.
    RealNameLength = "real_name_length" "real_name"
        "姓名应为 2–30 个字（外国人永久居留身份证上的外文姓名最多 60 个字符），请对照证件填写全名。"
        "The name has 2 to 30 characters, or at most 60 if it is the foreign name on a permanent residence card; enter the full name on the card.",
    /// The name has signs that no name has.
    RealNameCharacters = "real_name_characters" "real_name"
        "姓名只含汉字，少数民族姓名中间可用间隔号“·”；请对照证件填写，去掉数字、符号和表情。"
        "The name has Chinese characters only, and perhaps “·” between them; copy it from the card without digits, signs or emoji.",
    /// The name is written in Latin letters, and the card's is not.
    RealNameLatin = "real_name_latin" "real_name"
        "请填写证件上的中文姓名，不要用拼音或外文；外文姓名只用于外国人永久居留身份证。"
        "Enter the Chinese name on the card, not Pinyin or a foreign name; foreign names are for permanent residence cards only.",

    /// The separate consent to the check was not given.
    VerifyConsent = "verify_consent" "accept_verification"
        "姓名和身份证号码属于敏感个人信息，请阅读说明，单独同意后再继续；不认证也可以继续使用其他功能。"
        "Name and identity number are sensitive; read what they are used for and agree to it separately. Without it everything else goes on.",
    /// The person is fourteen or younger.
    VerifyChild = "verify_child" "id_number"
        "未满 15 周岁不能进行实名认证；刚才填写的内容没有保存。请由父母或其他监护人使用本平台。"
        "People of 14 or younger cannot be verified; nothing you entered was kept. A parent or guardian may use the platform.",
    /// The person is under age and the guardian has not consented.
    VerifyGuardian = "verify_guardian" "id_number"
        "未满 18 周岁须由监护人单独同意后才能实名认证；刚才填写的内容没有保存。请到“未成年人与监护人”页请监护人同意。"
        "Under 18 a guardian consents to the verification first; nothing you entered was kept. Ask your guardian on the page “Minors and guardians”.",
    /// Whether it is meant is not ticked.
    VerifyUnsure = "verify_unsure" "sure"
        "删除后不能恢复，请勾选“我确认删除”再提交。"
        "It cannot be undone: tick “Yes, delete it” and send it again.",
    /// This installation has no source to check against.
    VerifyClosed = "verify_closed" "id_number"
        "本站尚未开通实名认证，无需提交任何信息；其他功能不受影响。"
        "Verification is not open on this site yet, so nothing needs to be handed in; everything else works.",
    /// Too many checks in a day, passed or not.
    VerifyOften = "verify_often" "id_number"
        "24 小时内提交核验的次数已达上限，请明天再试。"
        "That is as many checks as there are in 24 hours; try again tomorrow.",
    /// Too many failed checks.
    VerifyTries = "verify_tries" "id_number"
        "24 小时内已 3 次未通过核验，请在锁定 24 小时后再试；如证件信息无误，请联系客服。"
        "Three checks failed within 24 hours; try again 24 hours after the last one, or contact customer service if the card is right.",
    /// A failed check or a rejection without its reason.
    VerifyReason = "verify_reason" "reason"
        "请选择至少一项原因，当事人会看到。"
        "Choose at least one reason; the person it is about will see it.",
    /// Not in this state.
    VerifyNotNow = "verify_not_now" "verification"
        "认证状态已变化，请刷新页面查看现在可以做什么。"
        "The verification has moved on; reload the page to see what you can do now.",
    /// Not by this role.
    VerifyNotYou = "verify_not_you" "verification"
        "这一步不由您的角色操作，请联系有权限的同事。"
        "Your role does not take this step; ask a colleague whose role does.",
    /// The same member of staff may not decide twice.
    FourEyes = "four_eyes" "by"
        "须由另一位工作人员处理：提出的人不能自己确认，作出决定的人不能处理申诉。"
        "Another member of staff decides: not the one who proposed it, and about an appeal none of those who decided.",
    /// Two accounts came through the hands of one administrator.
    SameHand = "same_hand" "by"
        "您与此前处理的人员，账号经同一人之手开通或重新开通，不能算两个人。请由其他人员处理，或请运营方为其中一人重新开通后重新办理。"
        "Your account and that of whoever acted before you were set up through the same hands, so they do not count as two people. Let somebody else decide, or have the operator set one of you up anew and begin again.",
    /// A proposal is open already, or there is none.
    ProposalNotNow = "proposal_not_now" "by"
        "没有待复核的提议，或已有提议在等待复核，请刷新页面。"
        "There is no proposal to decide on, or one is open already; reload the page.",
    /// The matter was appealed against already.
    AppealUsed = "appeal_used" "appeal"
        "每个决定只能申诉一次，请等待处理结果或联系客服。"
        "Each decision can be appealed against once; wait for the answer or contact customer service.",
    /// There is no appeal to decide on.
    AppealNone = "appeal_none" "appeal"
        "没有待处理的申诉，请刷新页面。"
        "There is no appeal to decide on; reload the page.",

    /// No credit code was given.
    CreditCodeMissing = "credit_code_missing" "credit_code"
        "请填写统一社会信用代码。"
        "Fill in the unified social credit code.",
    /// The credit code does not have eighteen signs.
    CreditCodeLength = "credit_code_length" "credit_code"
        "统一社会信用代码应为 18 位，请对照营业执照填写；15 位的旧注册号请先换领新执照。"
        "The credit code has 18 signs, as on the licence; with an old number of 15 digits, have the licence renewed first.",
    /// The credit code has signs it cannot have.
    CreditCodeCharacters = "credit_code_characters" "credit_code"
        "统一社会信用代码只含数字和大写字母，不含 I、O、S、V、Z；请检查是否把 1、0、5、2 填成了字母。"
        "The credit code has digits and capital letters but no I, O, S, V or Z; check for letters in place of 1, 0, 5 or 2.",
    /// This is, or could be, the identity number of a person.
    CreditCodeIdentity = "credit_code_identity" "credit_code"
        "这像是身份证号码，请勿在此填写，信用代码会对外公开。请填写营业执照上的统一社会信用代码；如确为信用代码，请联系客服人工核对。"
        "This looks like a person's identity number; do not enter it here, because credit codes are public. Enter the credit code on the licence; if it is one, contact customer service.",
    /// No authority registers such a kind.
    CreditCodeKind = "credit_code_kind" "credit_code"
        "统一社会信用代码的前两位不是登记管理部门和机构类别，请对照营业执照检查（企业以 91 开头）。"
        "The first two signs name no authority and kind; compare them with the licence (companies begin with 91).",
    /// The check character is wrong.
    CreditCodeCheck = "credit_code_check" "credit_code"
        "统一社会信用代码有误，请对照营业执照逐位检查。"
        "The credit code has an error; compare it with the licence sign by sign.",
    /// A demonstration takes fictional codes only.
    CreditCodeNotFictional = "credit_code_not_fictional" "credit_code"
        "演示站只接受行政区划为 999999 的虚构代码（如 91999999MAD3650188）。"
        "The demonstration takes only fictional codes of the region 999999, such as 91999999MAD3650188.",
    /// No enterprise name was given.
    CompanyNameMissing = "company_name_missing" "company_name"
        "请填写营业执照上的企业名称。"
        "Fill in the name on the licence.",
    /// The enterprise name is too short or too long.
    CompanyNameLength = "company_name_length" "company_name"
        "企业名称应为 4–60 个字，请填写营业执照上的全称。"
        "The name has 4 to 60 characters; enter the full name on the licence.",
    /// The enterprise name has signs it cannot have.
    CompanyNameCharacters = "company_name_characters" "company_name"
        "企业名称只含汉字、字母、数字、括号、间隔号等，且至少有两个汉字；请照营业执照填写。"
        "The name has letters, digits, brackets and dots, and at least two Chinese characters; copy it from the licence.",
    /// The enterprise name holds a number that reaches or names a person.
    CompanyNameContact = "company_name_contact" "company_name"
        "企业名称里似乎有手机号、证件号等联系方式，请只填写营业执照上的名称；名称会对外公开。"
        "The name seems to hold a phone or identity number; enter only the name on the licence, because it is public.",

    /// The applicant is not verified as a person.
    EnterprisePerson = "enterprise_person" "verification"
        "请先完成本人实名认证，再申请企业认证。"
        "Verify yourself first, then the enterprise.",
    /// The applicant's relation to the enterprise is not stated.
    EnterpriseRelation = "enterprise_relation" "relation"
        "请选择您与企业的关系：法定代表人本人，或经办人。"
        "Say how you are related to the enterprise: its legal representative, or acting for it.",
    /// Something of the application is missing.
    EnterpriseIncomplete = "enterprise_incomplete" "licence"
        "请填写企业名称、统一社会信用代码、法定代表人姓名，并上传营业执照后再提交。"
        "Fill in name, credit code and legal representative, add the licence, and submit.",
    /// The public register says otherwise, or that the enterprise is no longer in business.
    EnterpriseRegister = "enterprise_register" "credit_code"
        "与登记机关公示的信息不一致，或企业不在存续状态，请核对名称、代码和法定代表人。"
        "The public register says otherwise, or that the enterprise is not in business; check name, code and representative.",
    /// No way of proof was chosen, or another one.
    ProofOther = "proof_other" "proof"
        "请选择与当前一步相符的验证方式：法定代表人线上授权、对公打款或授权书。"
        "Choose the way of proof that this step belongs to: online authorisation, transfer, or letter.",
    /// The amount typed is none.
    ProofAmount = "proof_amount" "amount"
        "请填写收到的金额（元），0.01–0.99，精确到分，如 0.37；本次未计入次数。"
        "Enter the amount received in yuan, 0.01 to 0.99, such as 0.37; this was not counted as a try.",
    /// The amount is not the one that was sent.
    ProofWrong = "proof_wrong" "amount"
        "金额不符，请查看对公账户的到账记录后再填；3 次不符将锁定 24 小时。"
        "This is not the amount; look it up in the account's statement. After three wrong ones entry is locked for 24 hours.",
    /// Three wrong amounts.
    ProofLocked = "proof_locked" "amount"
        "金额已 3 次不符，锁定 24 小时；之后请重新申请打款，或改用其他验证方式。"
        "Three wrong amounts: locked for 24 hours. After that ask for a new transfer, or choose another proof.",
    /// The transfer's seven days are over.
    ProofExpired = "proof_expired" "amount"
        "这笔打款已超过 7 天有效期，请重新申请打款。"
        "The transfer was good for seven days; ask for a new one.",
    /// No transfer is under way.
    ProofUnsent = "proof_unsent" "amount"
        "还没有可以验证的打款，请先申请打款，到账后再填写金额。"
        "There is no transfer to prove yet; ask for one and enter the amount when it has arrived.",
    /// Too many transfers in a day.
    ProofToday = "proof_today" "account"
        "今天已打款 3 次，请明天再试，或改用其他验证方式。"
        "Three transfers were made today; try again tomorrow, or choose another proof.",
    /// Too many transfers to one account.
    ProofAccount = "proof_account" "account"
        "一年内向这个账户或为这家企业打款已达 6 次上限，请改用授权书。"
        "Six transfers were made to this account or for this enterprise within a year, which is the most; choose the letter.",
    /// Too many wrong amounts for one enterprise.
    ProofTries = "proof_tries" "proof"
        "您或这家企业一年内金额不符已达 6 次，请改用授权书，由审核人员核对。"
        "Six wrong amounts were entered by you or for this enterprise within a year; choose the letter, which a verifier reads.",
    /// The verification of this enterprise was taken back before: only the letter proves it anew.
    ProofLetterOnly = "proof_letter_only" "proof"
        "这家企业的认证曾被撤销，只能用授权书证明，由审核人员核对。"
        "This enterprise's verification was taken back before; only the letter proves it anew, and a verifier reads it.",
    /// The enterprise is verified: an amount alone makes nobody its owner.
    ProofClaim = "proof_claim" "proof"
        "这家企业已在平台认证：请现有所有者邀请您成为所有者，或用授权书证明，由审核人员核对。"
        "This enterprise is verified here already: have an owner invite you as one, or choose the letter, which a verifier reads.",
    /// An appeal about this enterprise is not decided yet.
    EnterpriseAppeal = "enterprise_appeal" "verification"
        "这家企业有一项申诉尚待处理，处理后才能决定。"
        "An appeal about this enterprise is still to be decided; decide that first.",
    /// A verifier decides about a letter only after looking at it and at whose it is.
    ProofUnseen = "proof_unseen" "reason"
        "请先打开授权书和申请人姓名，核对授权书上写的是同一人，再作决定。"
        "Open the letter and the applicant's name first, and see that the letter names the same person.",
    /// The separate consent to the enterprise's verification was not given.
    EnterpriseConsent = "enterprise_consent" "accept_enterprise"
        "请阅读说明并勾选同意后再开始；不同意不影响其他功能。"
        "Read the note and tick the box to begin; without it everything else still works.",
    /// Nothing can be asked about enterprises on this site.
    EnterpriseClosed = "enterprise_closed" "verification"
        "本站尚未开通企业认证，无需提交任何信息。"
        "Verification of enterprises is not open on this site; nothing needs to be handed in.",
    /// Another application of the same person is under way.
    EnterpriseUnderWay = "enterprise_under_way" "verification"
        "您已有一个正在办理的企业认证，请先完成或撤回它。"
        "Another application of yours is under way; finish it or take it back first.",
    /// The name of the legal representative is missing or is none.
    RepresentativeName = "representative_name" "representative"
        "请按营业执照填写法定代表人（负责人、经营者）的姓名，2–30 个汉字，间隔号“·”照写。"
        "Fill in the legal representative's name as on the licence: 2 to 30 Chinese characters, with the dot “·” if there is one.",
    /// The applicant says to be the legal representative and is verified under another name.
    RepresentativeOther = "representative_other" "representative"
        "与您实名认证的姓名不一致。如您不是法定代表人，请选择“经办人”。"
        "This is not the name you are verified under. If you are not the representative, choose “acting for it”.",
    /// No picture of the licence.
    LicenceMissing = "licence_missing" "licence"
        "请上传营业执照的照片或扫描件（JPG 或 PNG）。"
        "Add a photograph or scan of the licence (JPG or PNG).",
    /// The licence is no picture that is taken here.
    LicenceFormat = "licence_format" "licence"
        "只接受 JPG 或 PNG 图片。iPhone 的 HEIC 照片请先在相册里“导出为 JPG”；PDF 请截图后上传。"
        "Only JPG and PNG pictures are taken. Export a HEIC photograph as JPG first; of a PDF, add a picture of the page.",
    /// The picture of the licence is too large.
    LicenceLarge = "licence_large" "licence"
        "图片不能超过 8 MB，也不能超过 2500 万像素，请缩小后再上传。"
        "The picture may have at most 8 MB and 25 million pixels; make it smaller.",
    /// The picture of the licence is too small to be read.
    LicenceSmall = "licence_small" "licence"
        "图片太小，看不清内容；长边至少 600 像素，请重新拍摄。"
        "The picture is too small to be read; its longer side needs 600 pixels at least.",
    /// The picture of the licence cannot be opened.
    LicenceBroken = "licence_broken" "licence"
        "图片打不开，可能没有传完整或已损坏，请重新选择。"
        "The picture cannot be opened: it may be damaged or incomplete; choose it again.",
    /// No picture of the letter of authorisation.
    LetterMissing = "letter_missing" "letter"
        "请上传盖章的授权书照片或扫描件（JPG 或 PNG）。"
        "Add a photograph or scan of the stamped letter (JPG or PNG).",
    /// The letter is no picture that is taken here.
    LetterFormat = "letter_format" "letter"
        "只接受 JPG 或 PNG 图片。iPhone 的 HEIC 照片请先在相册里“导出为 JPG”；PDF 请截图后上传。"
        "Only JPG and PNG pictures are taken. Export a HEIC photograph as JPG first; of a PDF, add a picture of the page.",
    /// The picture of the letter is too large.
    LetterLarge = "letter_large" "letter"
        "图片不能超过 8 MB，也不能超过 2500 万像素，请缩小后再上传。"
        "The picture may have at most 8 MB and 25 million pixels; make it smaller.",
    /// The picture of the letter is too small to be read.
    LetterSmall = "letter_small" "letter"
        "图片太小，看不清内容；长边至少 600 像素，请重新拍摄。"
        "The picture is too small to be read; its longer side needs 600 pixels at least.",
    /// The picture of the letter cannot be opened.
    LetterBroken = "letter_broken" "letter"
        "图片打不开，可能没有传完整或已损坏，请重新选择。"
        "The picture cannot be opened: it may be damaged or incomplete; choose it again.",
    /// No bank, or none that a bank could be called.
    BankName = "bank_name" "bank"
        "请填写开户银行全称，4–60 个字，如“某某银行上海分行”。"
        "Fill in the full name of the bank and its branch, 4 to 60 characters.",
    /// No account number, or none.
    BankAccountNumber = "bank_account_number" "bank_account"
        "请填写企业对公账号，8–30 位数字。"
        "Fill in the number of the enterprise's account, 8 to 30 digits.",
    /// This is, or could be, a person's identity number or card.
    BankAccountPersonal = "bank_account_personal" "bank_account"
        "这像是个人的身份证号码或银行卡号。请填写企业的对公账号；没有对公账户的，请改用授权书。"
        "This looks like a person's identity number or bank card. Enter the enterprise's own account; without one, choose the letter.",
    /// A demonstration takes fictional accounts only.
    BankAccountNotFictional = "bank_account_not_fictional" "bank_account"
        "演示站只接受以 999999 开头的虚构账号（如 9999990001），请勿填写真实账号。"
        "The demonstration takes only fictional accounts that begin with 999999, such as 9999990001; do not enter a real one.",
    /// No bank makes transfers for this site.
    ProofNoBank = "proof_no_bank" "proof"
        "本站没有开通对公打款，请选择授权书。"
        "Transfers are not open on this site; choose the letter.",

    /// A supplier is a verified enterprise.
    SupplierEnterprise = "supplier_enterprise" "verification"
        "请先完成企业认证，再申请入驻。"
        "Have the enterprise verified first, then apply.",
    /// A supplier signs both agreements.
    SupplierAgreement = "supplier_agreement" "agreement"
        "服务商协议和个人信息处理与保密协议须都已签署生效，请先完成签署。"
        "Both the provider agreement and the one on personal data and confidentiality have to be in force; sign both first.",
    /// A restriction names its category.
    SupplierCategory = "supplier_category" "category"
        "请指明要限制或恢复的类目。"
        "Name the category to be restricted or opened again.",
    /// Orders are still open.
    SupplierOrders = "supplier_orders" "order"
        "还有未完成的订单，请先完成，退出手续才能继续。"
        "Orders are still open; finish them, then the exit goes on.",
    /// The notice before an exit is not over.
    SupplierNotice = "supplier_notice" "supplier"
        "30 天公示期未满，请到期后再办理。"
        "The thirty days of notice are not over; go on after them.",
    /// The deposit is not given back.
    SupplierDeposit = "supplier_deposit" "deposit"
        "保证金尚未退还，请先由财务办理退还。"
        "The deposit has not been given back; finance does that first.",
    /// Not in this state.
    SupplierNotNow = "supplier_not_now" "supplier"
        "入驻状态已变化，请刷新页面查看现在可以做什么。"
        "The supplier's standing has changed; reload the page to see what you can do now.",
    /// Not by this role.
    SupplierNotYou = "supplier_not_you" "supplier"
        "这一步不由您的角色操作，请联系有权限的同事。"
        "Your role does not take this step; ask a colleague whose role does.",

    /// An organisation keeps an owner.
    OrgLastOwner = "org_last_owner" "member"
        "组织至少要有一位所有者：请先让另一位成员成为所有者，或解散组织。"
        "An organisation keeps at least one owner: make another member owner first, or dissolve it.",
    /// The member's role does not allow it.
    OrgNotYou = "org_not_you" "member"
        "您的角色不能做这一步，请联系组织的所有者或管理员。"
        "Your role may not do this; ask the organisation's owner or an administrator.",
    /// This person is no member.
    OrgNotMember = "org_not_member" "member"
        "该成员已不在组织中，请刷新页面。"
        "This person is no longer a member; reload the page.",
    /// No role was chosen.
    OrgSeat = "org_seat" "seat"
        "请选择角色。"
        "Choose a role.",
    /// It was not confirmed.
    OrgUnsure = "org_unsure" "member"
        "请勾选“我确认”后再操作。"
        "Tick the box that confirms it first.",
    /// The invitation is over.
    InvitationExpired = "invitation_expired" "invitation"
        "邀请已超过 7 天有效期，请联系邀请人重新发出。"
        "The invitation was good for seven days; ask for a new one.",
    /// The invitation was used, declined or taken back.
    InvitationUsed = "invitation_used" "invitation"
        "邀请已被使用、谢绝或撤回，请联系邀请人重新发出。"
        "The invitation was used, declined or taken back; ask for a new one.",
    /// The person invited is a member already.
    InvitationMember = "invitation_member" "invitation"
        "已是该组织的成员，不需要再次邀请；要更换角色，请在成员页修改。"
        "A member already: no invitation is needed; change the role on the page of members.",
    /// An organisation has sent as many invitations as it may today, or has as many members as it may.
    InvitationsMany = "invitations_many" "phone"
        "今天发出的邀请已达 50 份（同一号码 3 份），或成员已达 200 人。请明天再试，或先移除不再需要的成员。"
        "Fifty invitations were sent today, three to one number, or there are 200 members. Try again tomorrow, or remove members first.",
    /// A limit is no amount.
    SpendingLimit = "spending_limit" "limit"
        "额度应为 0 元以上，精确到分；不设上限请留空。"
        "A limit is 0 yuan or more, to the fen; leave it empty for none.",
    /// The amount to be approved is none, or not the one that was asked for.
    SpendingAmount = "spending_amount" "amount"
        "金额与申请审批时不一致，请按现在的金额重新申请。"
        "The amount is not the one approval was asked for; ask again for the present one.",
    /// Nobody approves their own spending.
    SpendingSelf = "spending_self" "approval"
        "不能审批自己的申请，请另一位管理员或所有者审批。"
        "Nobody approves their own request; another administrator or owner does.",
    /// A request was decided, used or taken back, or is over.
    SpendingDecided = "spending_decided" "approval"
        "该申请已处理、已撤回或已过 7 天有效期，请刷新页面查看；需要时请重新申请。"
        "This request was decided, taken back or is over seven days old; reload the page, and ask again if need be.",
    /// A member has as many requests waiting as they may have.
    SpendingMany = "spending_many" "approval"
        "您已有 10 份申请待处理，请先等待审批或撤回不需要的申请。"
        "Ten of your requests are waiting; wait for an answer, or take back those you no longer need.",
    /// No reason for declining was chosen.
    SpendingDecline = "spending_decline" "decline"
        "请选择不批准的原因，申请人会看到。"
        "Choose why it is declined; whoever asked reads it.",
    /// The number of approvals is none, or more than there are who may approve.
    SpendingApprovals = "spending_approvals" "approvals"
        "审批人数应为 1 至 3 人，且不超过组织中除申请人以外的所有者和管理员人数。"
        "One to three approvals can be asked for, and no more than there are owners and administrators besides whoever asks.",
    /// The page was shown for another identity than the session acts for now.
    ActingChanged = "acting_changed" "acting"
        "打开本页之后，您的身份已切换（或已不在该组织中）。请核对下面的采购主体后重新提交。"
        "You act for somebody else now than when this page was opened. Check who buys, then submit again.",
    /// An organisation that is not verified buys nothing.
    OrgUnverified = "org_unverified" "acting"
        "该企业目前未通过认证，不能以它的名义下新订单；进行中的订单不受影响。请由所有者完成企业认证，或切换为本人下单。"
        "This enterprise is not verified at present, so nothing new is ordered in its name; orders under way go on. An owner completes its verification, or order as yourself.",
    /// An organisation with orders under way is not dissolved.
    OrgOrders = "org_orders" "member"
        "组织还有进行中的订单，请先完成或取消这些订单再解散。"
        "The organisation has orders under way; complete or cancel them before it is dissolved.",
    /// A colleague gave contact details for the order.
    ShareOther = "share_other" "share"
        "本订单的联系方式由您的同事提供，只能由该同事更改或撤回。"
        "A colleague gave the contact details of this order; only they change them or take them back.",
    /// The spending is above the member's limit and not approved.
    SpendingUnapproved = "spending_unapproved" "approval"
        "超出您的额度，请先申请审批，由管理员或所有者批准后再下单。"
        "This is above your limit; ask an administrator or owner for approval first.",

    /// Identifier, password and code do not belong together.
    StaffLogin = "staff_login" "identifier"
        "编号、密码或验证码不正确，请检查后重试；验证码每个只能用一次。"
        "Identifier, password or code is wrong; check them and try again. A code is good once.",
    /// Too many failed log-ins of a member of staff.
    StaffTooMany = "staff_too_many" "identifier"
        "尝试次数过多，请 15 分钟后再试，或请管理员重新开通。"
        "Too many tries; wait 15 minutes, or ask an administrator to set the account up again.",
    /// The set-up code is wrong, used or too old.
    StaffSetup = "staff_setup" "setup_code"
        "编号或开通码不正确，或开通码已使用、已超过 24 小时。请核对，或请管理员重新发放。"
        "Identifier or set-up code is wrong, or the code was used or is older than 24 hours. Check both, or ask an administrator for a new one.",
    /// The identifier belongs to somebody.
    StaffTaken = "staff_taken" "new_identifier"
        "这个编号已被使用，离职人员的编号也不再发放，请换一个。"
        "This identifier is taken, and those of former staff are not given again; choose another.",
    /// The identifier is none.
    StaffIdentifier = "staff_identifier" "new_identifier"
        "编号用小写字母、数字和连字符，1–32 位，须含字母（如 verifier-1），不要用姓名或电话号码。"
        "Use small letters, digits and hyphens, 1 to 32 signs with a letter among them, such as verifier-1; no name and no phone number.",
    /// No role was chosen.
    StaffRoles = "staff_roles" "roles"
        "请至少选择一个角色。"
        "Choose at least one role.",
    /// Nobody changes their own roles, or ends themself.
    StaffOwn = "staff_own" "roles"
        "不能更改自己的角色或停用自己，请另一位管理员操作。"
        "Nobody changes their own roles or ends their own account; another administrator does.",
    /// The last administrator stays.
    StaffLastAdmin = "staff_last_admin" "roles"
        "至少要保留一位已开通的管理员，请先指定另一位。"
        "At least one administrator who has set up the account stays; appoint another first.",
    /// The training is missing or ran out.
    StaffTraining = "staff_training" "reason"
        "没有有效的培训证书，不能打开任何个人信息。请先到“培训”完成课程和测验。"
        "Without a valid training certificate no personal data opens; go through the course and pass the quiz under “Training” first.",
    /// No reason was chosen.
    StaffReason = "staff_reason" "reason"
        "请选择打开这项信息的理由，本人会看到它。"
        "Choose why you open this; the person reads it.",
    /// There is nothing to decide that the data is needed for.
    StaffNoMatter = "staff_no_matter" "reason"
        "这个案件没有待决定的事项，不能打开个人信息。怀疑冒用时，请先提出撤销。"
        "Nothing is to be decided here, so no personal data opens. If you suspect misuse, propose a revocation first.",
    /// A revocation needs a ground.
    StaffGround = "staff_ground" "ground"
        "请选择撤销的依据，本人会看到它。"
        "Choose the ground of the revocation; the person reads it.",
    /// No decision was chosen.
    RulingMissing = "ruling_missing" "decision"
        "请选择退还买方或继续履行。"
        "Choose whether it is given back or the work goes on.",
    /// A question of the quiz has no answer.
    QuizIncomplete = "quiz_incomplete" "h-quiz"
        "请回答每一道题后再提交。"
        "Answer every question before you hand it in.",
    /// The quiz was handed in, or another one was drawn.
    QuizStale = "quiz_stale" "h-quiz"
        "这份测验已提交或已更换，请重新开始。"
        "This quiz was handed in or replaced; begin a new one.",
    /// Nothing is tried from this network without a solved puzzle.
    PuzzleNeeded = "puzzle_needed" "answer"
        "您所在的网络近期有异常尝试，请先完成下面的安全验证，再提交一次；换一个网络可以不用验证。"
        "There were suspicious tries from your network: complete the check below and send the form again, or use another network.",
    /// The puzzle is solved wrongly, too early, too late or was used.
    PuzzleWrong = "puzzle_wrong" "answer"
        "安全验证没有通过：答案不对、提交太早或已过期。已换了一道新的，请重新完成。"
        "The check was not passed: wrong, too early or out of time. Here is a new one; complete it and send the form again.",
    /// The log-in that was stopped waits no longer.
    GuardStale = "guard_stale" "main"
        "这次登录已超时，或已经处理过了，请重新登录。"
        "This log-in has waited too long or is over; log in again.",
    /// The wait of a held log-in is not over.
    GuardWait = "guard_wait" "answer"
        "等待时间还没有到，请稍候再提交。"
        "The wait is not over yet; send it again in a moment.",
    /// Log-in is frozen.
    GuardFrozen = "guard_frozen" "main"
        "登录已冻结：请通过手机验证码重置密码，或申请人工复核。"
        "Log-in is frozen: reset the password with a code to your phone, or ask a human to look again.",
    /// No ground of the contest was chosen.
    ContestGround = "contest_ground" "ground"
        "请选择申请人工复核的理由。"
        "Choose why a human should look again.",
    /// The decision was contested before, or keeps nobody back any more.
    ContestNotNow = "contest_not_now" "ground"
        "这个决定已经申请过复核，或已不再限制登录，无需再次申请。"
        "This decision was contested before, or keeps nobody back any more; there is nothing to do.",
    /// No ruling was chosen.
    ContestRuling = "contest_ruling" "ruling"
        "请选择解除或维持，并选择理由；本人会看到它。"
        "Choose whether it is lifted or upheld, and why; the person reads it.",
}

impl From<Party> for Refused {
    fn from(party: Party) -> Self {
        Self::Party(party)
    }
}

impl Refused {
    /// Every refusal, for tests and the API's list of codes.
    pub const ALL: &'static [Self] = &{
        // A constant cannot loop over groups of different types; each is copied by the same lines.
        macro_rules! joined {
            ($($group:ident)+) => {{
                let mut all = [Self::FormStale; Self::OWN.len() $(+ $group::ALL.len())+];
                let mut at = 0;
                while at < Self::OWN.len() {
                    all[at] = Self::OWN[at];
                    at += 1;
                }
                $(
                    let mut of = 0;
                    while of < $group::ALL.len() {
                        all[at] = Self::$group($group::ALL[of]);
                        of += 1;
                        at += 1;
                    }
                )+
                all
            }};
        }
        joined!(Party Passkey Trade Minor Book)
    };
}
