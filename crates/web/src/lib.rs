//! HTTP: routes, pages, JSON API.
