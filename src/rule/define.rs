//! The macro that defines the rules from their table.

use super::severity::Severity;

/// The row of the table that describes a rule.
pub(super) struct Description {
    pub(super) id: &'static str,
    pub(super) anchor: &'static str,
    pub(super) severity: Severity,
    pub(super) source: &'static str,
    pub(super) meaning: &'static str,
    pub(super) symptom: &'static str,
    pub(super) remedy: &'static str,
}

/// Defines `Rule` from the table.
macro_rules! rules {
    ($(
        $rule:ident {
            id: $id:literal, severity: $severity:ident, source: $source:literal,
            meaning: $meaning:literal,
            symptom: $symptom:literal,
            remedy: $remedy:literal,
        }
    )*) => {
        /// A kind of finding. Ids and severities are stable: an id is never renamed.
        ///
        /// Parses from, displays as, and serializes as its id. The crate documentation explains the D-numbers of the
        /// sources.
        ///
        /// # Examples
        ///
        /// ```
        /// use umcert::{Rule, Severity};
        ///
        /// let rule: Rule = "subject-not-server".parse()?;
        /// assert_eq!(rule, Rule::SubjectNotServer);
        /// assert_eq!(rule.severity(), Severity::Error);
        /// assert_eq!(rule.source(), "D10");
        /// # Ok::<(), umcert::rule::ParseIdError>(())
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $(
                #[doc = concat!("`", $id, "`: ", $meaning, " (", $source, ")\n\n")]
                #[doc = concat!("Severity: [", stringify!($severity), "](Severity::", stringify!($severity), ").\n\n")]
                #[doc = concat!("Symptom: ", $symptom, ".\n\nRemedy: ", $remedy, ".")]
                $rule,
            )*
        }

        impl Rule {
            /// Every rule, in the order of the table.
            pub const ALL: &'static [Self] = &[ $( Self::$rule, )* ];

            /// Returns the row of the table for this rule.
            pub(super) fn description(self) -> &'static Description {
                match self {
                    $(
                        Self::$rule => &Description {
                            id: $id,
                            anchor: concat!("docs/rules.md#", $id),
                            severity: Severity::$severity,
                            source: $source,
                            meaning: $meaning,
                            symptom: $symptom,
                            remedy: $remedy,
                        },
                    )*
                }
            }
        }
    };
}
pub(super) use rules;
