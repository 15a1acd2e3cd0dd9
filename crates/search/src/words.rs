//! Words the general dictionary does not know, and words that mean the same to a buyer.

/// Service words that must stay whole for the segmenter.
pub const SERVICE_WORDS: &[&str] = &[
    "公司注册",
    "代理记账",
    "商标注册",
    "工商变更",
    "股权变更",
    "汇算清缴",
    "一般纳税人",
    "小规模",
    "等保",
    "等级保护",
    "渗透测试",
    "高新认定",
    "专精特新",
    "软著",
    "小程序",
    "官网",
    "劳务派遣",
    "社保代缴",
    "法律顾问",
    "律师函",
    "代运营",
    "简易注销",
    "验资",
    "经营许可证",
    "备案",
];

/// What people type → what the catalogue says. Applied to the query only, beside what was typed.
const SYNONYMS: &[(&str, &str)] = &[
    ("代账", "代理记账"),
    ("代理做账", "代理记账"),
    ("会计外包", "代理记账"),
    ("注册公司", "公司注册"),
    ("开公司", "公司注册"),
    ("公司注册", "有限公司注册"),
    ("劳务外包", "劳务派遣"),
    ("人力外包", "劳务派遣"),
    ("劳务", "派遣"),
    ("劳务", "人力"),
    ("软件著作权", "软著"),
    ("高企", "高新技术企业"),
    ("做网站", "网站建设"),
    ("等保二级", "等保2级"),
    ("等保2级", "等保二级"),
    ("营业执照", "公司注册"),
    ("营业执照", "个体户注册"),
    ("营业执照", "工商变更"),
    ("执照", "公司注册"),
    ("发票", "票种核定"),
    ("工商注册", "公司注册"),
    ("工商登记", "公司注册"),
    ("刻章", "公司注册"),
    ("公章", "公司注册"),
    ("会计", "代理记账"),
    ("做账", "代理记账"),
    ("报税", "代理记账"),
    ("律师", "法律服务"),
    ("专利", "实用新型"),
    ("版权", "著作权"),
    ("公积金", "社保代缴"),
    ("法人变更", "工商变更"),
    ("注销公司", "注销"),
    ("app开发", "小程序开发"),
    ("招人", "猎头招聘"),
    ("trademark", "trade mark"),
    ("license", "licence"),
    ("accounting", "bookkeeping"),
    ("accountant", "bookkeeping"),
    ("book keeping", "bookkeeping"),
    ("incorporation", "company registration"),
    ("company formation", "company registration"),
    ("register a company", "company registration"),
    ("business licence", "company registration"),
    ("business license", "company registration"),
    ("business registration", "company registration"),
    ("dissolution", "deregistration"),
    ("close a company", "deregistration"),
    ("patent", "utility model"),
    ("vat", "general taxpayer"),
    ("payroll", "social insurance"),
    ("recruitment", "executive search"),
    ("recruiting", "executive search"),
    ("lawyer", "legal"),
    ("attorney", "legal"),
    ("law firm", "legal"),
    ("pentest", "penetration test"),
    ("cybersecurity", "security"),
    ("app", "mini program"),
];

/// How much what is meant counts beside what was typed: the query with the words exchanged, and what
/// is meant alone.
const EXCHANGED: f32 = 0.8;
const ALONE: f32 = 0.6;

/// Other ways to say a folded query, with how much each counts.
pub fn meant_by(typed: &str) -> Vec<(String, f32)> {
    let mut ways = Vec::new();
    for (said, meant) in SYNONYMS {
        if let Some(at) = place(typed, said) {
            ways.push(((*meant).to_owned(), ALONE));
            if typed.len() > said.len() {
                let (before, after) = (&typed[..at], &typed[at + said.len()..]);
                ways.push((format!("{before} {meant} {after}"), EXCHANGED));
            }
        }
    }
    ways
}

/// Where a query says these words; English ones only whole or in the plural.
fn place(typed: &str, said: &str) -> Option<usize> {
    let mut found = typed.match_indices(said);
    let whole = |at: usize| {
        let letter = |sign: Option<char>| sign.is_some_and(|sign| sign.is_ascii_alphabetic());
        let after = &typed[at + said.len()..];
        let after = after.strip_prefix('s').unwrap_or(after);
        !letter(typed[..at].chars().next_back()) && !letter(after.chars().next())
    };
    found
        .find(|(at, _)| !said.is_ascii() || whole(*at))
        .map(|(at, _)| at)
}

/// Traditional signs of business words → simplified.
pub const TRADITIONAL: &[(char, char)] = &[
    ('註', '注'),
    ('冊', '册'),
    ('標', '标'),
    ('專', '专'),
    ('業', '业'),
    ('務', '务'),
    ('稅', '税'),
    ('記', '记'),
    ('賬', '账'),
    ('帳', '账'),
    ('審', '审'),
    ('計', '计'),
    ('驗', '验'),
    ('資', '资'),
    ('認', '认'),
    ('證', '证'),
    ('變', '变'),
    ('銷', '销'),
    ('權', '权'),
    ('軟', '软'),
    ('網', '网'),
    ('開', '开'),
    ('發', '发'),
    ('備', '备'),
    ('級', '级'),
    ('測', '测'),
    ('試', '试'),
    ('勞', '劳'),
    ('遣', '遣'),
    ('獵', '猎'),
    ('頭', '头'),
    ('設', '设'),
    ('營', '营'),
    ('運', '运'),
    ('辦', '办'),
    ('師', '师'),
    ('訴', '诉'),
    ('約', '约'),
    ('會', '会'),
    ('顧', '顾'),
    ('問', '问'),
    ('報', '报'),
    ('費', '费'),
    ('價', '价'),
    ('戶', '户'),
    ('個', '个'),
    ('體', '体'),
    ('國', '国'),
    ('際', '际'),
    ('貿', '贸'),
    ('經', '经'),
    ('範', '范'),
    ('圍', '围'),
    ('續', '续'),
    ('駁', '驳'),
    ('復', '复'),
    ('術', '术'),
    ('實', '实'),
    ('創', '创'),
    ('產', '产'),
    ('單', '单'),
    ('類', '类'),
    ('請', '请'),
    ('東', '东'),
    ('滲', '渗'),
    ('護', '护'),
    ('險', '险'),
    ('險', '险'),
    ('積', '积'),
    ('繳', '缴'),
    ('視', '视'),
    ('頻', '频'),
];
