//! URL paths: where is everything?

pub const LIVE: &str = "/health/live";
pub const READY: &str = "/health/ready";
pub const METRICS: &str = "/metrics";
pub const OPENAPI: &str = "/openapi.json";
pub const DOCS: &str = "/docs";
pub const PROBLEM: &str = "/problems/{code}";

pub const META: &str = "/api/meta";
pub const ANONYMOUS: &str = "/api/anonymous";
pub const PRODUCTS: &str = "/api/products";
pub const PRODUCT: &str = "/api/products/{id}";

pub const LOGIN: &str = "/login";
pub const REFRESH: &str = "/refresh";
pub const LOGOUT: &str = "/logout";
pub const JWKS: &str = "/.well-known/jwks.json";

pub const SESSIONS: &str = "/api/sessions";
pub const SESSION: &str = "/api/sessions/{id}";
pub const WHOAMI: &str = "/api/whoami";
pub const PROFILE: &str = "/api/users/profile";
pub const USER: &str = "/api/users/{id}";
pub const ROLES: &str = "/api/users/{id}/roles";
pub const PASSWORD: &str = "/api/users/password";
pub const PREFERENCES: &str = "/api/users/preferences";
pub const DATA: &str = "/api/data";
pub const ORDERS: &str = "/api/orders";
pub const ORDER: &str = "/api/orders/{id}";
pub const CHECKOUT: &str = "/api/checkout";
pub const CHECKOUT_ADDRESS: &str = "/api/checkout/address";
pub const CHECKOUT_PAYMENT: &str = "/api/checkout/payment";
pub const CHECKOUT_CONFIRM: &str = "/api/checkout/confirm";

/// The header that carries a signed draft where a request has no body.
pub const CHECKOUT_DRAFT: &str = "checkout-draft";
/// The header that makes a `POST` safe to repeat (IETF draft-ietf-httpapi-idempotency-key-header).
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
