//! The one table of routes. The router is built from it and from nothing else (0.4).

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::middleware;
use axum::routing::{MethodRouter, delete, get, post, put};
use domain::account::token::Scope;

use crate::api;
use crate::handlers::{
    account, assets, book, catalogue, child, consent, gallery, guard, home, interface, log, minor, order,
    org, org_book, org_members, overview, passkey, person, phone, policy, profile, register, rights, second,
    share, spending, staff, stopped, supplier, terms, token,
};
use crate::headers;
use crate::kept::{self, KeptPages};
use crate::state::{WebState, css_path, passkey_js_path, puzzle_path};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anyone, without a session; the answer sets no identifying cookie (2.1.1.c).
    Anyone,
    /// Anyone, to get or end a session.
    Door,
    /// Whoever is logged in, for their own.
    Account,
    /// A program with a token of this scope, for the person it stands for.
    Token(Scope),
    /// Anyone, on a demonstration only.
    Demo,
    /// A member of staff who is signed in, for their own.
    Staff,
    /// A member of staff who verifies persons.
    Verifier,
    /// The privacy officer.
    Officer,
    /// A member of staff who decides disputes.
    Arbiter,
    /// A member of staff who approves what is opened of a minor.
    Supervisor,
    /// A member of staff who runs the console.
    Admin,
}

/// A route.
pub struct Route {
    /// The method; `put` and `delete` below `/api` alone.
    pub method: &'static str,
    /// The path.
    pub path: &'static str,
    /// Who may call it.
    pub who: Who,
    /// The purpose, by its identifier.
    pub purpose: &'static str,
    /// The clauses it serves.
    pub clauses: &'static [&'static str],
    /// The handler's path under `handlers`.
    pub handler_name: &'static str,
    handler: fn() -> MethodRouter<WebState>,
}

/// The HTTP method of a row: a form with a file is posted like any other.
const fn verb(method: &'static str) -> &'static str {
    match method.as_bytes() {
        b"upload" => "post",
        _ => method,
    }
}

/// A form with a file: more is read of it than of others, and what is too much is counted and thrown away.
fn upload<H: Handler<T, WebState>, T: 'static>(handler: H) -> MethodRouter<WebState> {
    post(handler).layer(DefaultBodyLimit::max(LARGEST_UPLOAD))
}

macro_rules! routes {
    ($($method:ident $path:literal $who:ident $(($scope:ident))? $purpose:literal [$($clause:literal),*] $handler:path;)+) => {
        /// Every route.
        pub const ROUTES: &[Route] = &[$(Route {
            method: verb(stringify!($method)),
            path: $path,
            who: Who::$who$((Scope::$scope))?,
            purpose: $purpose,
            clauses: &[$(::policy::clause!($clause)),*],
            handler_name: stringify!($handler),
            handler: || $method($handler),
        },)+];
    };
}

