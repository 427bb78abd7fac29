//! JSON schemas of the types with their own serde implementations. The others derive theirs.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::audit::RelyingParty;
use crate::deployment::ExchangeVersion;
use crate::name::DnsName;
use crate::plan::OutageScope;
use crate::rule::Rule;

/// Implements `JsonSchema` for a type that is a text in JSON.
macro_rules! impl_text_schema {
    ($name:ident, $schema:expr) => {
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

impl_text_schema!(
    DnsName,
    json_schema!({
        "type": "string",
        "description": "A fully qualified domain name: at least two labels of letters, digits and hyphens.",
        "format": "hostname",
        "pattern": "^[A-Za-z0-9-]+([.][A-Za-z0-9-]+)+$",
    })
);

impl_text_schema!(
    ExchangeVersion,
    json_schema!({
        "type": "string",
        "description": "The version of Exchange, as text.",
        "enum": texts(ExchangeVersion::ALL),
    })
);

impl_text_schema!(
    OutageScope,
    json_schema!({
        "type": "string",
        "description": "The outages that a plan considers: single, site-pairs, or servers-N with a number up to 255.",
        "pattern": "^(single|site-pairs|servers-(0|[1-9][0-9]{0,2}))$",
    })
);

impl_text_schema!(
    Rule,
    json_schema!({
        "type": "string",
        "description": "The id of a rule of docs/rules.md.",
        "enum": texts(Rule::ALL),
    })
);

impl_text_schema!(
    RelyingParty,
    json_schema!({
        "type": "string",
        "description": "A side that must trust a server: lync, or the FQDN of an Exchange forest.",
    })
);

fn texts(values: &[impl ToString]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}
