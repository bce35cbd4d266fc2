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

    /// Deletes a parameter.
    pub fn delete_parameter(&self, name: &str) -> Result<(), Error> {
        self.wire.json("ssm", "AmazonSSM.DeleteParameter", &json!({"Name": name})).map(drop)
    }
}
