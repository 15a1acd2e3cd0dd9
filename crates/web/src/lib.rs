//! HTTP over the use cases: one table of routes, typed pages, strict headers.
//!
//! A route exists only as a row of [`routes::ROUTES`], with who may call it, for which purpose and
//! under which clauses (0.4). Pages work without JavaScript; nothing is loaded from elsewhere.

mod address;
mod api;
mod desk;
mod door;
mod failure;
mod handlers;
mod headers;
mod kept;
pub mod pages;
mod request;
pub mod routes;
mod state;
mod upload;

pub use address::Network;
pub use kept::{Figures, KeptPages};
pub use pages::frame::Filing;
pub use routes::{router, router_keeping};
pub use state::{Settings, WebState};

/// Serves until `stop` ends, then finishes the requests under way.
///
/// # Errors
/// The listener's failure.
pub async fn serve(
    listener: tokio::net::TcpListener,
    state: WebState,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router(state).into_make_service_with_connect_info::<std::net::SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}
