use serde_json::Value;

use super::Aws;
use crate::Error;

impl Aws {
    /// A schedule, as `GetSchedule` shows it.
    pub fn schedule(&self, group: &str, name: &str) -> Result<Value, Error> {
        let path = format!("/schedules/{name}?groupName={group}");
        self.wire.ask("scheduler", "GetSchedule", "GET", &path, &[], Vec::new())?.json("GetSchedule")
    }

    /// Makes a schedule from the members of `CreateSchedule`.
    pub fn create_schedule(&self, name: &str, members: &Value) -> Result<(), Error> {
        let headers = [("content-type", "application/json")];
        let body = members.to_string().into_bytes();
        self.wire
            .ask("scheduler", "CreateSchedule", "POST", &format!("/schedules/{name}"), &headers, body)
            .map(drop)
    }
}