routes! {
    get "/" Anyone "browse" ["2.1.1.c"] home::home;
    get "/fenlei" Anyone "browse" ["2.1.1.c"] catalogue::categories;
    get "/fuwu" Anyone "browse" ["2.1.1.c"] catalogue::list;
    get "/fuwu/{id}" Anyone "browse" ["2.1.1.c", "0.9", "0.11"] catalogue::service;
    get "/fuwushang/{supplier}" Anyone "browse" ["2.1.1.c", "0.9"] catalogue::supplier;
    get "/sousuo" Anyone "browse" ["2.1.1.c"] catalogue::search;
    get "/lianxi" Anyone "browse" ["0.13", "1.0"] home::contact;
    get "/zhengce" Anyone "browse" ["0.1", "0.6", "0.14"] policy::current;
    get "/zhengce.json" Anyone "browse" ["0.1"] policy::json;
    get "/zhengce/lishi" Anyone "browse" ["0.17"] policy::archive;
    get "/zhengce/jieshoufang" Anyone "browse" ["2.4.1.0", "2.4.1.5.e"] share::recipients;
    get "/zhengce/{version}" Anyone "browse" ["0.1", "0.17"] policy::version;
    get "/zhengce/duibi/{before}/{after}" Anyone "browse" ["0.19", "0.20"] policy::diff;
    get "/xieyi" Anyone "browse" ["0.2"] policy::user_agreement;
    get "/xieyi/fuwushang" Anyone "browse" ["0.11", "2.4.1.5.2.b"] terms::terms;
    get "/ertong-guize" Anyone "browse" ["2.7.b"] minor::rules;
    get "/toumingdu" Anyone "browse" ["0.17", "2.5.1.0"] log::page;
    get "/tlog/checkpoint" Anyone "browse" ["2.5.1.0"] log::checkpoint;
    get "/tlog/tile/{*path}" Anyone "browse" ["2.5.1.0"] log::tile;
    get "/tlog/growth/{old}" Anyone "browse" ["2.5.1.0"] log::growth;
    get "/robots.txt" Anyone "browse" ["2.1.1.c"] assets::robots;
    get "/health" Anyone "operate" ["2.1.1.c"] assets::health;
    get "/zhuce" Door "keep_account" ["2.1.1.b"] register::form;
    post "/zhuce" Door "keep_account" ["2.1.1.a", "2.1.1.b", "0.2", "0.7"] register::register;
    post "/zhuce/yanzhengma" Door "keep_account" ["2.1.1.b", "0.7"] register::code;
    get "/zhuce/jianhuren" Door "keep_account" ["2.7.a"] minor::ask_form;
    post "/zhuce/jianhuren" Door "keep_account" ["2.7.a"] minor::ask;
    post "/zhuce/jianhuren/yanzhengma" Door "keep_account" ["2.7.a"] minor::ask_code;
    get "/denglu" Door "verify_holder" ["2.1.1.e"] account::login_form;
    post "/denglu" Door "verify_holder" ["2.1.1.e"] account::log_in;
    get "/denglu/yanzheng" Door "verify_holder" ["2.1.1.e", "2.2.3.d"] second::step_form;
    post "/denglu/yanzheng" Door "verify_holder" ["2.1.1.e", "2.2.3.d"] second::step;
    post "/denglu/miyao" Door "verify_holder" ["2.1.1.e", "2.2.3.d"] passkey::enter;
    post "/denglu/miyao/kaishi" Door "verify_holder" ["2.1.1.e"] passkey::begin_entry;
    post "/denglu/yanzheng/miyao" Door "verify_holder" ["2.1.1.e", "2.2.3.d"] passkey::step;
    post "/denglu/yanzheng/miyao/kaishi" Door "verify_holder" ["2.1.1.e"] passkey::begin_step;
    get "/denglu/yishi" Door "verify_holder" ["2.1.1.e", "2.5.4.e"] second::loss_form;
    post "/denglu/yishi" Door "verify_holder" ["2.1.1.e", "2.5.4.e"] second::loss;
    post "/denglu/yishi/yanzhengma" Door "verify_holder" ["2.1.1.e"] second::loss_code;
    get "/denglu/anquan" Door "keep_safe" ["2.2.3.a", "2.2.3.d"] stopped::page;
    post "/denglu/anquan" Door "keep_safe" ["2.2.3.d"] stopped::solve;
    post "/denglu/anquan/yanzhengma" Door "verify_holder" ["2.1.1.e", "2.2.3.d"] stopped::code;
    post "/denglu/anquan/queren" Door "verify_holder" ["2.1.1.e", "2.2.3.d"] stopped::confirm;
    post "/denglu/anquan/fuhe" Door "keep_safe" ["2.2.3.b"] stopped::contest;
    get "/mima/chongzhi" Door "verify_holder" ["2.1.1.e"] account::reset_form;
    post "/mima/chongzhi" Door "verify_holder" ["2.1.1.e"] account::reset;
    post "/mima/chongzhi/yanzhengma" Door "verify_holder" ["2.1.1.e"] account::reset_code;
    get "/zhaohui" Door "verify_holder" ["2.1.1.e", "2.6.2.b"] phone::lost;
    post "/zhaohui" Door "verify_holder" ["2.1.1.e", "2.6.2.b"] phone::ask_lost;
    post "/zhaohui/yanzhengma" Door "verify_holder" ["2.1.1.e"] phone::lost_code;
    post "/tuichu" Account "keep_safe" ["2.1.1.e"] account::log_out;
    get "/zhanghao" Account "show_own" ["2.6.1.a", "2.6.1.e", "2.5.1.e"] overview::overview;
    get "/zhanghao/pingzheng/{event}" Account "show_own" ["2.6.1.a", "2.5.1.e"] log::receipt;
    get "/zhanghao/mima" Account "verify_holder" ["2.1.1.e"] account::password_form;
    post "/zhanghao/mima" Account "verify_holder" ["2.1.1.e"] account::change_password;
    get "/zhanghao/shouji" Account "show_own" ["2.6.1.a", "2.6.2.a"] phone::first;
    post "/zhanghao/shouji" Account "verify_holder" ["2.1.1.e"] phone::prove;
    post "/zhanghao/shouji/yanzhengma" Account "verify_holder" ["2.1.1.e"] phone::present_code;
    get "/zhanghao/shouji/xin" Account "show_own" ["2.6.1.a", "2.6.2.a"] phone::second;
    post "/zhanghao/shouji/xin" Account "verify_holder" ["2.6.1.a", "2.6.2.a"] phone::change;
    post "/zhanghao/shouji/xin/yanzhengma" Account "verify_holder" ["2.1.1.e"] phone::new_code;
    get "/zhanghao/shouji/wancheng" Account "show_own" ["2.6.1.a"] phone::done;
    post "/zhanghao/shouji/zhaohui/quxiao" Account "verify_holder" ["2.1.1.e", "2.2.3.d"] phone::cancel;
    get "/zhanghao/mingcheng" Account "show_own" ["2.6.1.a", "2.6.2.a"] profile::rename_form;
    post "/zhanghao/mingcheng" Account "verify_holder" ["2.6.1.a", "2.6.2.a"] profile::rename;
    get "/zhanghao/ziliao" Account "show_own" ["2.6.1.a", "2.6.2.a"] profile::form;
    post "/zhanghao/ziliao" Account "keep_account" ["2.6.1.a", "2.6.2.a"] profile::save;
    get "/zhanghao/dizhi" Account "show_own" ["2.6.1.a"] book::list;
    get "/zhanghao/dizhi/{id}" Account "show_own" ["2.6.1.a"] book::entry;
    post "/zhanghao/dizhi/{id}" Account "keep_account" ["2.6.1.a", "2.6.2.a"] book::put_entry;
    post "/zhanghao/dizhi/{id}/{act}" Account "keep_account" ["2.6.1.a", "2.6.3.a"] book::entry_act;
    get "/zhanghao/taitou/{id}" Account "show_own" ["2.6.1.a"] book::title;
    post "/zhanghao/taitou/{id}" Account "keep_account" ["2.6.1.a", "2.6.2.a"] book::put_title;
    post "/zhanghao/taitou/{id}/{act}" Account "keep_account" ["2.6.1.a", "2.6.3.a"] book::title_act;
    get "/zhanghao/chakan" Account "show_own" ["2.5.1.e", "2.6.1.a"] overview::openings;
    get "/zhanghao/xiugai" Account "show_own" ["2.6.1.a", "2.6.2.a"] overview::changes;
    get "/zhanghao/denglu" Account "show_own" ["2.2.3.d", "2.6.1.a"] overview::logins;
    get "/zhanghao/anquan" Account "show_own" ["2.2.3.a", "2.2.3.d", "2.6.1.a"] stopped::list;
    post "/zhanghao/anquan/{decision}/fuhe" Account "keep_safe" ["2.2.3.b"] stopped::contest_own;
    post "/zhanghao/huihua/tuichu" Account "keep_safe" ["2.1.1.e", "2.2.3.d"] overview::end_others;
    post "/zhanghao/huihua/{session}/chexiao" Account "keep_safe" ["2.1.1.e"] account::revoke;
    get "/zhanghao/queren" Account "verify_holder" ["2.1.1.e", "2.6.4.f"] guard::proof_form;
    post "/zhanghao/queren" Account "verify_holder" ["2.1.1.e", "2.2.3.d", "2.6.4.f"] guard::prove;
    post "/zhanghao/queren/miyao" Account "verify_holder" ["2.1.1.e", "2.2.3.d", "2.6.4.f"] passkey::prove;
    post "/zhanghao/queren/miyao/kaishi" Account "verify_holder" ["2.1.1.e", "2.6.4.f"] passkey::begin_proof;
    get "/zhanghao/miyao" Account "show_own" ["2.6.1.a", "2.6.1.c"] passkey::list;
    get "/zhanghao/miyao/tianjia" Account "verify_holder" ["2.1.1.e", "2.6.1.c"] passkey::add_form;
    post "/zhanghao/miyao/tianjia" Account "verify_holder" ["2.1.1.e", "2.6.1.c"] passkey::add;
    post "/zhanghao/miyao/tianjia/kaishi" Account "verify_holder" ["2.1.1.e", "2.6.1.c"] passkey::begin_add;
    post "/zhanghao/miyao/{passkey}/mingcheng" Account "keep_safe" ["2.6.1.c"] passkey::rename;
    post "/zhanghao/miyao/{passkey}/shanchu" Account "verify_holder" ["2.1.1.e", "2.6.1.c"] passkey::remove;
    get "/zhanghao/liangbu" Account "show_own" ["2.5.4.h", "2.6.1.a"] guard::state;
    post "/zhanghao/liangbu" Account "verify_holder" ["2.1.1.e", "2.5.4.h"] guard::begin;
    get "/zhanghao/liangbu/bangding" Account "verify_holder" ["2.1.1.e", "2.5.4.h"] guard::enrol_form;
    post "/zhanghao/liangbu/bangding" Account "verify_holder" ["2.1.1.e", "2.5.4.h"] guard::confirm;
    post "/zhanghao/liangbu/huifuma" Account "verify_holder" ["2.1.1.e"] guard::renew_codes;
    post "/zhanghao/liangbu/huifuma/wenjian" Account "verify_holder" ["2.1.1.e"] guard::codes_file;
    post "/zhanghao/liangbu/guanbi" Account "verify_holder" ["2.1.1.e"] guard::turn_off;
    post "/zhanghao/liangbu/baoliu" Account "keep_safe" ["2.2.3.d", "2.5.4.e"] guard::keep;
    post "/zhanghao/jizhu/{device}/chexiao" Account "keep_safe" ["2.1.1.e"] guard::forget;
    get "/zhanghao/tongyi" Account "show_own" ["2.1.1.g", "2.6.1.a"] consent::list;
    post "/zhanghao/tongyi/{offer}" Account "keep_account" ["2.1.1.g"] consent::choose;
    get "/zhanghao/shiming" Account "show_own" ["2.1.1.d", "2.6.1.a"] person::form;
    post "/zhanghao/shiming" Account "certify" ["2.1.1.d", "0.8"] person::submit;
    post "/zhanghao/shiming/tongyi" Account "keep_account" ["2.1.1.d", "0.8"] person::agree;
    post "/zhanghao/shiming/shanchu" Account "keep_account" ["2.1.1.d", "2.6.3.a"] person::erase;
    post "/zhanghao/shiming/shensu" Account "keep_account" ["2.1.1.d"] person::appeal;
    get "/zhanghao/jianhu" Account "show_own" ["2.7.a", "2.7.b"] minor::room;
    post "/zhanghao/jianhu" Account "keep_account" ["2.7.a"] minor::ask_own;
    post "/zhanghao/jianhu/yiyi" Account "keep_account" ["2.7.a"] minor::contest;
    get "/zhanghao/jianhu/{id}" Account "show_own" ["2.7.a", "2.7.b"] child::view;
    post "/zhanghao/jianhu/{id}/yanzhengma" Account "verify_holder" ["2.7.a"] child::code;
    post "/zhanghao/jianhu/{id}/queren" Account "verify_holder" ["2.7.a"] child::prove;
    post "/zhanghao/jianhu/{id}/guize" Account "keep_account" ["2.7.a"] child::read_rules;
    post "/zhanghao/jianhu/{id}/tongyi" Account "keep_account" ["2.7.a"] child::consent;
    post "/zhanghao/jianhu/{id}/jujue" Account "obey_law" ["2.7.a"] child::refuse;
    post "/zhanghao/jianhu/{id}/chehui" Account "obey_law" ["2.7.b"] child::withdraw;
    post "/zhanghao/jianhu/{id}/nianling" Account "keep_account" ["2.7.a"] child::grow;
    post "/zhanghao/jianhu/{id}/shiming" Account "keep_account" ["2.7.b"] child::certify;
    post "/zhanghao/jianhu/{id}/mingcheng" Account "verify_holder" ["2.6.2.a", "2.7.b"] child::rename;
    post "/zhanghao/jianhu/{id}/fuben" Account "show_own" ["2.6.1.h", "2.7.b"] child::copy;
    get "/zhanghao/jianhu/{id}/pingzheng/{event}" Account "show_own" ["2.7.a"] child::receipt;
    get "/zhanghao/qiye" Account "show_own" ["2.1.1.a", "2.1.1.d", "2.6.1.a"] org::mine;
    post "/zhanghao/qiye" Account "keep_account" ["2.1.1.d"] org::begin;
    get "/zhanghao/qiye/{id}" Account "certify" ["2.1.1.d", "2.6.1.a"] org::application;
    upload "/zhanghao/qiye/{id}" Account "certify" ["2.1.1.d"] org::submit;
    get "/zhanghao/qiye/{id}/shouquanshu" Account "certify" ["2.1.1.d"] org::letter_form;
    upload "/zhanghao/qiye/{id}/shouquanshu" Account "certify" ["2.1.1.d"] org::letter;
    post "/zhanghao/qiye/{id}/dakuan" Account "certify" ["2.1.1.d"] org::transfer;
    post "/zhanghao/qiye/{id}/jine" Account "certify" ["2.1.1.d"] org::amount;
    post "/zhanghao/qiye/{id}/{step}" Account "keep_account" ["2.1.1.d", "2.6.3.a"] org::step;
    post "/zhanghao/yaoqing/{id}/{answer}" Account "keep_account" ["2.1.1.a", "2.4.1.2"] org_members::answer;
    get "/zhanghao/zuzhi/{id}" Account "keep_account" ["2.1.1.a", "2.4.1.2"] org_members::page;
    post "/zhanghao/zuzhi/{id}/yaoqing" Account "keep_account" ["2.1.1.a"] org_members::invite;
    post "/zhanghao/zuzhi/{id}/yaoqing/{invitation}" Account "keep_account" ["2.1.1.a"] org_members::take_back;
    post "/zhanghao/zuzhi/{id}/chengyuan/{member}" Account "keep_account" ["2.1.1.a"] org_members::change;
    post "/zhanghao/zuzhi/{id}/tuichu" Account "keep_account" ["2.1.1.a"] org_members::leave;
    post "/zhanghao/zuzhi/{id}/jiesan" Account "keep_account" ["2.1.1.a"] org_members::dissolve;
    post "/zhanghao/zuzhi/{id}/edu" Account "keep_account" ["2.1.1.a"] spending::limits;
    post "/zhanghao/zuzhi/{id}/edu/{member}" Account "keep_account" ["2.1.1.a"] spending::member_limits;
    get "/zhanghao/zuzhi/{id}/dizhi" Account "keep_account" ["2.1.1.a"] org_book::list;
    get "/zhanghao/zuzhi/{id}/dizhi/{row}" Account "keep_account" ["2.1.1.a"] org_book::place;
    post "/zhanghao/zuzhi/{id}/dizhi/{row}" Account "keep_account" ["2.1.1.a"] org_book::put_place;
    post "/zhanghao/zuzhi/{id}/dizhi/{row}/{act}" Account "keep_account" ["2.1.1.a"] org_book::place_act;
    get "/zhanghao/zuzhi/{id}/taitou/{row}" Account "keep_account" ["2.1.1.a"] org_book::title;
    post "/zhanghao/zuzhi/{id}/taitou/{row}" Account "keep_account" ["2.1.1.a"] org_book::put_title;
    post "/zhanghao/zuzhi/{id}/taitou/{row}/{act}" Account "keep_account" ["2.1.1.a"] org_book::title_act;
    get "/zhanghao/shenfen" Account "keep_account" ["2.1.1.a"] spending::identities;
    post "/zhanghao/shenfen" Account "keep_account" ["2.1.1.a"] spending::switch;
    get "/zhanghao/shenpi" Account "keep_account" ["2.1.1.a", "2.6.1.e"] spending::approvals;
    post "/zhanghao/shenpi" Account "keep_account" ["2.1.1.a", "2.4.1.2"] spending::request;
    post "/zhanghao/shenpi/{id}/{answer}" Account "keep_account" ["2.1.1.a"] spending::answer;
    get "/zhanghao/zuzhi/{id}/ruzhu" Account "keep_account" ["2.1.1.a", "2.6.1.a"] supplier::standing;
    post "/zhanghao/zuzhi/{id}/ruzhu" Account "keep_account" ["2.1.1.d"] supplier::begin;
    post "/zhanghao/zuzhi/{id}/ruzhu/cailiao" Account "keep_account" ["2.1.1.d"] supplier::save;
    get "/zhanghao/zuzhi/{id}/ruzhu/zizhi/{area}" Account "keep_account" ["2.1.1.d"] supplier::permit_form;
    upload "/zhanghao/zuzhi/{id}/ruzhu/zizhi/{area}" Account "certify" ["2.1.1.d"] supplier::hand_in;
    get "/zhanghao/zuzhi/{id}/ruzhu/xieyi" Account "keep_account" ["0.11", "2.4.1.5.2.b"] terms::sign_form;
    post "/zhanghao/zuzhi/{id}/ruzhu/xieyi" Account "certify" ["0.11", "2.4.1.5.2.b"] terms::sign;
    post "/zhanghao/zuzhi/{id}/ruzhu/{step}" Account "keep_account" ["2.6.3.a"] supplier::step;
    get "/zhanghao/lingpai" Account "show_own" ["2.6.1.a"] token::list;
    post "/zhanghao/lingpai" Account "keep_account" ["2.1.1.a", "2.1.1.e"] token::create;
    post "/zhanghao/lingpai/{token}/chexiao" Account "keep_safe" ["2.1.1.e"] token::revoke;
    get "/zhanghao/yinsi" Account "show_own" ["2.6.0"] rights::centre;
    get "/zhanghao/fuben" Account "show_own" ["2.6.1.h"] rights::copy_form;
    post "/zhanghao/fuben" Account "show_own" ["2.6.1.h", "2.6.4.e", "2.6.4.f"] rights::copy;
    get "/zhanghao/zhuxiao" Account "obey_law" ["2.6.1.d", "2.6.4.1"] rights::close_form;
    post "/zhanghao/zhuxiao" Account "obey_law" ["2.6.1.d", "2.6.4.1", "2.6.4.c", "2.6.4.d", "2.6.4.e", "2.6.4.f"] rights::close;
    post "/zhanghao/zhuxiao/chehui" Account "obey_law" ["2.6.4.1"] rights::withdraw;
    get "/zhanghao/qingqiu" Account "fulfil_contract" ["2.6.3.c"] share::demands;
    post "/zhanghao/qingqiu/{demand}" Account "fulfil_contract" ["2.6.3.c", "2.6.3.d"] share::answer;
    get "/zhanghao/gongxiang" Account "show_own" ["2.4.1.0", "2.6.1.a", "2.6.3.c"] share::disclosures;
    get "/zhuxiao/{number}/pingzheng" Anyone "obey_law" ["1.6", "2.6.4.d"] log::erasure_receipt;
    get "/zhuxiao/{number}" Anyone "obey_law" ["1.6", "2.6.4.d"] rights::certificate;
    get "/api" Anyone "browse" ["2.1.1.c"] interface::interface;
    get "/api/wenti" Anyone "browse" ["2.1.1.c"] interface::codes;
    get "/api/v1/categories" Anyone "browse" ["2.1.1.c"] api::catalogue::categories;
    get "/api/v1/services" Anyone "browse" ["2.1.1.c"] api::catalogue::services;
    get "/api/v1/services/{id}" Anyone "browse" ["2.1.1.c", "0.9", "0.11"] api::catalogue::service;
    get "/api/v1/suppliers/{id}" Anyone "browse" ["2.1.1.c", "0.9"] api::catalogue::supplier;
    get "/api/v1/search" Anyone "browse" ["2.1.1.c"] api::catalogue::search;
    get "/api/v1/openapi.json" Anyone "browse" ["2.1.1.c"] api::document::serve;
    get "/api/v1/account" Token(AccountRead) "show_own" ["2.6.1.a", "2.5.1.e"] api::account::overview;
    get "/api/v1/account/verification" Token(AccountRead) "show_own" ["2.6.1.a", "2.1.1.d"] api::account::verification;
    get "/api/v1/account/devices" Token(AccountRead) "show_own" ["2.6.1.a"] api::account::devices;
    delete "/api/v1/account/devices/{session}" Token(AccountWrite) "keep_safe" ["2.1.1.e"] api::account::end_device;
    get "/api/v1/account/names" Token(AccountRead) "show_own" ["2.6.1.a", "2.6.2.a"] api::account::names;
    put "/api/v1/account/display-name" Token(AccountWrite) "keep_account" ["2.6.1.a", "2.6.2.a"] api::account::display_name;
    get "/api/v1/account/children" Token(AccountRead) "show_own" ["2.7.b"] api::account::children;
    get "/api/v1/organisations" Token(OrganisationRead) "show_own" ["2.6.1.a"] api::organisation::list;
    get "/api/v1/organisations/{id}" Token(OrganisationRead) "keep_account" ["2.1.1.a", "2.5.1.e"] api::organisation::one;
    get "/api/v1/organisations/{id}/supplier" Token(OrganisationRead) "keep_account" ["0.11", "2.4.1.5.2.b"] api::organisation::supplier;
    get "/api/v1/organisations/{id}/invitations" Token(OrganisationRead) "keep_account" ["2.1.1.a"] api::member::invitations;
    post "/api/v1/organisations/{id}/invitations" Token(OrganisationWrite) "keep_account" ["2.1.1.a"] api::member::invite;
    get "/api/v1/organisations/{id}/invitations/{invitation}" Token(OrganisationRead) "keep_account" ["2.1.1.a"] api::member::invitation;
    delete "/api/v1/organisations/{id}/invitations/{invitation}" Token(OrganisationWrite) "keep_account" ["2.1.1.a"] api::member::take_back;
    put "/api/v1/organisations/{id}/members/{member}/seat" Token(OrganisationWrite) "keep_account" ["2.1.1.a"] api::member::change_seat;
    delete "/api/v1/organisations/{id}/members/{member}" Token(OrganisationWrite) "keep_account" ["2.1.1.a"] api::member::remove;
    put "/api/v1/organisations/{id}/limits" Token(OrganisationWrite) "keep_account" ["2.1.1.a"] api::member::limits;
    put "/api/v1/organisations/{id}/members/{member}/limits" Token(OrganisationWrite) "keep_account" ["2.1.1.a"] api::member::member_limits;
    get "/api/v1/organisations/{id}/requests" Token(OrganisationRead) "keep_account" ["2.1.1.a", "2.6.1.e", "2.5.1.e"] api::spending::list;
    post "/api/v1/organisations/{id}/requests" Token(OrganisationWrite) "keep_account" ["2.1.1.a", "2.4.1.2"] api::spending::ask;
    get "/api/v1/organisations/{id}/requests/{request}" Token(OrganisationRead) "keep_account" ["2.1.1.a", "2.6.1.e", "2.5.1.e"] api::spending::one;
    put "/api/v1/organisations/{id}/requests/{request}/withdrawal" Token(OrganisationWrite) "keep_account" ["2.1.1.a"] api::spending::take_back;
    put "/api/v1/organisations/{id}/requests/{request}/approval" Token(OrganisationWrite) "keep_account" ["2.1.1.a", "2.5.1.e"] api::spending::approve;
    put "/api/v1/organisations/{id}/requests/{request}/refusal" Token(OrganisationWrite) "keep_account" ["2.1.1.a"] api::spending::refuse;
    get "/api/v1/orders" Token(OrderRead) "fulfil_contract" ["2.1.1.f", "2.2.1"] api::order::list;
    post "/api/v1/orders" Token(OrderWrite) "fulfil_contract" ["2.2.1", "2.4.1.3"] api::order::place;
    get "/api/v1/orders/{number}" Token(OrderRead) "fulfil_contract" ["2.1.1.f", "2.2.1", "2.5.1.e"] api::order::one;
    post "/api/v1/orders/{number}/events" Token(OrderWrite) "fulfil_contract" ["2.2.1", "2.5.1.e"] api::order::act;
    get "/xiadan/{service}" Account "fulfil_contract" ["2.4.1.3", "0.11"] order::place_form;
    post "/xiadan/{service}" Account "fulfil_contract" ["2.2.1", "2.4.1.3"] order::place;
    get "/dingdan" Account "fulfil_contract" ["2.1.1.f", "2.2.1"] order::list;
    get "/dingdan/{number}" Account "fulfil_contract" ["2.1.1.f", "2.2.1", "2.5.1.e"] order::order;
    get "/dingdan/{number}/lianxi" Account "fulfil_contract" ["2.4.1.3", "2.5.1.e"] share::contact;
    post "/dingdan/{number}/lianxi" Account "fulfil_contract" ["2.4.1.3"] share::give;
    post "/dingdan/{number}/lianxi/{field}/chehui" Account "fulfil_contract" ["2.4.1.2"] share::take_back;
    post "/dingdan/{number}/{event}" Account "fulfil_contract" ["2.2.1"] order::act;
    get "/gongzuotai" Account "fulfil_contract" ["2.1.1.f", "2.2.1"] order::workbench;
    get "/guanli/denglu" Door "keep_safe" ["2.1.1.e", "2.5.1.e"] staff::sign_in::form;
    post "/guanli/denglu" Door "keep_safe" ["2.1.1.e", "2.2.3.d", "2.5.1.e"] staff::sign_in::sign_in;
    get "/guanli/kaitong" Door "keep_safe" ["2.1.1.e", "2.5.1.e"] staff::setup::form;
    post "/guanli/kaitong" Door "keep_safe" ["2.1.1.e", "2.5.1.e"] staff::setup::begin;
    post "/guanli/kaitong/wancheng" Door "keep_safe" ["2.1.1.e", "2.5.1.e"] staff::setup::finish;
    post "/guanli/tuichu" Staff "keep_safe" ["2.5.1.e"] staff::sign_in::sign_out;
    get "/guanli" Staff "operate" ["2.5.1.e"] staff::home::home;
    get "/guanli/peixun" Staff "operate" ["2.5.1.f"] staff::training::course;
    get "/guanli/peixun/ceyan" Staff "operate" ["2.5.1.f"] staff::training::quiz;
    post "/guanli/peixun/ceyan" Staff "operate" ["2.5.1.f"] staff::training::begin;
    post "/guanli/peixun/tijiao" Staff "operate" ["2.5.1.f"] staff::training::hand_in;
    get "/guanli/renyuan" Admin "operate" ["2.5.1.e"] staff::people::list;
    post "/guanli/renyuan" Admin "operate" ["2.5.1.e"] staff::people::add;
    post "/guanli/renyuan/{identifier}/juese" Admin "operate" ["2.5.1.e"] staff::people::roles;
    post "/guanli/renyuan/{identifier}/kaitong" Admin "operate" ["2.5.1.e"] staff::people::renew;
    post "/guanli/renyuan/{identifier}/tingyong" Admin "operate" ["2.5.1.e"] staff::people::end;
    get "/guanli/shiming" Verifier "operate" ["2.1.1.d", "2.5.1.e"] staff::verification::list;
    get "/guanli/shiming/{id}" Verifier "operate" ["2.1.1.d", "2.5.1.e"] staff::verification::case;
    post "/guanli/shiming/{id}/chakan" Verifier "certify" ["2.1.1.f", "2.5.1.e", "2.5.1.f"] staff::verification::reveal;
    post "/guanli/shiming/{id}/jueding" Verifier "operate" ["2.1.1.d", "2.5.1.e"] staff::verification::act;
    post "/guanli/shiming/{id}/shenqing" Verifier "operate" ["2.7.b"] staff::minor::ask;
    get "/guanli/pizhun" Supervisor "operate" ["2.7.b"] staff::minor::approvals;
    post "/guanli/pizhun/{id}" Supervisor "operate" ["2.7.b"] staff::minor::decide;
    get "/guanli/weichengnian" Officer "operate" ["2.7.a", "2.7.b"] staff::minor::minors;
    post "/guanli/weichengnian/yiyi/{id}" Officer "operate" ["2.7.a"] staff::minor::decide_contest;
    get "/guanli/weichengnian/niandu/{year}" Officer "operate" ["2.7.b"] staff::minor::audit;
    get "/guanli/weichengnian/niandu/{year}/csv" Officer "operate" ["2.7.b"] staff::minor::audit_csv;
    get "/guanli/qiye" Verifier "operate" ["2.1.1.d", "2.5.1.e"] staff::enterprise::list;
    get "/guanli/qiye/{id}" Verifier "operate" ["2.1.1.d", "2.5.1.e"] staff::enterprise::case;
    post "/guanli/qiye/{id}/chakan" Verifier "certify" ["2.5.1.e", "2.5.1.f"] staff::enterprise::open;
    post "/guanli/qiye/{id}/jueding" Verifier "operate" ["2.1.1.d", "2.5.1.e"] staff::enterprise::act;
    get "/guanli/ruzhu" Verifier "operate" ["2.1.1.d", "2.5.1.e"] staff::supplier::list;
    get "/guanli/ruzhu/{id}" Verifier "operate" ["2.1.1.d", "2.5.1.e"] staff::supplier::case;
    post "/guanli/ruzhu/{id}/jueding" Verifier "operate" ["2.1.1.d", "2.5.1.e"] staff::supplier::act;
    get "/guanli/zizhi" Verifier "operate" ["2.1.1.d", "2.5.1.e"] staff::licence::list;
    get "/guanli/zizhi/{id}" Verifier "operate" ["2.1.1.d", "2.5.1.e"] staff::licence::case;
    post "/guanli/zizhi/{id}/chakan" Verifier "certify" ["2.5.1.e", "2.5.1.f"] staff::licence::open;
    post "/guanli/zizhi/{id}/jueding" Verifier "operate" ["2.1.1.d", "2.5.1.e"] staff::licence::act;
    get "/guanli/qingqiu" Officer "operate" ["2.6.3.c"] staff::demands::list;
    post "/guanli/qingqiu/{demand}" Officer "operate" ["2.6.3.c", "2.6.3.d"] staff::demands::answer;
    get "/guanli/anquan" Officer "operate" ["2.2.3.b"] staff::guard::list;
    post "/guanli/anquan/{decision}" Officer "keep_safe" ["2.2.3.b", "2.5.1.e"] staff::guard::rule;
    get "/guanli/dingdan" Arbiter "operate" ["2.5.1.e"] staff::orders::list;
    post "/guanli/dingdan/{number}" Arbiter "operate" ["2.5.1.e"] staff::orders::decide;
    get "/demo/zhangben" Demo "operate" ["2.2.1"] order::books;
    get "/demo/outbox" Demo "notify" ["2.1.1.b"] home::outbox;
    get "/demo/yemian" Demo "browse" ["2.1.1.c"] gallery::list;
    get "/demo/yemian/{page}/{sample}" Demo "browse" ["2.1.1.c"] gallery::sample;
}

