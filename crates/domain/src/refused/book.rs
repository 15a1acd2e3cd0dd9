//! Refusals about address books and titles for invoices: a person's own, and an organisation's.

use super::Refused;

refusals! {
    /// Why a rule about an address book or a title says no.
    Book;
    /// An entry of an address book with nothing in it.
    Empty = "book_empty" "contact_name"
        "请至少填写一项：联系人、电话、邮箱或地址。"
        "Fill in at least one: whom to ask for, a phone, a mail address or an address.",
    /// There are as many as there may be.
    Full = "book_full" "list"
        "条数已到上限，请先删除不用的一条。"
        "There are as many as there may be; delete one that is no longer used first.",
    /// The name of a person's title.
    TitleName = "title_name" "title_name"
        "抬头应为 1–60 个字，不含换行和隐藏字符；个人抬头填姓名，企业抬头填营业执照上的名称。"
        "A title has 1 to 60 characters without line breaks or hidden signs: a person's name, or the enterprise's name on its licence.",
    /// A tax number beside a person's title.
    TitlePerson = "title_person" "credit_code"
        "个人抬头不需要税号，请清空税号；企业开票请选择“企业”。"
        "A person's title has no tax number; leave it empty, or choose “enterprise”.",
    /// What a place is called.
    PlaceLabel = "place_label" "label"
        "名称应为 1–20 个字，如“总部前台”，不含联系方式。"
        "The name has 1 to 20 characters, such as “head office”, and no contact details.",
    /// A place whose address reaches a person.
    PlaceContact = "place_contact" "address"
        "企业地址会给同事看，请不要写手机号、邮箱或微信；个人联系方式请放在您自己的地址簿里。"
        "Colleagues see the enterprise's places: leave out mobile numbers, mail addresses and messengers, and keep a person's in your own address book.",
    /// The phone of an enterprise is none.
    OfficePhone = "office_phone" "phone"
        "企业电话请填带区号的固定电话（如 010-0000 0365）或 400 号码，分机用“转”连接。"
        "An enterprise's phone is a landline with its area code, such as 010-0000 0365, or a 400 number; an extension follows “转” or “ext”.",
    /// A mobile number belongs to a person.
    OfficePhoneMobile = "office_phone_mobile" "phone"
        "手机号属于个人，请放在您自己的地址簿里；这里填企业的固定电话或 400 号码。"
        "A mobile number is a person's: keep it in your own address book. Here goes the enterprise's landline or 400 number.",
    /// A demonstration takes fictional numbers only.
    OfficePhoneNotFictional = "office_phone_not_fictional" "phone"
        "演示站只接受以 0000 开头的虚构固定电话，如 010-0000 0365。"
        "The demonstration takes fictional landlines only: after the area code comes 0000, as in 010-0000 0365.",
}

impl From<Book> for Refused {
    fn from(book: Book) -> Self {
        Self::Book(book)
    }
}
