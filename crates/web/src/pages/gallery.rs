//! Every page with its sample values: the one table behind `/demo/yemian` and behind the test that
//! judges all pages. A page struct that is missing here fails that test.

use askama::Template;

use super::frame::{Frame, Lang};
use super::staff::{
    cases as staff_cases, guard as staff_guard, minor as staff_minor, people as staff_people,
    training as staff_training, work as staff_work,
};
use super::{
    account, api, book, catalogue, consent, guard, history, log, minor, order, org, org_members, overview,
    passkey, person, phone, profile, public, rights, second, share, spending, staff, supplier, token,
};

/// A kind of page.
pub struct Kind {
    /// Its name in addresses and snapshots.
    pub name: &'static str,
    /// The struct behind it.
    pub type_name: &'static str,
    render: fn(Lang, &str) -> Vec<askama::Result<String>>,
}

impl Kind {
    /// Its samples in a language, as they would be served with this style sheet.
    ///
    /// # Errors
    /// One per sample: a template that fails.
    #[must_use]
    pub fn samples(&self, lang: Lang, css_path: &str) -> Vec<askama::Result<String>> {
        (self.render)(lang, css_path)
    }
}

macro_rules! kinds {
    ($($name:literal $module:ident::$page:ident;)+) => {
        /// Every kind of page.
        pub const KINDS: &[Kind] = &[$(Kind {
            name: $name,
            type_name: stringify!($page),
            render: |lang, css_path| {
                let samples = $module::$page::samples().into_iter().filter(|page| page.f.lang == lang);
                samples
                    .map(|mut page| {
                        css_path.clone_into(&mut page.f.css_path);
                        page.render()
                    })
                    .collect()
            },
        },)+];
    };
}

use self as gallery;

kinds! {
    "home" public::HomePage;
    "categories" catalogue::CategoriesPage;
    "list" catalogue::ListPage;
    "search" catalogue::SearchPage;
    "service" catalogue::ServicePage;
    "supplier" catalogue::SupplierPage;
    "register" account::RegisterPage;
    "guardian-ask" minor::GuardianAskPage;
    "child-rules" minor::ChildRulesPage;
    "guardians" minor::GuardiansPage;
    "child" minor::ChildPage;
    "login" account::LoginPage;
    "reset" account::ResetPage;
    "account" overview::AccountPage;
    "openings" history::OpeningsPage;
    "changes" history::ChangesPage;
    "logins" history::LoginsPage;
    "phone" phone::PhonePage;
    "phone-new" phone::NewPhonePage;
    "phone-done" phone::PhoneDonePage;
    "phone-lost" phone::LostPhonePage;
    "rename" profile::RenamePage;
    "profile" profile::ProfilePage;
    "books" book::BooksPage;
    "book-form" book::BookForm;
    "person" person::PersonPage;
    "enterprises" org::EnterprisesPage;
    "enterprise" org::ApplicationPage;
    "enterprise-letter" org::LetterPage;
    "organisation" org_members::OrganisationPage;
    "identities" spending::IdentitiesPage;
    "approvals" spending::ApprovalsPage;
    "password" account::PasswordPage;
    "second" second::SecondPage;
    "second-enrol" second::SecondEnrolPage;
    "recovery-codes" second::RecoveryCodesPage;
    "second-step" second::SecondStepPage;
    "second-loss" second::SecondLossPage;
    "stopped" guard::StoppedPage;
    "guard" guard::GuardPage;
    "proof" second::ProofPage;
    "passkeys" passkey::PasskeysPage;
    "passkey-add" passkey::PasskeyAddPage;
    "consents" consent::ConsentsPage;
    "tokens" token::TokensPage;
    "token-new" token::NewTokenPage;
    "privacy" rights::PrivacyPage;
    "copy" rights::CopyPage;
    "close" rights::ClosePage;
    "certificate" rights::CertificatePage;
    "disclosures" share::DisclosuresPage;
    "recipients" share::RecipientsPage;
    "share" share::SharePage;
    "demands" share::DemandsPage;
    "place" order::PlacePage;
    "orders" order::OrdersPage;
    "order" order::OrderPage;
    "workbench" order::WorkbenchPage;
    "ledger" order::LedgerPage;
    "policy" public::PolicyPage;
    "archive" public::ArchivePage;
    "diff" public::DiffPage;
    "agreement" public::AgreementPage;
    "contact" public::ContactPage;
    "log" log::LogPage;
    "api" api::ApiPage;
    "codes" api::CodesPage;
    "error" public::ErrorPage;
    "outbox" public::OutboxPage;
    "staff-login" staff::StaffLoginPage;
    "staff-setup" staff::StaffSetupPage;
    "staff-enrol" staff::StaffEnrolPage;
    "staff-codes" staff::StaffCodesPage;
    "staff-home" staff::StaffHomePage;
    "staff-training" staff_training::TrainingPage;
    "staff-quiz" staff_training::QuizPage;
    "staff-judged" staff_training::JudgedPage;
    "staff-people" staff_people::PeoplePage;
    "staff-cases" staff_cases::CasesPage;
    "staff-case" staff_cases::CasePage;
    "supplier-standing" supplier::StandingPage;
    "supplier-permit" supplier::PermitPage;
    "supplier-terms" supplier::TermsPage;
    "staff-approvals" staff_minor::MinorApprovalsPage;
    "staff-minors" staff_minor::MinorsPage;
    "staff-minor-audit" staff_minor::MinorAuditPage;
    "staff-demands" staff_work::OfficerPage;
    "staff-guard" staff_guard::ContestedPage;
    "staff-orders" staff_work::ArbiterPage;
    "gallery" gallery::GalleryPage;
}

/// A kind of page as a line of the list.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its name in addresses.
    pub name: String,
    /// The numbers of its samples, from 1.
    pub numbers: Vec<usize>,
}

/// `GET /demo/yemian`: links to the samples of every page.
#[derive(Template, Clone, Debug)]
#[template(path = "public/gallery.html")]
pub struct GalleryPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The kinds of pages.
    pub lines: Vec<Line>,
}

impl GalleryPage {
    /// In both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let line = |name: &str| Line {
            name: name.to_owned(),
            numbers: vec![1, 2],
        };
        Lang::ALL
            .map(|lang| Self {
                f: Frame::sample(lang, lang.t("页面样例", "Page samples"), "/demo/yemian", false),
                lines: vec![line("home"), line("<b>")],
            })
            .to_vec()
    }
}