/// The methods that a path of the table is called by; `None` if it has none here: a path of the
/// demonstration is unknown elsewhere, whatever the method.
pub(crate) fn allowed(path: &str, demo: bool) -> Option<String> {
    if path == css_path() || path == passkey_js_path() || path == puzzle_path() {
        return Some("GET, HEAD".to_owned());
    }
    let mut methods = Vec::new();
    let here = ROUTES
        .iter()
        .filter(|route| route.path == path && (demo || route.who != Who::Demo));
    for route in here {
        methods.push(route.method.to_uppercase());
        if route.method == "get" {
            methods.push("HEAD".to_owned());
        }
    }
    (!methods.is_empty()).then(|| methods.join(", "))
}

/// Forms and JSON bodies are small; more than this is neither.
const LARGEST_FORM: usize = 64 * 1024;

/// A form with a file. A picture may have eight megabytes; whoever sends more is told so, up to here.
const LARGEST_UPLOAD: usize = 40 * 1024 * 1024;

/// The router over the table.
pub fn router(state: WebState) -> Router {
    router_keeping(state, KeptPages::default())
}

/// The router over the table, with these pages kept.
pub fn router_keeping(state: WebState, kept: KeptPages) -> Router {
    ::policy::clause!("0.4");
    let mut router = Router::new()
        .route(css_path(), get(assets::css))
        .route(passkey_js_path(), get(assets::passkey_js))
        .route(puzzle_path(), get(assets::puzzle));
    for route in ROUTES {
        router = router.route(route.path, (route.handler)());
    }
    router
        .fallback(home::not_found)
        .method_not_allowed_fallback(home::not_found)
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(middleware::from_fn_with_state(
            (state.clone(), Arc::new(api::limit::Limit::default())),
            api::speak,
        ))
        .layer(middleware::from_fn_with_state((state.clone(), kept), kept::serve))
        .layer(middleware::from_fn(headers::add))
        .with_state(state)
}
