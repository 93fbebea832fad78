//! Checkout requests: what does a client say on its way through the checkout?

use serde::{Deserialize, Serialize};

use crate::api::shop::Order;

/// A line of the basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, garde::Validate))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Item {
    #[cfg_attr(feature = "server", garde(range(min = 1)), schema(minimum = 1))]
    #[serde(deserialize_with = "crate::api::whole::number")]
    pub product_id: i64,
    #[cfg_attr(feature = "server", garde(range(min = 1, max = 100)), schema(minimum = 1, maximum = 100))]
    #[serde(deserialize_with = "crate::api::whole::number")]
    pub quantity: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, garde::Validate))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Address {
    #[cfg_attr(feature = "server", garde(length(chars, min = 1, max = 100)), schema(min_length = 1, max_length = 100))]
    pub name: String,
    #[cfg_attr(feature = "server", garde(length(chars, min = 1, max = 100)), schema(min_length = 1, max_length = 100))]
    pub street: String,
    #[cfg_attr(feature = "server", garde(length(chars, min = 1, max = 100)), schema(min_length = 1, max_length = 100))]
    pub city: String,
    #[cfg_attr(feature = "server", garde(length(chars, min = 1, max = 16)), schema(min_length = 1, max_length = 16))]
    pub postal_code: String,
    /// ISO 3166-1 alpha-2.
    #[cfg_attr(feature = "server", garde(custom(crate::vocabulary::is_country)), schema(schema_with = crate::vocabulary::countries))]
    pub country: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum PaymentMethod {
    Card,
    Invoice,
}

/// A reference to a payment, never a card number: a signed draft is signed, not secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, garde::Validate))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Payment {
    #[cfg_attr(feature = "server", garde(skip))]
    pub method: PaymentMethod,
    /// Begins with a letter and holds no twelve digits, so that no card number can slip in.
    #[cfg_attr(
        feature = "server",
        garde(pattern(r"^[A-Za-z][A-Za-z_-]{0,31}[0-9]{0,11}$")),
        schema(pattern = r"^[A-Za-z][A-Za-z_-]{0,31}[0-9]{0,11}$")
    )]
    pub reference: String,
}

/// `POST /api/checkout`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, garde::Validate))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StartCheckout {
    #[cfg_attr(feature = "server", garde(length(min = 1, max = 20), dive), schema(min_items = 1, max_items = 20))]
    pub items: Vec<Item>,
}

/// `PUT /api/checkout/address`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, garde::Validate))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GiveAddress {
    #[cfg_attr(feature = "server", garde(dive))]
    pub address: Address,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", garde(skip))]
    pub draft: Option<String>,
}

/// `PUT /api/checkout/payment`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, garde::Validate))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GivePayment {
    #[cfg_attr(feature = "server", garde(dive))]
    pub payment: Payment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", garde(skip))]
    pub draft: Option<String>,
}

/// `POST /api/checkout/confirm`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, garde::Validate))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Confirm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", garde(skip))]
    pub draft: Option<String>,
}

/// Which step is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Missing {
    Address,
    Payment,
}

/// Every answer on the way: the draft so far, and what the client must carry to the next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CheckoutState {
    pub items: Vec<Item>,
    pub address: Option<Address>,
    pub payment: Option<Payment>,
    pub missing: Vec<Missing>,
    /// Opaque to the client; `null` where the server itself remembers.
    pub draft: Option<String>,
}

/// `POST /api/checkout/confirm` → 201.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Confirmed {
    pub orders: Vec<Order>,
}
