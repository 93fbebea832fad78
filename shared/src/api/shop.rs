//! Products and orders: what can be bought, and what was?

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Product {
    pub id: i64,
    pub name: String,
    pub price_cents: i64,
    pub stock: i64,
}

/// One line of `GET /api/data`: a product at the caller's own price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    pub id: i64,
    pub name: String,
    pub price_cents: i64,
    pub your_price_cents: i64,
}

/// `GET /api/data`: private to the caller, and cacheable by nobody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Catalogue {
    pub user_id: i64,
    pub items: Vec<Offer>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Order {
    pub id: i64,
    pub user_id: i64,
    pub product_id: i64,
    pub quantity: i64,
    pub unit_price_cents: i64,
    pub total_cents: i64,
    pub created_at: String,
}

/// `POST /api/orders`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, garde::Validate))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlaceOrder {
    #[cfg_attr(feature = "server", garde(range(min = 1)), schema(minimum = 1))]
    #[serde(deserialize_with = "crate::api::whole::number")]
    pub product_id: i64,
    #[cfg_attr(feature = "server", garde(range(min = 1, max = 100)), schema(minimum = 1, maximum = 100))]
    #[serde(deserialize_with = "crate::api::whole::number")]
    pub quantity: i64,
    /// The owner is whoever the credential names; somebody else here is refused.
    #[serde(default, deserialize_with = "crate::api::whole::number_or_none", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", garde(range(min = 1)), schema(minimum = 1))]
    pub user_id: Option<i64>,
}

/// One page of a list; `next` goes into `after` to get the page behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<i64>,
}

/// The query of every list.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::IntoParams, garde::Validate))]
#[cfg_attr(feature = "server", into_params(parameter_in = Query))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Paging {
    #[serde(default = "default_limit")]
    #[cfg_attr(feature = "server", garde(range(min = 1, max = 100)), param(minimum = 1, maximum = 100, default = 20))]
    pub limit: i64,
    #[cfg_attr(feature = "server", garde(range(min = 0)), param(minimum = 0))]
    pub after: Option<i64>,
}

fn default_limit() -> i64 {
    20
}
