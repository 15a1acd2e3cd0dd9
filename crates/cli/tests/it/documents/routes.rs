//! `docs/routes.md`, from the table the router is built from.

use web::routes::{ROUTES, Who};

use super::{clause_links, codes, fresh, head, row};

fn who(of: Who) -> String {
    match of {
        Who::Anyone => "anyone",
        Who::Door => "door",
        Who::Account => "account",
        Who::Demo => "demo",
        Who::Staff => "staff",
        Who::Verifier => "staff: verifier",
        Who::Officer => "staff: privacy officer",
        Who::Supervisor => "staff: supervisor",
        Who::Arbiter => "staff: arbiter",
        Who::Admin => "staff: administrator",
        Who::Token(scope) => return format!("token {}", scope.as_str()),
    }
    .to_owned()
}

fn document() -> String {
    let mut text = String::from(
        "# 路由 · Routes\n\n\
         <!-- Written by `cargo xtask gen` from crates/web/src/routes.rs; edit that file. -->\n\n\
         每条路由：方法、路径、谁可调用、用途、依据条款、处理函数。表中没有的路由不存在（样式文件除外）。\n\n\
         Every route: method, path, who may call it, what for, by which clause, and the handler under \
         `crates/web/src/handlers`, for `api::` under `crates/web/src/api`. A route that is not in this table does not exist; the style sheet alone, \
         under the hash of its content, stands beside it.\n\n\
         - `anyone`: without a session; the answer sets no identifying cookie.\n\
         - `door`: without a session, to get or to end one.\n\
         - `account`: whoever is logged in, for their own.\n\
         - `token …`: a program with a token of this scope, for the person it stands for.\n\
         - `staff`: a member of staff who is signed in, and with a role, one who has it; to others it does not exist.\n\
         - `demo`: anyone, on a demonstration only; elsewhere it does not exist.\n\n",
    );
    text.push_str(&head(&["method", "path", "who", "purpose", "clauses", "handler"]));
    for route in ROUTES {
        text.push_str(&row(&[
            &route.method.to_ascii_uppercase(),
            &codes([route.path]),
            &who(route.who),
            route.purpose,
            &clause_links(route.clauses),
            &codes([route.handler_name]),
        ]));
    }
    text
}

#[test]
fn routes_document_is_fresh() {
    fresh("docs/routes.md", &document());
}
