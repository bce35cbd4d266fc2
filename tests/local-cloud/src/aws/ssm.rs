use serde_json::{Value, json};

use super::Aws;
use crate::Error;

impl Aws {
    /// Writes a text parameter, replacing what was there; returns its version.
    ///
    /// MiniStack does not refuse texts above 4 KB, as AWS does for a standard parameter; this does.
    pub fn put_parameter(&self, name: &str, text: &str) -> Result<u64, Error> {
        const STANDARD_TIER: usize = 4096;
        if text.len() > STANDARD_TIER {
            return Err(Error::Refused {
                action: format!("PutParameter {name}"),
                status: 400,
                body: format!(
                    "{} bytes are more than the {STANDARD_TIER} of a standard parameter",
                    text.len()
                ),
            });
        }
        let input = json!({"Name": name, "Value": text, "Type": "String", "Overwrite": true});
        let answer = self.wire.json("ssm", "AmazonSSM.PutParameter", &input)?;
        answer.get("Version").and_then(Value::as_u64).ok_or_else(|| Error::unexpected("`Version`", &answer))
    }

    /// The text and the version of a parameter; `None` if there is none of that name.
    pub fn parameter(&self, name: &str) -> Result<Option<(String, u64)>, Error> {
        let answer = self.wire.json("ssm", "AmazonSSM.GetParameters", &json!({"Names": [name]}))?;
        let found = answer.get("Parameters").and_then(|found| found.get(0));
        Ok(found.and_then(|found| {
            Some((found.get("Value")?.as_str()?.to_owned(), found.get("Version")?.as_u64()?))
        }))
    }

    /// Writes a parameter whose value is encrypted.
    pub fn put_secret(&self, name: &str, text: &str) -> Result<(), Error> {
        let input = json!({"Name": name, "Value": text, "Type": "SecureString"});
        self.wire.json("ssm", "AmazonSSM.PutParameter", &input).map(drop)
    }

    /// Deletes a parameter.
    pub fn delete_parameter(&self, name: &str) -> Result<(), Error> {
        self.wire.json("ssm", "AmazonSSM.DeleteParameter", &json!({"Name": name})).map(drop)
    }
}
