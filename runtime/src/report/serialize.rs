//! The report as data, such as JSON.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::Report;
use super::entry::EntryReport;
use super::rpc::RpcReport;

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut report = serializer.serialize_struct("Report", 1)?;
        report.serialize_field("rpcs", self.rpcs())?;
        report.end()
    }
}

impl Serialize for RpcReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let required: Vec<_> = self.required_metadata().collect();
        let mut rpc = serializer.serialize_struct("RpcReport", 9)?;
        rpc.serialize_field("path", self.method().path())?;
        rpc.serialize_field("shape", self.shape())?;
        rpc.serialize_field("open", &self.is_open())?;
        rpc.serialize_field("unimplemented", &self.is_unimplemented())?;
        rpc.serialize_field("entries", self.entries())?;
        rpc.serialize_field("skipped", self.skipped())?;
        rpc.serialize_field("required_metadata", &required)?;
        rpc.serialize_field("metadata", self.metadata())?;
        rpc.serialize_field("codes", &self.codes().map(|_| self.code_names()))?;
        rpc.end()
    }
}

impl Serialize for EntryReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entry = serializer.serialize_struct("EntryReport", 6)?;
        entry.serialize_field("source", self.source())?;
        entry.serialize_field("name", &self.name())?;
        entry.serialize_field("kind", self.kind())?;
        entry.serialize_field("phase", &self.phase())?;
        entry.serialize_field("origin", self.origin())?;
        entry.serialize_field("policy", &self.is_policy())?;
        entry.end()
    }
}
