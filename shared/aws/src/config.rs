//! The environment of a function, read in one place.

use std::env;

use rekindle_decision::duration::Duration;
use rekindle_turn::prices::Prices;

/// What a function is told by its environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Name of the ledger's table.
    pub table: String,
    /// Name of the event bus that decisions are published to.
    pub bus: String,
    /// Path in Parameter Store under which the policies are.
    pub policy_path: String,
    /// How old the policies in a warm function may become.
    pub policy_ttl: Duration,
    /// Name of the stack: the dimension of our own metrics.
    pub stack: String,
    /// What an hour of an instance costs.
    pub prices: Prices,
    /// The stack's own EventBridge rules, whose state the sweep looks at.
    pub rules: Vec<String>,
}

/// Why the environment cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {name} {problem}; the template sets it on every function")]
pub struct ConfigError {
    name: &'static str,
    problem: String,
}

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    ///
    /// Names the first variable that is missing or cannot be read.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(|name| env::var(name).ok())
    }

    /// Reads any source of variables.
    ///
    /// # Errors
    ///
    /// Names the first variable that is missing or cannot be read.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let needed = |name: &'static str| {
            variable(name)
                .filter(|value| !value.is_empty())
                .ok_or_else(|| ConfigError { name, problem: "is not set".to_owned() })
        };
        let ttl = needed("REKINDLE_POLICY_TTL_SECONDS")?;
        let seconds = ttl.parse().map_err(|_| ConfigError {
            name: "REKINDLE_POLICY_TTL_SECONDS",
            problem: format!("is `{ttl}`, which is not a whole number of seconds"),
        })?;
        let prices = variable("REKINDLE_PRICES").filter(|text| !text.trim().is_empty());
        let prices = prices.map_or(Ok(Prices::default()), |text| {
            serde_json::from_str(&text).map_err(|error| ConfigError {
                name: "REKINDLE_PRICES",
                problem: format!("is no table of prices such as {{\"ml.m5.large\": \"0.115 USD\"}}: {error}"),
            })
        })?;
        Ok(Self {
            prices,
            rules: variable("REKINDLE_RULES").iter().flat_map(|names| rules(names)).collect(),
            table: needed("REKINDLE_TABLE")?,
            bus: needed("REKINDLE_BUS")?,
            policy_path: needed("REKINDLE_POLICY_PATH")?,
            policy_ttl: Duration::from_seconds(seconds),
            stack: needed("REKINDLE_PREFIX")?,
        })
    }
}

/// Names with commas between them.
fn rules(names: &str) -> Vec<String> {
    names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(ToOwned::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rekindle_turn::world::Instances;

    const NAMES: [&str; 5] = [
        "REKINDLE_TABLE",
        "REKINDLE_BUS",
        "REKINDLE_POLICY_PATH",
        "REKINDLE_POLICY_TTL_SECONDS",
        "REKINDLE_PREFIX",
    ];

    fn full(name: &str) -> Option<String> {
        NAMES.contains(&name).then(|| if name.ends_with("SECONDS") { "60" } else { name }.to_owned())
    }

    #[test]
    fn every_variable_is_needed_and_named() {
        assert!(Config::read(full).is_ok());
        for name in NAMES {
            let error = Config::read(|asked| full(asked).filter(|_| asked != name)).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
            let error = Config::read(|asked| {
                full(asked).map(|value| if asked == name { String::new() } else { value })
            });
            assert!(error.unwrap_err().to_string().contains(name));
        }
    }

    #[test]
    fn the_rules_are_names_with_commas() {
        let with = |names: &'static str| {
            Config::read(
                move |name| if name == "REKINDLE_RULES" { Some(names.to_owned()) } else { full(name) },
            )
        };
        assert_eq!(with("sweep, alarms,,").unwrap().rules, ["sweep", "alarms"]);
        assert_eq!(Config::read(full).unwrap().rules, Vec::<String>::new());
    }

    #[test]
    fn the_price_table_is_json_and_may_be_left_out() {
        let with = |prices: &'static str| {
            Config::read(
                move |name| if name == "REKINDLE_PRICES" { Some(prices.to_owned()) } else { full(name) },
            )
        };
        let table = with(r#"{"ml.m5.large": "0.115 USD"}"#).unwrap().prices;
        let one = Instances { instance_type: "ml.m5.large".to_owned(), count: 1 };
        assert_eq!(table.cost(&[one], 3_600).unwrap().to_string(), "0.115 USD");
        assert_eq!(with(" ").unwrap().prices, Prices::default());
        let error = with(r#"{"ml.m5.large": 0.115}"#).unwrap_err().to_string();
        assert!(error.contains("REKINDLE_PRICES") && error.contains("ml.m5.large"), "{error}");
    }

    #[test]
    fn a_ttl_that_is_no_number_is_refused() {
        let text = |name: &str| if name.ends_with("SECONDS") { Some("1m".to_owned()) } else { full(name) };
        let error = Config::read(text).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the environment variable REKINDLE_POLICY_TTL_SECONDS is `1m`, which is not a whole number of seconds; \
             the template sets it on every function"
        );
    }
}
